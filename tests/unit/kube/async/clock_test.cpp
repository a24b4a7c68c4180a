#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>

#include "kube/async/manual_clock.hpp"
#include "kube/async/scope.hpp"
#include "kube/async/system_clock.hpp"

namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

kube::Async<> sleep_and_note(kube::Clock& clock, std::string who, std::chrono::milliseconds delay, std::string& log) {
    co_await clock.sleep_for(delay);
    log += who;
}

void poll(asio::io_context& io) {
    io.restart();
    io.poll();
}

TEST(ManualClock, wakes_sleepers_in_the_order_of_their_due_times) {
    asio::io_context io;
    kube::ManualClock clock{io.get_executor()};
    kube::Scope scope{io.get_executor()};
    std::string log;
    scope.spawn("c", sleep_and_note(clock, "c", 30ms, log));
    scope.spawn("a", sleep_and_note(clock, "a", 10ms, log));
    scope.spawn("b", sleep_and_note(clock, "b", 10ms, log));
    poll(io);
    EXPECT_EQ(clock.sleepers(), 3u);
    clock.advance_by(1h);
    poll(io);
    EXPECT_EQ(log, "abc");
}

TEST(ManualClock, tells_when_the_next_sleeper_is_due) {
    asio::io_context io;
    kube::ManualClock clock{io.get_executor()};
    kube::Scope scope{io.get_executor()};
    std::string log;
    EXPECT_EQ(clock.next_due(), std::nullopt);
    scope.spawn("b", sleep_and_note(clock, "b", 20ms, log));
    scope.spawn("a", sleep_and_note(clock, "a", 10ms, log));
    const auto start = clock.monotonic();
    std::vector<std::chrono::nanoseconds> steps;
    for (poll(io); const auto due = clock.next_due(); poll(io)) {
        clock.advance_to(*due);
        steps.push_back(*due - start);
    }
    EXPECT_EQ(steps, (std::vector<std::chrono::nanoseconds>{10ms, 20ms}));
    EXPECT_EQ(log, "ab");
}

TEST(ManualClock, moves_the_wall_clock_along) {
    asio::io_context io;
    kube::ManualClock clock{io.get_executor(), kube::WallTime{1'000'000'000s}};
    clock.advance_by(1500ms);
    EXPECT_EQ(clock.now(), kube::WallTime{1'000'000'001'500ms});
}

TEST(ManualClock, never_goes_back) {
    asio::io_context io;
    kube::ManualClock clock{io.get_executor()};
    clock.advance_by(1s);
    const auto then = clock.monotonic();
    clock.advance_to(then - 1s);
    EXPECT_EQ(clock.monotonic(), then);
}

TEST(ManualClock, a_cancelled_sleep_throws_and_is_no_longer_due) {
    asio::io_context io;
    kube::ManualClock clock{io.get_executor()};
    kube::Scope scope{io.get_executor()};
    kube::Scope stopper{io.get_executor()};
    std::string log;
    scope.spawn("a", sleep_and_note(clock, "a", 10ms, log));
    poll(io);
    stopper.spawn("stop", scope.stop());
    poll(io);
    EXPECT_EQ(clock.next_due(), std::nullopt);
    EXPECT_EQ(scope.running(), 0u);
    EXPECT_EQ(log, "");
}

TEST(SystemClock, a_sleep_lasts_at_least_as_long_as_asked) {
    asio::io_context io;
    kube::SystemClock clock{io.get_executor()};
    kube::Scope scope{io.get_executor()};
    std::string log;
    const auto start = clock.monotonic();
    scope.spawn("a", sleep_and_note(clock, "a", 2ms, log));
    io.run_for(10s);
    EXPECT_EQ(log, "a");
    EXPECT_GE(clock.monotonic() - start, 2ms);
}

}  // namespace
