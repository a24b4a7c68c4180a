#include "kube/async/manual_clock.hpp"

#include <set>
#include <utility>

#include "kube/async/wait_list.hpp"

namespace kube {

struct ManualClock::Impl {
    using Sleep = std::pair<MonotonicTime, WaitList::Ticket>;

    Impl(boost::asio::any_io_executor executor, WallTime start_of_wall)
        : start{start_of_wall}, sleeping{std::move(executor)} {}

    WallTime start;
    MonotonicTime::duration elapsed{0};
    std::set<Sleep> due;
    WaitList sleeping;

    /// Takes a sleep off the list when its coroutine goes on, also by being cancelled.
    struct Entry {
        std::shared_ptr<Impl> impl;
        Sleep sleep;
        Entry(std::shared_ptr<Impl> clock, Sleep entered) : impl{std::move(clock)}, sleep{entered} {
            impl->due.insert(sleep);
        }
        ~Entry() { impl->due.erase(sleep); }
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;
    };
};

ManualClock::ManualClock(boost::asio::any_io_executor executor, WallTime start)
    : impl_{std::make_shared<Impl>(std::move(executor), start)} {}

ManualClock::~ManualClock() = default;

WallTime ManualClock::now() const {
    return impl_->start + std::chrono::floor<std::chrono::microseconds>(impl_->elapsed);
}

MonotonicTime ManualClock::monotonic() const {
    return MonotonicTime{impl_->elapsed};
}

Async<> ManualClock::sleep_until(MonotonicTime when) {
    if (when <= monotonic()) co_return;
    const Impl::Entry entry{impl_, {when, impl_->sleeping.take_ticket()}};
    co_await entry.impl->sleeping.wait(entry.sleep.second);
}

void ManualClock::advance_to(MonotonicTime when) {
    if (when <= monotonic()) return;
    impl_->elapsed = when.time_since_epoch();
    while (!impl_->due.empty() && impl_->due.begin()->first <= when) {
        const auto ticket = impl_->due.begin()->second;
        impl_->due.erase(impl_->due.begin());
        impl_->sleeping.wake(ticket, WaitList::Woken::TimedOut);
    }
}

void ManualClock::restart() {
    impl_->elapsed = {};
}

std::optional<MonotonicTime> ManualClock::next_due() const {
    if (impl_->due.empty()) return std::nullopt;
    return impl_->due.begin()->first;
}

std::size_t ManualClock::sleepers() const {
    return impl_->sleeping.size();
}

}  // namespace kube
