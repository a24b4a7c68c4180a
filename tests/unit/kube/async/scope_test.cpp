#include "kube/async/scope.hpp"

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include "kube/async/manual_clock.hpp"
#include "kube/async/signal.hpp"

namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

struct Loop {
    asio::io_context io;
    kube::ManualClock clock{io.get_executor()};
    std::vector<std::string> log;

    kube::Async<> sleep_and_note(std::string what, std::chrono::seconds delay) {
        log.push_back(what + " starts");
        try {
            co_await clock.sleep_for(delay);
            log.push_back(what + " ends");
        } catch (const boost::system::system_error&) {
            log.push_back(what + " is cancelled");
            throw;
        }
    }
    kube::Async<> fail() {
        throw std::runtime_error{"no way"};
        co_return;
    }
    kube::Async<> stop(kube::Scope& scope) {
        co_await scope.stop();
        log.push_back("stopped");
    }
    kube::Async<> drain(kube::Scope& scope) {
        co_await scope.drained();
        log.push_back("drained");
    }
    void poll() {
        io.restart();
        io.poll();
    }
    void start(kube::Async<> work) { asio::co_spawn(io, std::move(work), asio::detached); }
};

TEST(Scope, starts_work_in_a_later_turn_of_the_loop) {
    Loop loop;
    kube::Scope scope{loop.io.get_executor()};
    asio::post(loop.io, [&] {
        scope.spawn("a", loop.sleep_and_note("a", 0s));
        loop.log.push_back("spawned");
    });
    loop.poll();
    EXPECT_EQ(loop.log, (std::vector<std::string>{"spawned", "a starts", "a ends"}));
}

TEST(Scope, drained_waits_for_the_last_one) {
    Loop loop;
    kube::Scope scope{loop.io.get_executor()};
    scope.spawn("a", loop.sleep_and_note("a", 1s));
    scope.spawn("b", loop.sleep_and_note("b", 2s));
    loop.start(loop.drain(scope));
    loop.poll();
    EXPECT_EQ(scope.running(), 2u);
    loop.clock.advance_by(1s);
    loop.poll();
    EXPECT_EQ(scope.running(), 1u);
    EXPECT_EQ(loop.log.back(), "a ends");
    loop.clock.advance_by(1s);
    loop.poll();
    EXPECT_EQ(loop.log.back(), "drained");
}

TEST(Scope, stop_cancels_each_and_waits_for_all) {
    Loop loop;
    kube::Scope scope{loop.io.get_executor()};
    scope.spawn("a", loop.sleep_and_note("a", 1s));
    scope.spawn("b", loop.sleep_and_note("b", 2s));
    loop.poll();
    loop.start(loop.stop(scope));
    loop.poll();
    EXPECT_EQ(
        loop.log, (std::vector<std::string>{"a starts", "b starts", "a is cancelled", "b is cancelled", "stopped"})
    );
    EXPECT_EQ(loop.clock.sleepers(), 0u);
}

TEST(Scope, never_starts_what_was_stopped_before_its_turn) {
    Loop loop;
    kube::Scope scope{loop.io.get_executor()};
    asio::post(loop.io, [&] {
        scope.spawn("a", loop.sleep_and_note("a", 1s));
        loop.start(loop.stop(scope));
        scope.spawn("late", loop.sleep_and_note("late", 1s));
    });
    loop.poll();
    EXPECT_EQ(loop.log, (std::vector<std::string>{"stopped"}));
}

TEST(Scope, stop_waits_even_when_the_stopper_is_cancelled) {
    Loop loop;
    kube::Scope inner{loop.io.get_executor()};
    kube::Scope outer{loop.io.get_executor()};
    struct Stubborn {
        static kube::Async<> run(Loop& of, kube::Signal& release) {
            try {
                co_await of.clock.sleep_for(1h);
            } catch (const boost::system::system_error&) {
                of.log.push_back("cleaning up");
            }
            co_await asio::this_coro::reset_cancellation_state();
            co_await release.wait();
            of.log.push_back("clean");
        }
    };
    kube::Signal release{loop.io.get_executor()};
    inner.spawn("stubborn", Stubborn::run(loop, release));
    loop.poll();
    outer.spawn("stopper", loop.stop(inner));
    loop.poll();
    loop.start(loop.drain(inner));
    loop.start(loop.stop(outer));
    loop.poll();
    EXPECT_EQ(loop.log, (std::vector<std::string>{"cleaning up"}));
    release.notify_all();
    loop.poll();
    EXPECT_EQ(inner.running() + outer.running(), 0u);
    EXPECT_EQ(std::count(loop.log.begin(), loop.log.end(), "clean"), 1);
}

TEST(Scope, reports_an_exception_that_nobody_caught) {
    Loop loop;
    std::string reported;
    kube::Scope scope{loop.io.get_executor(), [&](const std::string& name, std::exception_ptr failure) {
                          try {
                              std::rethrow_exception(failure);
                          } catch (const std::exception& error) {
                              reported = name + ": " + error.what();
                          }
                      }};
    scope.spawn("failing", loop.fail());
    loop.poll();
    EXPECT_EQ(reported, "failing: no way");
}

TEST(ScopeDeathTest, ends_the_process_when_work_outlives_it) {
    EXPECT_DEATH(
        {
            Loop loop;
            kube::Scope scope{loop.io.get_executor()};
            scope.spawn("forgotten", loop.sleep_and_note("forgotten", 1s));
        },
        "\"forgotten\" outlives its scope"
    );
}

}  // namespace
