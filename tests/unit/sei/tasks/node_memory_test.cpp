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

TEST(TaskTrouble, counts_attempts_at_one_task_from_the_first) {
    NodeMemory memory;
    const kube::MonotonicTime start{1h};
    note_task_trouble(memory, start, "a", "R", "one", false);
    const Trouble& trouble = note_task_trouble(memory, start + 10s, "a", "R", "two", true);
    EXPECT_EQ(trouble.attempts, 2u);
    EXPECT_EQ(trouble.since, start);
    EXPECT_EQ(trouble.tried_since, start);
    EXPECT_EQ(trouble.error, "two");
}

TEST(TaskTrouble, begins_anew_with_another_task) {
    NodeMemory memory;
    const kube::MonotonicTime start{1h};
    note_task_trouble(memory, start, "a", "R", "one", false);
    const Trouble& trouble = note_task_trouble(memory, start + 20s, "b", "R", "two", false);
    EXPECT_EQ(trouble.attempts, 1u);
    EXPECT_EQ(trouble.since, start + 20s);
}

TEST(Trouble, of_one_subject_is_counted_beside_that_of_another) {
    NodeMemory memory;
    const kube::MonotonicTime start{1h};
    for (int pass = 0; pass < 3; ++pass) {
        note_trouble(memory, start + pass * 10s, "statefulset", "R", "no", true);
        note_trouble(memory, start + pass * 10s, "claim", "R", "gone", true);
        note_task_trouble(memory, start + pass * 10s, "a", "R", "no answer", false);
    }
    ASSERT_EQ(memory.upkeep_troubles.size(), 2u);
    for (const Trouble& trouble : memory.upkeep_troubles) {
        EXPECT_EQ(trouble.attempts, 3u) << trouble.subject;
        EXPECT_EQ(trouble.since, start) << trouble.subject;
    }
    EXPECT_EQ(memory.upkeep_troubles.back().subject, "claim") << "the newest noted last";
    ASSERT_TRUE(memory.trouble);
    EXPECT_EQ(memory.trouble->attempts, 3u);
}

TEST(Trouble, is_forgotten_by_its_subject) {
    NodeMemory memory;
    note_trouble(memory, {}, "statefulset", "R", "no", true);
    note_trouble(memory, {}, "claim", "R", "gone", true);
    forget_trouble(memory, "statefulset");
    forget_trouble(memory, "pass");
    ASSERT_EQ(memory.upkeep_troubles.size(), 1u);
    EXPECT_EQ(memory.upkeep_troubles.front().subject, "claim");
}

}  // namespace
}  // namespace sei::tasks
