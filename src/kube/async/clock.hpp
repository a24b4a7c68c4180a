// Time as the project sees it: a wall clock for what is written down, a monotonic one for what is waited for.
#pragma once

#include <chrono>

#include "kube/async/async.hpp"

namespace kube {

/// Wall time, as it is written into objects.
using WallTime = std::chrono::sys_time<std::chrono::microseconds>;
/// Monotonic time, for deadlines and waits. Its epoch means nothing.
using MonotonicTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::steady_clock::duration>;

/// Where time comes from. Production reads the machine's clocks; a simulation advances its own.
///
/// Nothing outside `src/kube/async`, `src/kube/http` and `cmd/` reads a clock or sleeps in another way.
class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual WallTime now() const = 0;
    [[nodiscard]] virtual MonotonicTime monotonic() const = 0;
    /// Returns at `when`, or throws `boost::system::system_error` (operation_aborted) when the coroutine is cancelled.
    [[nodiscard]] virtual Async<> sleep_until(MonotonicTime when) = 0;

    [[nodiscard]] Async<> sleep_for(MonotonicTime::duration delay) { return sleep_until(monotonic() + delay); }
};

/// The point in monotonic time at which a call gives up. Each call to another machine has one.
class Deadline {
public:
    static Deadline at(MonotonicTime when) { return Deadline{when}; }
    static Deadline after(const Clock& clock, MonotonicTime::duration limit) {
        return Deadline{clock.monotonic() + limit};
    }
    [[nodiscard]] MonotonicTime when() const { return when_; }

private:
    explicit Deadline(MonotonicTime when) : when_{when} {}
    MonotonicTime when_;
};

}  // namespace kube
