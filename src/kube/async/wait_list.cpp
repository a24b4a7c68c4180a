#include "kube/async/wait_list.hpp"

#include <functional>
#include <map>
#include <utility>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace kube {

namespace asio = boost::asio;
using boost::system::error_code;

struct WaitList::Impl {
    using Handler = std::move_only_function<void(error_code, Woken)>;

    asio::any_io_executor executor;
    Ticket last_ticket = 0;
    std::map<Ticket, Handler> parked;

    bool complete(Ticket ticket, error_code error, Woken how) {
        const auto found = parked.find(ticket);
        if (found == parked.end()) return false;
        auto handler = std::move(found->second);
        parked.erase(found);
        asio::post(executor, [handler = std::move(handler), error, how]() mutable { handler(error, how); });
        return true;
    }
};

WaitList::WaitList(asio::any_io_executor executor) : impl_{std::make_shared<Impl>()} {
    impl_->executor = std::move(executor);
}

WaitList::~WaitList() {
    // Handlers own coroutine frames, which may hold the last reference to what owns this list.
    const auto parked = std::exchange(impl_->parked, {});
}

WaitList::Ticket WaitList::take_ticket() {
    return ++impl_->last_ticket;
}

Async<WaitList::Woken> WaitList::wait(Ticket ticket) {
    return asio::async_initiate<const asio::use_awaitable_t<>&, void(error_code, Woken)>(
        [](auto handler, std::shared_ptr<Impl> impl, Ticket of_this_wait) {
            auto slot = asio::get_associated_cancellation_slot(handler);
            if (slot.is_connected()) {
                slot.assign([list = std::weak_ptr<Impl>{impl}, of_this_wait](asio::cancellation_type) {
                    if (const auto alive = list.lock()) {
                        alive->complete(of_this_wait, asio::error::operation_aborted, Woken::Notified);
                    }
                });
            }
            impl->parked.emplace(of_this_wait, Impl::Handler{std::move(handler)});
        },
        asio::use_awaitable,
        impl_,
        ticket
    );
}

bool WaitList::wake(Ticket ticket, Woken how) {
    return impl_->complete(ticket, {}, how);
}

bool WaitList::wake_first(Woken how) {
    return !impl_->parked.empty() && impl_->complete(impl_->parked.begin()->first, {}, how);
}

void WaitList::wake_all(Woken how) {
    while (wake_first(how)) {
    }
}

std::size_t WaitList::size() const {
    return impl_->parked.size();
}

}  // namespace kube
