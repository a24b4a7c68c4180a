#include "kube/async/signal.hpp"

#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include "kube/async/wait_list.hpp"

namespace kube {

namespace asio = boost::asio;

struct Signal::Impl {
    asio::any_io_executor executor;
    WaitList waiting{executor};
};

Signal::Signal(asio::any_io_executor executor) : impl_{std::make_shared<Impl>(std::move(executor))} {}
Signal::~Signal() = default;

Async<> Signal::wait() {
    const auto impl = impl_;
    co_await impl->waiting.wait(impl->waiting.take_ticket());
}

Async<bool> Signal::wait_until(Clock& clock, MonotonicTime deadline) {
    const auto impl = impl_;
    if (deadline <= clock.monotonic()) co_return false;
    const auto ticket = impl->waiting.take_ticket();

    // The sleeper is cancelled with the frame of this coroutine, whichever way that ends. What then remains of it for
    // one more turn of the loop touches nothing but its own frame.
    struct Sleeper {
        std::shared_ptr<asio::cancellation_signal> cancel = std::make_shared<asio::cancellation_signal>();
        ~Sleeper() { cancel->emit(asio::cancellation_type::terminal); }
    } sleeper;
    asio::co_spawn(
        impl->executor,
        clock.sleep_until(deadline),
        asio::bind_cancellation_slot(
            sleeper.cancel->slot(),
            [ticket, weak = std::weak_ptr<Impl>{impl}, keep = sleeper.cancel](const std::exception_ptr& aborted) {
                const auto alive = weak.lock();
                if (alive && !aborted) alive->waiting.wake(ticket, WaitList::Woken::TimedOut);
            }
        )
    );
    const auto woken = co_await impl->waiting.wait(ticket);
    co_return woken == WaitList::Woken::Notified;
}

void Signal::notify_all() {
    impl_->waiting.wake_all(WaitList::Woken::Notified);
}

}  // namespace kube
