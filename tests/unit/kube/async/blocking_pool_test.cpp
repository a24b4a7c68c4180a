#include "kube/async/blocking_pool.hpp"

#include <future>
#include <thread>

#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include "kube/async/scope.hpp"

namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

kube::Async<> run_and_note(kube::BlockingPool& pool, std::function<std::string()> work, std::vector<std::string>& log) {
    const auto loop = std::this_thread::get_id();
    try {
        auto value = co_await pool.run(std::move(work));
        log.push_back(std::move(value));
    } catch (const boost::system::system_error&) {
        log.push_back("cancelled");
        throw;
    } catch (const std::runtime_error& error) {
        log.push_back(std::string{"failed: "} + error.what());
    }
    EXPECT_EQ(std::this_thread::get_id(), loop);
}

TEST(BlockingPool, brings_the_value_back_to_the_loop) {
    asio::io_context io;
    kube::BlockingPool pool;
    kube::Scope scope{io.get_executor()};
    std::vector<std::string> log;
    scope.spawn("a", run_and_note(pool, [] { return std::string{"value"}; }, log));
    io.run_for(10s);
    EXPECT_EQ(log, (std::vector<std::string>{"value"}));
}

TEST(BlockingPool, brings_an_exception_back_to_the_loop) {
    asio::io_context io;
    kube::BlockingPool pool;
    kube::Scope scope{io.get_executor()};
    std::vector<std::string> log;
    scope.spawn("a", run_and_note(pool, []() -> std::string { throw std::runtime_error{"no such file"}; }, log));
    io.run_for(10s);
    EXPECT_EQ(log, (std::vector<std::string>{"failed: no such file"}));
}

TEST(BlockingPool, a_function_that_hangs_does_not_delay_another) {
    asio::io_context io;
    kube::BlockingPool pool{2};
    kube::Scope scope{io.get_executor()};
    std::vector<std::string> log;
    auto release = std::make_shared<std::promise<void>>();
    const auto released = release->get_future().share();
    scope.spawn("slow", run_and_note(pool, [released] { return released.wait(), std::string{"slow"}; }, log));
    scope.spawn("quick", run_and_note(pool, [] { return std::string{"quick"}; }, log));
    while (log.empty() && io.run_one_for(10s) > 0) {
    }
    EXPECT_EQ(log, (std::vector<std::string>{"quick"}));
    release->set_value();
    io.run_for(10s);
    EXPECT_EQ(log, (std::vector<std::string>{"quick", "slow"}));
}

TEST(BlockingPool, a_cancelled_coroutine_goes_on_while_its_function_still_runs) {
    asio::io_context io;
    auto pool = std::make_unique<kube::BlockingPool>(1);
    kube::Scope scope{io.get_executor()};
    kube::Scope stopper{io.get_executor()};
    std::vector<std::string> log;
    auto started = std::make_shared<std::promise<void>>();
    auto release = std::make_shared<std::promise<void>>();
    const auto released = release->get_future().share();
    scope.spawn(
        "slow",
        run_and_note(
            *pool,
            [started, released] {
                started->set_value();
                released.wait();
                return std::string{"slow"};
            },
            log
        )
    );
    io.poll();
    ASSERT_EQ(started->get_future().wait_for(10s), std::future_status::ready);
    stopper.spawn("stop", scope.stop());
    io.run_for(10s);
    EXPECT_EQ(scope.running(), 0u);
    EXPECT_EQ(log, (std::vector<std::string>{"cancelled"}));
    pool.reset();
    release->set_value();
}

}  // namespace
