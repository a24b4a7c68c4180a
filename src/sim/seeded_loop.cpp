#include "sim/seeded_loop.hpp"

namespace sim {

SeededLoop::~SeededLoop() {
    // Steps hold coroutines, whose destruction may make more steps ready.
    while (!ready_.empty()) {
        const Step dropped = std::exchange(ready_.front(), Step{});
        ready_.pop_front();
    }
    shutdown();
    destroy();
}

bool SeededLoop::run_one() {
    if (ready_.empty()) return false;
    if (order_ == Order::Drawn && ready_.size() > 1) {
        const std::size_t chosen = random_.next() % ready_.size();
        if (chosen != 0) std::swap(ready_.front(), ready_[chosen]);
    }
    Step step = std::move(ready_.front());
    ready_.pop_front();
    ++steps_;
    is_in_step_ = true;
    step();
    is_in_step_ = false;
    return true;
}

void SeededLoop::restart(std::uint64_t seed, Order order) {
    random_ = kube::Random{seed};
    order_ = order;
    steps_ = 0;
}

boost::asio::any_io_executor SeededLoop::executor() {
    return Executor{*this};
}

}  // namespace sim
