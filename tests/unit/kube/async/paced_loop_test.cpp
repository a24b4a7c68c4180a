#include "kube/async/paced_loop.hpp"

#include <gtest/gtest.h>
#include <boost/asio/post.hpp>

namespace {

using std::chrono::milliseconds;

struct PaceTest : testing::Test {
    kube::Pace pace{
        {.at_once_max = 3,
         .regained_after = milliseconds{50},
         .rest_per_work = 4,
         .rest_max = std::chrono::microseconds{10'000}}
    };
    kube::MonotonicTime now{std::chrono::hours{1}};

    bool rests() { return pace.rest_after(milliseconds{1}, now) > milliseconds{0}; }
    int wakes_at_once() {
        int count = 0;
        while (count < 100 && !rests()) ++count;
        return count;
    }
};

TEST_F(PaceTest, answers_the_first_wake_ups_at_once) {
    EXPECT_EQ(wakes_at_once(), 3);
}

TEST_F(PaceTest, rests_as_long_as_wake_ups_come_faster_than_they_are_regained) {
    (void)wakes_at_once();
    for (int wake = 0; wake < 4; ++wake) {
        now += milliseconds{10};
        EXPECT_TRUE(rests()) << wake;
    }
    now += milliseconds{10};
    EXPECT_FALSE(rests()) << "one is regained after 50 ms";
    EXPECT_TRUE(rests());
}

TEST_F(PaceTest, regains_all_of_them_in_quiet_and_no_more) {
    (void)wakes_at_once();
    now += std::chrono::hours{1};
    EXPECT_EQ(wakes_at_once(), 3);
}

TEST_F(PaceTest, never_rests_for_wake_ups_that_are_rare) {
    for (int wake = 0; wake < 1000; ++wake) {
        now += milliseconds{50};
        ASSERT_FALSE(rests()) << wake;
    }
}

TEST_F(PaceTest, rests_in_proportion_to_the_work_up_to_a_bound) {
    (void)wakes_at_once();
    EXPECT_EQ(pace.rest_after(milliseconds{0}, now), milliseconds{0});
    EXPECT_EQ(pace.rest_after(milliseconds{2}, now), milliseconds{8});
    EXPECT_EQ(pace.rest_after(std::chrono::seconds{2}, now), milliseconds{10});
}

TEST(RunPaced, handles_everything_and_ends_when_nothing_is_left) {
    boost::asio::io_context loop;
    int handled = 0;
    std::function<void()> chain = [&] {
        if (++handled < 500) boost::asio::post(loop, chain);
    };
    boost::asio::post(loop, chain);
    kube::run_paced(loop);
    EXPECT_EQ(handled, 500);
}

TEST(RunPaced, ends_when_the_loop_is_stopped_and_leaves_the_rest) {
    boost::asio::io_context loop;
    int handled = 0;
    for (int i = 0; i < 5; ++i) {
        boost::asio::post(loop, [&] {
            if (++handled == 3) loop.stop();
        });
    }
    kube::run_paced(loop);
    EXPECT_EQ(handled, 3);
}

}  // namespace
