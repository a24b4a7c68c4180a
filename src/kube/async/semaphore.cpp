#include "kube/async/semaphore.hpp"

#include <utility>

#include "kube/async/wait_list.hpp"

namespace kube {

struct Semaphore::Impl {
    Impl(boost::asio::any_io_executor executor, std::size_t permits) : free{permits}, waiting{std::move(executor)} {}

    std::size_t free;
    WaitList waiting;

    /// A permit given back goes to the one that has waited longest, without becoming free in between.
    void give_back() {
        if (!waiting.wake_first(WaitList::Woken::Notified)) ++free;
    }
};

Semaphore::Semaphore(boost::asio::any_io_executor executor, std::size_t permits)
    : impl_{std::make_shared<Impl>(std::move(executor), permits)} {}
Semaphore::~Semaphore() = default;

Semaphore::Permit::Permit(std::shared_ptr<Impl> impl) : impl_{std::move(impl)} {}
Semaphore::Permit::~Permit() {
    if (impl_) impl_->give_back();
}
Semaphore::Permit& Semaphore::Permit::operator=(Permit&& other) noexcept {
    std::swap(impl_, other.impl_);
    return *this;
}

Async<Semaphore::Permit> Semaphore::acquire() {
    const auto impl = impl_;
    if (impl->free > 0) {
        --impl->free;
    } else {
        co_await impl->waiting.wait(impl->waiting.take_ticket());
    }
    co_return Permit{impl};
}

std::size_t Semaphore::available() const {
    return impl_->free;
}
std::size_t Semaphore::waiting() const {
    return impl_->waiting.size();
}

}  // namespace kube
