#include "kube/runtime/work_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "kube/async/manual_clock.hpp"

namespace kube {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

struct WorkQueueTest : ::testing::Test {
    boost::asio::io_context loop;
    ManualClock clock{loop.get_executor()};
    WorkQueue queue{loop.get_executor(), clock};
    std::vector<std::string> taken;
    bool has_ended = false;

    static NamespacedName key(std::string name) { return {"ns", std::move(name)}; }

    Async<> take_all() {
        while (auto next = co_await queue.next()) taken.push_back(next->name);
        has_ended = true;
    }
    void SetUp() override {
        boost::asio::co_spawn(loop, take_all(), boost::asio::bind_cancellation_slot(end.slot(), [](std::exception_ptr) {
                              }));
        settle();
    }
    void TearDown() override {
        end.emit(boost::asio::cancellation_type::terminal);
        settle();
    }
    void settle() {
        loop.restart();
        loop.poll();
    }
    void pass(std::chrono::milliseconds time) {
        clock.advance_by(time);
        settle();
    }
    boost::asio::cancellation_signal end;
};

TEST_F(WorkQueueTest, hands_out_a_key_once_until_it_is_done) {
    queue.add(key("a"));
    queue.add(key("a"));
    settle();
    queue.add(key("a"));
    queue.add(key("a"));
    settle();
    EXPECT_THAT(taken, ElementsAre("a"));
    queue.done(key("a"));
    settle();
    EXPECT_THAT(taken, ElementsAre("a", "a"));
    queue.done(key("a"));
    settle();
    EXPECT_THAT(taken, ElementsAre("a", "a"));
}

TEST_F(WorkQueueTest, hands_out_keys_of_one_instant_in_the_order_of_their_arrival) {
    for (const char* name : {"c", "a", "b"}) queue.add(key(name));
    settle();
    EXPECT_THAT(taken, ElementsAre("c", "a", "b"));
}

TEST_F(WorkQueueTest, lets_the_earlier_of_two_due_times_win) {
    queue.add_after(key("a"), 30s);
    queue.add_after(key("a"), 1s);
    queue.add_after(key("a"), 60s);
    pass(999ms);
    EXPECT_THAT(taken, ElementsAre());
    pass(1ms);
    EXPECT_THAT(taken, ElementsAre("a"));
    queue.done(key("a"));
    pass(120s);
    EXPECT_THAT(taken, ElementsAre("a"));
}

TEST_F(WorkQueueTest, is_woken_by_an_event_while_it_waits_for_a_timer) {
    queue.add_after(key("a"), 30s);
    settle();
    queue.add(key("a"));
    settle();
    EXPECT_THAT(taken, ElementsAre("a"));
}

TEST_F(WorkQueueTest, keeps_the_earliest_due_time_of_a_key_in_flight) {
    queue.add(key("a"));
    settle();
    queue.add_after(key("a"), 10s);
    queue.add_after(key("a"), 2s);
    queue.done(key("a"));
    pass(2s);
    EXPECT_THAT(taken, ElementsAre("a", "a"));
}

TEST_F(WorkQueueTest, doubles_the_delay_of_a_failing_key_up_to_its_limit) {
    std::vector<std::int64_t> delays;
    for (int i = 0; i < 20; ++i) delays.push_back(queue.add_after_failure(key("a"), 0).count());
    EXPECT_EQ(delays[0], 5);
    EXPECT_EQ(delays[1], 10);
    EXPECT_EQ(delays[10], 5'120);
    EXPECT_EQ(delays[17], 655'360);
    EXPECT_EQ(delays[18], 1'000'000);
    EXPECT_EQ(delays[19], 1'000'000);
    EXPECT_EQ(queue.failures(key("a")), 20u);
    EXPECT_EQ(queue.add_after_failure(key("b"), 0).count(), 5);
    queue.forget_failures(key("a"));
    EXPECT_EQ(queue.add_after_failure(key("a"), 0).count(), 5);
}

TEST_F(WorkQueueTest, takes_at_most_a_tenth_off_a_failure_delay_as_jitter) {
    for (int i = 0; i < 10; ++i) (void)queue.add_after_failure(key("a"), 0);
    EXPECT_EQ(queue.add_after_failure(key("a"), 0.999).count(), 5'120 - 511);
}

TEST_F(WorkQueueTest, ends_when_it_is_closed_and_nothing_is_in_flight) {
    queue.add(key("a"));
    settle();
    queue.add_after(key("b"), 1s);
    queue.close();
    settle();
    EXPECT_FALSE(has_ended);
    queue.done(key("a"));
    settle();
    EXPECT_TRUE(has_ended);
    EXPECT_THAT(taken, ElementsAre("a"));
}

TEST_F(WorkQueueTest, refuses_done_for_a_key_that_is_not_in_flight) {
    EXPECT_THROW(queue.done(key("a")), std::logic_error);
}

TEST_F(WorkQueueTest, counts_depth_as_the_keys_that_are_due) {
    end.emit(boost::asio::cancellation_type::terminal);
    settle();
    queue.add(key("a"));
    queue.add(key("b"));
    queue.add_after(key("c"), 1s);
    EXPECT_EQ(queue.depth(), 2u);
    EXPECT_EQ(queue.waiting().size(), 3u);
}

}  // namespace
}  // namespace kube
