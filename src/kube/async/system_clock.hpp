// The machine's own clocks.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "kube/async/clock.hpp"

namespace kube {

/// Reads the machine's wall clock and monotonic clock; sleeps with timers of the loop.
class SystemClock final : public Clock {
public:
    explicit SystemClock(boost::asio::any_io_executor executor);
    [[nodiscard]] WallTime now() const override;
    [[nodiscard]] MonotonicTime monotonic() const override;
    [[nodiscard]] Async<> sleep_until(MonotonicTime when) override;

private:
    boost::asio::any_io_executor executor_;
};

}  // namespace kube
