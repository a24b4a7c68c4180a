// What an outcome does to a stored task: the state table of spec 04 §4.
#include "sei/plan/progress.hpp"

#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace sei::plan {
namespace {

constexpr kube::Time kNow{std::chrono::sys_seconds{std::chrono::seconds{1'750'000'000}}};
constexpr kube::Time kEarlier{std::chrono::sys_seconds{std::chrono::seconds{1'740'000'000}}};

api::SeiNodeStatus status_with_plan() {
    api::SeiNodeStatus status;
    status.phase = api::NodePhase::Initializing;
    status.phaseTransitionTime = kEarlier;
    status.plan.emplace();
    status.plan->targetPhase = api::NodePhase::Running;
    status.plan->failedPhase = api::NodePhase::Failed;
    status.plan->tasks.push_back({.type = "config-apply", .id = "i0"});
    status.plan->tasks.push_back({.type = "configure-genesis", .id = "i1", .maxRetries = 2});
    return status;
}

TEST(CurrentTask, is_the_first_that_is_not_complete) {
    api::SeiNodeStatus status = status_with_plan();
    EXPECT_EQ(current_task(*status.plan), 0u);
    status.plan->tasks[0].status = api::TaskStatus::Complete;
    EXPECT_EQ(current_task(*status.plan), 1u);
    status.plan->tasks[1].status = api::TaskStatus::Complete;
    EXPECT_EQ(current_task(*status.plan), std::nullopt);
    EXPECT_EQ(current_task(api::TaskPlan{}), std::nullopt);
}

TEST(Record, completes_a_task_that_was_done_at_once) {
    api::SeiNodeStatus status = status_with_plan();
    EXPECT_EQ(record(Complete{}, *status.plan, 0, kNow).advance, Advance::NextTask);
    EXPECT_EQ(status.plan->tasks[0].status, api::TaskStatus::Complete);
    EXPECT_EQ(status.plan->tasks[0].submittedAt, kNow);
}

TEST(Record, stamps_the_first_acceptance_only) {
    api::SeiNodeStatus status = status_with_plan();
    EXPECT_EQ(record(Running{.waits_for = "x"}, *status.plan, 0, kEarlier).advance, Advance::Wait);
    EXPECT_EQ(record(Running{.waits_for = "x"}, *status.plan, 0, kNow).advance, Advance::Wait);
    EXPECT_EQ(status.plan->tasks[0].status, api::TaskStatus::Pending);
    EXPECT_EQ(status.plan->tasks[0].submittedAt, kEarlier);
}

TEST(Record, stamps_a_resubmission_anew) {
    api::SeiNodeStatus status = status_with_plan();
    (void)record(Running{.waits_for = "x"}, *status.plan, 0, kEarlier);
    (void)record(Running{.waits_for = "x", .resubmitted = true}, *status.plan, 0, kNow);
    EXPECT_EQ(status.plan->tasks[0].submittedAt, kNow);
}

TEST(Record, changes_nothing_for_a_transient_failure) {
    api::SeiNodeStatus status = status_with_plan();
    const api::TaskPlan before = *status.plan;
    EXPECT_EQ(record(Transient{"no connection"}, *status.plan, 0, kNow).advance, Advance::Wait);
    EXPECT_EQ(*status.plan, before);
}

TEST(Record, grants_retries_up_to_the_budget_then_fails_the_plan) {
    api::SeiNodeStatus status = status_with_plan();
    status.plan->tasks[0].status = api::TaskStatus::Complete;
    for (int retry = 1; retry <= 2; ++retry) {
        SCOPED_TRACE(retry);
        (void)record(Running{.waits_for = "x"}, *status.plan, 1, kNow);
        const Recorded recorded = record(Failed{"S3"}, *status.plan, 1, kNow);
        EXPECT_EQ(recorded.advance, Advance::Retry);
        EXPECT_EQ(recorded.retry_after, std::chrono::seconds{retry * 10});
        EXPECT_EQ(status.plan->tasks[1].retryCount, retry);
        EXPECT_EQ(status.plan->tasks[1].submittedAt, std::nullopt) << "there is no run to ask for";
        EXPECT_EQ(status.plan->tasks[1].id, "i1") << "the id is for life";
    }
    EXPECT_EQ(record(Failed{"S3"}, *status.plan, 1, kNow).advance, Advance::PlanFailed);
    fail(status, kNow);
    EXPECT_EQ(status.phase, api::NodePhase::Failed);
    EXPECT_EQ(status.phaseTransitionTime, kNow);
    EXPECT_EQ(status.plan->phase, api::PlanPhase::Failed);
    EXPECT_EQ(status.plan->failedTaskIndex, 1);
    const api::FailedTaskInfo expected{
        .type = "configure-genesis", .id = "i1", .error = "S3", .retryCount = 2, .maxRetries = 2
    };
    EXPECT_EQ(status.plan->failedTaskDetail, expected);
}

TEST(Record, stores_with_a_retry_why_which_run_and_from_when) {
    api::SeiNodeStatus status = status_with_plan();
    (void)record(Running{.waits_for = "x", .run = 4}, *status.plan, 1, kNow);
    EXPECT_EQ(status.plan->tasks[1].run, 4);
    (void)record(Failed{"S3", 4}, *status.plan, 1, kNow);
    const api::PlannedTask& task = status.plan->tasks[1];
    EXPECT_EQ(task.run, 4);
    EXPECT_EQ(task.lastError, "S3");
    EXPECT_EQ(task.lastAttemptAt, kNow);
    EXPECT_EQ(task.notBefore->at - kNow.at, std::chrono::seconds{10});
    EXPECT_EQ(time_to_retry(task, kNow), std::chrono::seconds{10});
    EXPECT_EQ(time_to_retry(task, kube::Time{kNow.at + std::chrono::seconds{10}}), std::chrono::seconds{0});
    (void)record(Running{.waits_for = "x", .run = 5}, *status.plan, 1, kNow);
    EXPECT_EQ(task.notBefore, std::nullopt);
    EXPECT_EQ(task.lastError, "S3") << "what the retry was for stays visible";
}

TEST(TimeUntil, is_what_is_left_unless_a_clock_was_ahead) {
    struct Case {
        std::string behaviour;
        std::optional<std::chrono::seconds> ahead;
        std::chrono::seconds left;
    };
    using std::chrono::seconds;
    const std::vector<Case> cases{
        {"nothing is stored", std::nullopt, seconds{0}},
        {"it is past", seconds{-1}, seconds{0}},
        {"it is now", seconds{0}, seconds{0}},
        {"it is to come", seconds{29}, seconds{29}},
        {"the whole pause is left", seconds{30}, seconds{30}},
        {"no pause is so long: it is due", seconds{31}, seconds{0}},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        std::optional<kube::Time> not_before;
        if (c.ahead) not_before = kube::Time{kNow.at + *c.ahead};
        EXPECT_EQ(time_until(not_before, kNow, seconds{30}), c.left);
    }
}

api::SeiNodeStatus status_of_update() {
    api::SeiNodeStatus status;
    status.plan.emplace();
    status.plan->tasks.push_back({.type = "apply-statefulset", .id = "i0"});
    status.plan->tasks.push_back({.type = "observe-image", .id = "i1"});
    status.plan->tasks.push_back({.type = "mark-ready", .id = "i2"});
    return status;
}

TEST(Progress, is_mere_progress_where_only_tasks_of_the_operator_got_on) {
    const api::SeiNodeStatus stored = status_of_update();
    api::SeiNodeStatus now = stored;
    now.plan->tasks[0].status = api::TaskStatus::Complete;
    now.plan->tasks[1].submittedAt = kNow;
    now.plan->tasks[1].deadline = kNow;
    EXPECT_TRUE(is_mere_progress(stored, now));
}

TEST(Progress, is_more_where_a_sidecar_was_given_something) {
    const api::SeiNodeStatus stored = status_of_update();
    api::SeiNodeStatus now = stored;
    now.plan->tasks[2].submittedAt = kNow;
    EXPECT_FALSE(is_mere_progress(stored, now));
}

TEST(Progress, is_more_where_a_task_tells_of_trouble) {
    const api::SeiNodeStatus stored = status_of_update();
    api::SeiNodeStatus failed = stored;
    failed.plan->tasks[0].status = api::TaskStatus::Failed;
    EXPECT_FALSE(is_mere_progress(stored, failed));
    api::SeiNodeStatus troubled = stored;
    troubled.plan->tasks[0].lastError = "refused";
    EXPECT_FALSE(is_mere_progress(stored, troubled));
}

TEST(Progress, is_more_where_anything_else_of_the_status_changed) {
    const api::SeiNodeStatus stored = status_of_update();
    api::SeiNodeStatus now = stored;
    now.currentImage = "seid:v2";
    EXPECT_FALSE(is_mere_progress(stored, now));
    now = stored;
    now.plan->id = "another";
    EXPECT_FALSE(is_mere_progress(stored, now));
    now = stored;
    now.plan.reset();
    EXPECT_FALSE(is_mere_progress(stored, now));
}

TEST(Deadline, counts_from_the_first_wait_and_names_the_last_error) {
    api::PlannedTask task{.type = "config-apply", .id = "i"};
    set_deadline(task, kNow);
    set_deadline(task, kEarlier);
    EXPECT_EQ(task.deadline->at - kNow.at, std::chrono::hours{24}) << "it is set once";
    note_attempt(task, 9, "no connection", kNow);
    EXPECT_EQ(deadline_error(task, kNow), std::nullopt);
    EXPECT_EQ(
        deadline_error(task, *task.deadline),
        "deadline exceeded: not complete within 24 hours; last error: no connection"
    );
}

TEST(Deadline, is_none_for_what_waits_for_people) {
    api::PlannedTask task{.type = "validate-node-key", .id = "i"};
    set_deadline(task, kNow);
    EXPECT_EQ(task.deadline, std::nullopt);
}

TEST(Record, fails_at_once_without_a_budget) {
    api::SeiNodeStatus status = status_with_plan();
    EXPECT_EQ(record(Failed{""}, *status.plan, 0, kNow).advance, Advance::PlanFailed);
    EXPECT_EQ(status.plan->tasks[0].error, "unknown error");
}

TEST(Record, fails_at_once_for_a_terminal_error_whatever_the_budget) {
    api::SeiNodeStatus status = status_with_plan();
    EXPECT_EQ(record(Terminal{"unknown task type \"x\""}, *status.plan, 1, kNow).advance, Advance::PlanFailed);
    EXPECT_EQ(status.plan->failedTaskDetail->error, "unknown task type \"x\"");
    EXPECT_EQ(status.plan->tasks[1].retryCount, 0);
}

TEST(CompletePlan, moves_the_node_to_the_target_phase) {
    api::SeiNodeStatus status = status_with_plan();
    complete(status, kNow);
    EXPECT_EQ(status.plan->phase, api::PlanPhase::Complete);
    EXPECT_EQ(status.phase, api::NodePhase::Running);
    EXPECT_EQ(status.phaseTransitionTime, kNow);
}

TEST(CompletePlan, leaves_the_transition_time_of_an_unchanged_phase) {
    api::SeiNodeStatus status = status_with_plan();
    status.phase = api::NodePhase::Running;
    complete(status, kNow);
    EXPECT_EQ(status.phaseTransitionTime, kEarlier);
}

TEST(NextPlan, waits_for_the_sidecar_tasks_that_the_last_one_may_have_got_to) {
    const api::SeiNodeStatus status = status_with_plan();
    api::TaskPlan next;
    next.tasks.push_back({.type = "ensure-data-pvc", .id = "n0"});
    next.tasks.push_back({.type = "snapshot-upload", .id = "n1"});
    next.tasks.push_back({.type = "config-apply", .id = "n2"});
    next.tasks.push_back({.type = "mark-ready", .id = "n3"});
    wait_for_tasks_of(*status.plan, next);
    EXPECT_EQ(next.tasks[2].afterTasks, (std::vector<std::string>{"i0", "i1"}))
        << "what was written is not all that was done";
    for (const std::size_t other : {0u, 1u, 3u}) EXPECT_TRUE(next.tasks[other].afterTasks.empty());
    EXPECT_EQ(record(Running{.waits_for = "x"}, next, 2, kNow).advance, Advance::Wait);
    EXPECT_TRUE(next.tasks[2].afterTasks.empty()) << "it is accepted";
}

TEST(NextPlan, waits_also_for_what_comes_after_a_task_that_failed) {
    api::SeiNodeStatus status = status_with_plan();
    status.plan->tasks[0].status = api::TaskStatus::Failed;
    api::TaskPlan next;
    next.tasks.push_back({.type = "config-apply", .id = "n0"});
    wait_for_tasks_of(*status.plan, next);
    EXPECT_EQ(next.tasks[0].afterTasks, (std::vector<std::string>{"i0", "i1"}))
        << "a lost bootstrap fails the task that is stored as due, and more may have been begun";
}

TEST(NextPlan, waits_with_a_task_that_is_not_done_already) {
    const api::SeiNodeStatus status = status_with_plan();
    api::TaskPlan next;
    next.tasks.push_back({.type = "snapshot-restore", .id = "n0", .status = api::TaskStatus::Complete});
    next.tasks.push_back({.type = "config-apply", .id = "n1"});
    wait_for_tasks_of(*status.plan, next);
    EXPECT_TRUE(next.tasks[0].afterTasks.empty());
    EXPECT_EQ(next.tasks[1].afterTasks, (std::vector<std::string>{"i0", "i1"}));
}

TEST(NextPlan, waits_for_no_upload_and_for_nothing_that_is_complete) {
    api::SeiNodeStatus status = status_with_plan();
    for (api::PlannedTask& task : status.plan->tasks) task.status = api::TaskStatus::Complete;
    status.plan->tasks.push_back({.type = "snapshot-upload", .id = "i2"});
    api::TaskPlan next;
    next.tasks.push_back({.type = "config-apply", .id = "n0"});
    wait_for_tasks_of(*status.plan, next);
    EXPECT_TRUE(next.tasks[0].afterTasks.empty());
}

}  // namespace
}  // namespace sei::plan
