#include "testkit/gate.hpp"

#include <utility>

namespace testkit {

kube::Async<> Gate::pass(kube::HttpRequest request) {
    const std::string spot = is_open_ ? std::string{} : spot_of_(request);
    if (spot.empty()) co_return;
    const std::size_t meeting = met_[spot];
    const std::size_t arrived = ++arrived_[spot];
    if (arrived == parties_) {
        arrived_.erase(spot);
        ++met_[spot];
        ++meetings_;
        opened_.notify_all();
        co_return;
    }
    ++waiting_;
    struct Leave {
        std::size_t& count;
        ~Leave() { --count; }
    } leave{waiting_};
    if (on_arrival) on_arrival(spot, arrived);
    while (met_[spot] == meeting && !is_open_) co_await opened_.wait();
}

void Gate::open() {
    is_open_ = true;
    opened_.notify_all();
}

}  // namespace testkit
