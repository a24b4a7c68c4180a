// Time that stands still until somebody moves it: for tests and for simulations.
#pragma once

#include <memory>
#include <optional>

#include <boost/asio/any_io_executor.hpp>

#include "kube/async/clock.hpp"

namespace kube {

/// Virtual time. Sleepers are woken in the order of their due times, those of one instant in the order in which they
/// fell asleep. They go on in later turns of the loop; a driver runs the loop until it has nothing to do, then moves
/// on:
///
///     for (loop.poll(); const auto due = clock.next_due(); loop.restart(), loop.poll()) clock.advance_to(*due);
class ManualClock final : public Clock {
public:
    explicit ManualClock(boost::asio::any_io_executor executor, WallTime start = WallTime{std::chrono::days{20'000}});
    ~ManualClock() override;
    ManualClock(const ManualClock&) = delete;
    ManualClock& operator=(const ManualClock&) = delete;

    [[nodiscard]] WallTime now() const override;
    [[nodiscard]] MonotonicTime monotonic() const override;
    [[nodiscard]] Async<> sleep_until(MonotonicTime when) override;

    /// Moves both clocks and wakes who is due by then. Time never goes back: an earlier `when` changes nothing.
    void advance_to(MonotonicTime when);
    void advance_by(MonotonicTime::duration step) { advance_to(monotonic() + step); }
    /// Back to the beginning of time, for another run. Nobody may be sleeping.
    void restart();
    /// When the next sleeper is due; nullopt when nobody sleeps.
    [[nodiscard]] std::optional<MonotonicTime> next_due() const;
    [[nodiscard]] std::size_t sleepers() const;

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace kube
