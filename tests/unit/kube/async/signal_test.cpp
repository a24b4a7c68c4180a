#include "kube/async/signal.hpp"

#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>

#include "kube/async/manual_clock.hpp"
#include "kube/async/scope.hpp"

namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

struct Loop {
    asio::io_context io;
    kube::ManualClock clock{io.get_executor()};
    kube::Signal signal{io.get_executor()};
    kube::Scope scope{io.get_executor()};
    std::vector<std::string> log;

    kube::Async<> wait(std::string who) {
        co_await signal.wait();
        log.push_back(who);
    }
    kube::Async<> wait_until(std::string who, std::chrono::seconds limit) {
        const bool notified = co_await signal.wait_until(clock, clock.monotonic() + limit);
        log.push_back(who + (notified ? " notified" : " timed out"));
    }
    void poll() {
        io.restart();
        io.poll();
    }
    void stop() {
        kube::Scope stopper{io.get_executor()};
        stopper.spawn("stop", scope.stop());
        poll();
    }
};

TEST(Signal, wakes_all_that_wait_in_the_order_in_which_they_came) {
    Loop loop;
    for (const auto* who : {"a", "b", "c"}) loop.scope.spawn(who, loop.wait(who));
    loop.poll();
    loop.signal.notify_all();
    EXPECT_TRUE(loop.log.empty()) << "nobody runs inside notify_all";
    loop.poll();
    EXPECT_EQ(loop.log, (std::vector<std::string>{"a", "b", "c"}));
}

TEST(Signal, does_not_remember_a_notification) {
    Loop loop;
    loop.signal.notify_all();
    loop.scope.spawn("a", loop.wait("a"));
    loop.poll();
    EXPECT_TRUE(loop.log.empty());
    loop.stop();
}

TEST(Signal, wait_until_tells_a_notification_from_the_time) {
    Loop loop;
    loop.scope.spawn("early", loop.wait_until("early", 1s));
    loop.scope.spawn("late", loop.wait_until("late", 5s));
    loop.poll();
    loop.clock.advance_by(2s);
    loop.poll();
    loop.signal.notify_all();
    loop.poll();
    EXPECT_EQ(loop.log, (std::vector<std::string>{"early timed out", "late notified"}));
    EXPECT_EQ(loop.clock.next_due(), std::nullopt) << "a wait that was notified leaves no sleeper behind";
}

TEST(Signal, wait_until_a_time_that_has_passed_returns_at_once) {
    Loop loop;
    loop.scope.spawn("a", loop.wait_until("a", 0s));
    loop.poll();
    EXPECT_EQ(loop.log, (std::vector<std::string>{"a timed out"}));
}

TEST(Signal, a_cancelled_wait_leaves_nothing_behind) {
    Loop loop;
    loop.scope.spawn("a", loop.wait("a"));
    loop.scope.spawn("b", loop.wait_until("b", 5s));
    loop.poll();
    loop.stop();
    EXPECT_EQ(loop.scope.running(), 0u);
    EXPECT_EQ(loop.clock.next_due(), std::nullopt);
    loop.signal.notify_all();
    loop.poll();
    EXPECT_TRUE(loop.log.empty());
}

}  // namespace
