// What a task has been through is stored with it: a restart of the operator changes nothing (spec 08 1.1, 1.4, 1.5).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node_world.hpp"

namespace sei::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

using sidecar::RunStatus;
using sidecar::TaskRun;

TaskRun failing(const std::string&) {
    return {.status = RunStatus::Failed, .run = 1, .error = "S3: object not found"};
}

TEST(Retry, waits_out_its_time_although_the_operator_was_restarted) {
    NodeWorld world;
    world.sidecar.on_start = failing;
    world.create_node();
    world.settle();
    EXPECT_EQ(world.task("configure-genesis").retryCount, 1);
    EXPECT_EQ(world.task("configure-genesis").lastError, "S3: object not found");
    EXPECT_EQ(world.task("configure-genesis").run, 1);
    EXPECT_NE(world.task("configure-genesis").notBefore, std::nullopt);

    world.clock.advance_by(3s);
    world.restart_operator();
    EXPECT_EQ(world.pass().delay(), 7s);
    EXPECT_EQ(world.sidecar.submissions.size(), 1u);
    world.clock.advance_by(7s);
    world.pass();
    EXPECT_EQ(world.sidecar.submissions.size(), 2u);
}

TEST(Retry, never_waits_longer_than_the_longest_pause_whatever_is_stored) {
    NodeWorld world;
    world.sidecar.on_start = failing;
    world.create_node();
    world.settle();
    world.api.edit(kNodePath, [](json::Object& node) {
        node["status"].as_object()["plan"].as_object()["tasks"].as_array()[4].as_object()["notBefore"] =
            "2199-01-01T00:00:00Z";
    });
    EXPECT_EQ(world.pass().delay(), 30s);
}

TEST(Retry, whose_acceptance_was_not_stored_counts_when_it_has_failed) {
    NodeWorld world;
    world.sidecar.on_start = failing;
    world.create_node();
    world.settle();
    ASSERT_EQ(world.sidecar.runs.size(), 1u);
    world.sidecar.runs.begin()->second.run = {.status = RunStatus::Failed, .run = 2, .error = "again"};
    world.clock.advance_by(10s);
    world.pass();
    EXPECT_EQ(world.task("configure-genesis").retryCount, 2);
    EXPECT_EQ(world.task("configure-genesis").lastError, "again");
    EXPECT_EQ(world.sidecar.submissions.size(), 1u) << "the second run was counted, not begun anew";
}

TEST(AcceptedTask, is_stored_with_its_run_and_its_deadline) {
    NodeWorld world;
    world.settle_at_work();
    const api::PlannedTask task = world.task("configure-genesis");
    EXPECT_EQ(task.run, 1);
    ASSERT_TRUE(task.deadline && task.submittedAt);
    EXPECT_EQ(task.deadline->at - task.submittedAt->at, 24h);
}

TEST(CompletedTask, keeps_nothing_but_what_the_contract_has) {
    NodeWorld world;
    world.settle_at_work();
    world.sidecar.end("configure-genesis", RunStatus::Completed);
    world.settle();
    const api::PlannedTask task = world.task("configure-genesis");
    EXPECT_EQ(task.status, api::TaskStatus::Complete);
    EXPECT_EQ(task.run, 0);
    EXPECT_EQ(task.deadline, std::nullopt);
    EXPECT_EQ(task.notBefore, std::nullopt);
}

/// Passes until Stalled is told.
void stall(NodeWorld& world) {
    world.sidecar.is_unreachable = true;
    world.create_node();
    kube::Requeue wait = world.settle();
    for (int i = 0; i < 40 && world.condition("Stalled") == "absent"; ++i) {
        world.clock.advance_by(wait.delay());
        wait = world.pass();
    }
    ASSERT_EQ(world.condition("Stalled"), "True/TaskNotProgressing");
}

TEST(Attempts, are_stored_in_the_write_that_tells_them) {
    NodeWorld world;
    stall(world);
    EXPECT_GE(world.task("configure-genesis").attempts, 8);
    EXPECT_EQ(world.task("configure-genesis").lastError, "no connection to the sidecar");
    EXPECT_NE(world.task("configure-genesis").lastAttemptAt, std::nullopt);
    EXPECT_NE(world.task("configure-genesis").deadline, std::nullopt);
}

TEST(Attempts, go_on_being_counted_and_told_after_a_restart_of_the_operator) {
    NodeWorld world;
    stall(world);
    const std::int32_t attempts = world.task("configure-genesis").attempts;
    world.take_writes();
    world.restart_operator();
    world.pass();
    EXPECT_THAT(world.take_writes(), ElementsAre("PATCH statefulsets/n0")) << "what is stored still holds";
    for (std::int32_t i = 0; i < attempts; ++i) world.pass();
    EXPECT_GE(world.task("configure-genesis").attempts, 2 * attempts);
    EXPECT_THAT(world.take_writes(), ElementsAre("PATCH seinodes/n0/status")) << "one write for twice as many";
}

TEST(Deadline, fails_a_task_that_has_had_all_its_time_and_says_so) {
    NodeWorld world;
    world.settle_at_work();
    world.clock.advance_by(24h - 1s);
    world.pass();
    EXPECT_EQ(world.phase(), "Initializing");
    world.clock.advance_by(1s);
    world.pass();
    EXPECT_EQ(world.phase(), "Failed");
    EXPECT_THAT(
        world.node().status.plan->failedTaskDetail->error,
        HasSubstr("deadline exceeded: not complete within 24 hours; the sidecar may still be at it")
    );
    EXPECT_EQ(world.condition("Stalled"), "True/TaskDeadlineExceeded");
    world.restart_operator();
    world.pass();
    EXPECT_EQ(world.condition("Stalled"), "True/TaskDeadlineExceeded") << "as long as the node has failed";
}

TEST(Deadline, spares_a_task_that_is_found_complete_after_it) {
    NodeWorld world;
    world.settle_at_work();
    world.clock.advance_by(30h);
    world.sidecar.end("configure-genesis", RunStatus::Completed);
    world.pass();
    EXPECT_EQ(world.task("configure-genesis").status, api::TaskStatus::Complete);
}

TEST(FailedUpdate, is_not_repeated_sooner_because_the_operator_was_restarted) {
    NodeWorld world;
    world.settle_observed();
    EXPECT_EQ(world.settle_failed_update().delay(), 30s);
    world.restart_operator();
    world.clock.advance_by(10s);
    EXPECT_EQ(world.pass().delay(), 20s);
    EXPECT_EQ(world.condition("NodeUpdateInProgress"), "False/UpdateFailed");
}

/// A plan that another operator left, with one task in flight.
void leave_plan(NodeWorld& world, const std::string& task) {
    world.settle_running();
    world.sidecar.submissions.clear();
    world.api.edit(kNodePath, [&](json::Object& node) {
        json::Object& status = node["status"].as_object();
        status["phase"] = "Initializing";
        status["plan"] = json::parse(
            R"({"id":"2f1c6d1e-0b7a-4a53-9a57-6a0f7c5b1d42","phase":"Active","targetPhase":"Running",
                "failedPhase":"Failed","tasks":[)" +
            task + "]}"
        );
    });
}
constexpr const char* kId = "52870ba7-7f29-5143-8fa9-c17316f83728";
std::string genesis_task(const std::string& more) {
    return R"({"type":"configure-genesis","id":")" + std::string{kId} + R"(","maxRetries":180,)" + more + "}";
}

TEST(PlanInFlight, goes_on_where_it_stands) {
    struct Case {
        std::string behaviour;
        std::string task;
        std::optional<TaskRun> run;
        std::string phase;
        std::size_t submissions;
    };
    const std::vector<Case> cases{
        {"nothing was submitted: it is now", R"("status":"Pending","params":{})", std::nullopt, "Running", 1},
        {"params may be absent or null", R"("status":"Pending","params":null)", std::nullopt, "Running", 1},
        {"it was submitted and runs: it is asked for",
         R"("status":"Pending","submittedAt":"2025-06-01T12:00:02Z")",
         TaskRun{.status = RunStatus::Running, .run = 3, .error = {}},
         "Initializing",
         0},
        {"it was submitted and is done",
         R"("status":"Pending","submittedAt":"2025-06-01T12:00:02Z")",
         TaskRun{.status = RunStatus::Completed, .run = 1, .error = {}},
         "Running",
         0},
        {"a retry was granted: it is submitted again",
         R"("status":"Pending","retryCount":4)",
         TaskRun{.status = RunStatus::Failed, .run = 4, .error = "no"},
         "Running",
         1},
        {"it is Failed in a plan that is not: its end is looked up",
         R"("status":"Failed","error":"no")",
         TaskRun{.status = RunStatus::Completed, .run = 2, .error = {}},
         "Running",
         0},
        {"it is Failed and stays so: the plan fails with it",
         R"("status":"Failed","error":"no")",
         TaskRun{.status = RunStatus::Failed, .run = 2, .error = "no"},
         "Failed",
         0},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        NodeWorld world;
        leave_plan(world, genesis_task(c.task));
        if (c.run) world.sidecar.runs[kId] = {"configure-genesis", *c.run};
        world.settle();
        EXPECT_EQ(world.phase(), c.phase);
        EXPECT_EQ(world.sidecar.submissions.size(), c.submissions);
    }
}

TEST(PlanInFlight, of_operator_tasks_fails_with_the_one_that_has_failed) {
    NodeWorld world;
    leave_plan(world, R"({"type":"apply-service","id":"i","status":"Failed","error":"no"})");
    world.settle();
    EXPECT_EQ(world.phase(), "Failed");
    EXPECT_EQ(world.node().status.plan->failedTaskDetail->error, "no");
}

TEST(SupersededPlan, is_not_forgotten_by_a_restart_while_the_sidecar_ends_its_task) {
    NodeWorld world;
    world.settle_at_work();
    const std::string first = world.node().status.plan->id;
    world.set_spec("overrides", json::parse(R"({"evm.http_port":"9545"})"));
    world.settle();
    EXPECT_THAT(world.task("configure-genesis").lastError, HasSubstr("the spec has changed"));
    world.restart_operator();
    world.sidecar.end("configure-genesis", RunStatus::Completed);
    world.settle();
    EXPECT_NE(world.node().status.plan->id, first);
}

TEST(AcceptedTask, is_not_begun_again_for_one_answer_that_does_not_know_it) {
    NodeWorld world;
    world.settle_at_work();
    const std::size_t submitted = world.sidecar.submissions.size();
    ASSERT_GT(submitted, 0U);
    for (const int answers : {1, 2}) {
        world.sidecar.lookups_without_memory = answers;
        world.clock.advance_by(std::chrono::seconds{30});
        world.pass();
        EXPECT_EQ(world.sidecar.submissions.size() - submitted, answers == 1 ? 0U : 1U)
            << "one may be a result that could not be read (spec 04 §13, 26), two are a task that is forgotten";
    }
}

}  // namespace
}  // namespace sei::test
