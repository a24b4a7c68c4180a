#include "kube/async/system_clock.hpp"

#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace kube {

SystemClock::SystemClock(boost::asio::any_io_executor executor) : executor_{std::move(executor)} {}

WallTime SystemClock::now() const {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

MonotonicTime SystemClock::monotonic() const {
    return std::chrono::steady_clock::now();
}

Async<> SystemClock::sleep_until(MonotonicTime when) {
    boost::asio::steady_timer timer{executor_, when};
    co_await timer.async_wait(boost::asio::use_awaitable);
}

}  // namespace kube
