// When a task that has had all its time fails.
#include "sei/tasks/attempts.hpp"

#include <chrono>
#include <variant>

#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>

#include "kube/async/manual_clock.hpp"

namespace sei::tasks {
namespace {

using namespace std::chrono_literals;

class LateTask : public ::testing::Test {
protected:
    /// One more attempt that nobody answers: has the task failed?
    bool fails_without_an_answer() {
        remember_trouble(memory, clock, task);
        const plan::Transient no_answer{.error = "no connection to the sidecar"};
        plan::TaskOutcome outcome = no_answer;
        if (end_when_late(memory, clock, task, outcome)) return std::holds_alternative<plan::Terminal>(outcome);
        note_failed_attempt(memory, clock, task, no_answer);
        return false;
    }

    boost::asio::io_context loop;
    kube::ManualClock clock{loop.get_executor()};
    NodeMemory memory;
    api::PlannedTask task{
        .type = "configure-genesis", .id = "i", .deadline = kube::Time{kube::Time::of(clock.now()).at - 3h}
    };
};

TEST_F(LateTask, that_is_found_running_fails_at_once) {
    plan::TaskOutcome outcome = plan::Running{.waits_for = "the sidecar"};
    EXPECT_TRUE(end_when_late(memory, clock, task, outcome));
    EXPECT_TRUE(std::holds_alternative<plan::Terminal>(outcome));
}

TEST_F(LateTask, that_nothing_is_heard_of_fails_after_two_minutes) {
    EXPECT_FALSE(fails_without_an_answer());
    clock.advance_by(2min - 1s);
    EXPECT_FALSE(fails_without_an_answer());
    clock.advance_by(1s);
    EXPECT_TRUE(fails_without_an_answer());
}

TEST_F(LateTask, is_asked_for_by_this_process_however_often_an_earlier_one_did) {
    task.attempts = 64;
    task.lastError = "no connection to the sidecar";
    task.lastAttemptAt = kube::Time{kube::Time::of(clock.now()).at - 4h};
    EXPECT_FALSE(fails_without_an_answer());
    ASSERT_TRUE(memory.trouble);
    EXPECT_GE(clock.monotonic() - memory.trouble->since, 4h) << "which is remembered all the same";
    clock.advance_by(2min);
    EXPECT_TRUE(fails_without_an_answer());
}

TEST_F(LateTask, is_not_ended_by_the_trouble_with_another) {
    note_task_trouble(memory, clock.monotonic(), "earlier", "R", "no answer", false);
    clock.advance_by(5min);
    EXPECT_FALSE(fails_without_an_answer());
}

}  // namespace
}  // namespace sei::tasks
