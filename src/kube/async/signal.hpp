// A condition that coroutines wait for: the "condition variable" of the one thread.
#pragma once

#include <memory>
#include <optional>

#include <boost/asio/any_io_executor.hpp>

#include "kube/async/async.hpp"
#include "kube/async/clock.hpp"

namespace kube {

/// Wakes those who wait. Level, not edge, is the caller's business: wait in a loop around the condition.
///
///     while (queue.empty()) co_await changed.wait();
class Signal {
public:
    explicit Signal(boost::asio::any_io_executor executor);
    ~Signal();
    Signal(const Signal&) = delete;
    Signal& operator=(const Signal&) = delete;
    /// Returns at the next `notify_all`. Throws operation_aborted when cancelled.
    [[nodiscard]] Async<> wait();
    /// As `wait`, at most until `deadline`: true when notified, false when the time came first.
    [[nodiscard]] Async<bool> wait_until(Clock& clock, MonotonicTime deadline);
    /// Wakes all that wait now; they run in later turns of the loop, in the order in which they came.
    void notify_all();

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace kube
