#include "kube/async/semaphore.hpp"

#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>

#include "kube/async/scope.hpp"
#include "kube/async/signal.hpp"

namespace {

namespace asio = boost::asio;

struct Loop {
    asio::io_context io;
    kube::Semaphore semaphore{io.get_executor(), 2};
    kube::Signal go_on{io.get_executor()};
    kube::Scope scope{io.get_executor()};
    std::string log;

    kube::Async<> work(std::string who) {
        const auto permit = co_await semaphore.acquire();
        log += who;
        co_await go_on.wait();
    }
    void poll() {
        io.restart();
        io.poll();
    }
    void stop(kube::Scope& other) {
        kube::Scope stopper{io.get_executor()};
        stopper.spawn("stop", other.stop());
        poll();
    }
};

TEST(Semaphore, hands_out_no_more_than_its_permits) {
    Loop loop;
    for (const auto* who : {"a", "b", "c", "d"}) loop.scope.spawn(who, loop.work(who));
    loop.poll();
    EXPECT_EQ(loop.log, "ab");
    EXPECT_EQ(loop.semaphore.waiting(), 2u);
    loop.go_on.notify_all();
    loop.poll();
    EXPECT_EQ(loop.log, "abcd");
    loop.go_on.notify_all();
    loop.poll();
    EXPECT_EQ(loop.semaphore.available(), 2u);
}

TEST(Semaphore, gives_no_permit_to_a_waiter_that_was_cancelled) {
    Loop loop;
    kube::Scope others{loop.io.get_executor()};
    loop.scope.spawn("a", loop.work("a"));
    loop.scope.spawn("b", loop.work("b"));
    loop.poll();
    others.spawn("cancelled", loop.work("cancelled"));
    loop.poll();
    loop.stop(others);
    loop.scope.spawn("c", loop.work("c"));
    loop.poll();
    loop.go_on.notify_all();
    loop.poll();
    EXPECT_EQ(loop.log, "abc");
    loop.go_on.notify_all();
    loop.poll();
    EXPECT_EQ(loop.semaphore.available(), 2u);
}

TEST(Semaphore, takes_back_the_permits_of_cancelled_holders) {
    Loop loop;
    loop.scope.spawn("a", loop.work("a"));
    loop.poll();
    loop.stop(loop.scope);
    EXPECT_EQ(loop.semaphore.available(), 2u);
}

}  // namespace
