#include "sei/tasks/node_memory.hpp"

#include <gtest/gtest.h>

namespace sei::tasks {
namespace {

using namespace std::chrono_literals;

TEST(PollDelay, begins_short_and_ends_at_five_seconds) {
    const std::vector<std::chrono::milliseconds> expected{100ms, 250ms, 500ms, 1s, 2s, 5s, 5s};
    for (unsigned n = 1; n <= expected.size(); ++n) EXPECT_EQ(poll_delay(n), expected[n - 1]) << n;
}

TEST(ProvisionDelay, is_a_second_for_half_a_minute_and_two_for_two_minutes) {
    const auto waited = [](unsigned looks) {
        std::chrono::milliseconds sum{0};
        for (unsigned n = 1; n <= looks; ++n) sum += provision_delay(n);
        return sum;
    };
    EXPECT_EQ(provision_delay(1), 100ms);
    EXPECT_EQ(provision_delay(4), 1s);
    EXPECT_EQ(provision_delay(30), 1s);
    EXPECT_EQ(waited(30), 27'850ms);
    EXPECT_EQ(provision_delay(31), 2s);
    EXPECT_EQ(waited(75), 117'850ms);
    EXPECT_EQ(provision_delay(76), 5s);
}

TEST(AttemptDelay, grows_with_the_time_that_attempts_have_failed_for) {
    EXPECT_EQ(attempt_delay(1, 0s), 100ms);
    EXPECT_EQ(attempt_delay(9, 40s), 5s);
    EXPECT_EQ(attempt_delay(30, 2min), 15s);
    EXPECT_EQ(attempt_delay(90, 10min), 30s);
}

TEST(Trouble, counts_attempts_at_one_subject_from_the_first) {
    NodeMemory memory;
    const kube::MonotonicTime start{1h};
    note_trouble(memory, start, "a", "R", "one", false);
    note_trouble(memory, start + 10s, "a", "R", "two", true);
    ASSERT_TRUE(memory.trouble);
    EXPECT_EQ(memory.trouble->attempts, 2u);
    EXPECT_EQ(memory.trouble->since, start);
    EXPECT_EQ(memory.trouble->error, "two");
    note_trouble(memory, start + 20s, "b", "R", "three", false);
    EXPECT_EQ(memory.trouble->attempts, 1u);
    EXPECT_EQ(memory.trouble->since, start + 20s);
}

}  // namespace
}  // namespace sei::tasks
