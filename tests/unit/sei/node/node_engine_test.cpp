// What a task has been through is stored with it: a restart of the operator changes nothing (spec 08 1.1, 1.4, 1.5).
#include <algorithm>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node_world.hpp"
#include "sei/api/conditions.hpp"
#include "sei/node/node_conditions.hpp"
#include "sei/plan/peer_sources.hpp"

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

TEST(Retry, is_due_where_its_time_was_stored_by_a_clock_that_was_ahead) {
    NodeWorld world;
    world.sidecar.on_start = failing;
    world.create_node();
    world.settle();
    world.api.edit(kNodePath, [](json::Object& node) {
        node["status"].as_object()["plan"].as_object()["tasks"].as_array()[4].as_object()["notBefore"] =
            "2199-01-01T00:00:00Z";
    });
    world.pass();
    EXPECT_EQ(world.sidecar.submissions.size(), 2u);
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

TEST(Deadline, fails_nothing_by_the_first_look_of_an_operator_that_was_away) {
    NodeWorld world;
    world.settle_at_work();
    world.clock.advance_by(30h);
    world.restart_operator();
    world.sidecar.is_unreachable = true;
    world.settle();
    EXPECT_EQ(world.phase(), "Initializing");
    world.sidecar.is_unreachable = false;
    world.sidecar.end("configure-genesis", RunStatus::Completed);
    world.settle();
    EXPECT_EQ(world.task("configure-genesis").status, api::TaskStatus::Complete);
}

TEST(Deadline, fails_a_task_that_nothing_is_heard_of_for_two_minutes) {
    NodeWorld world;
    world.settle_at_work();
    world.clock.advance_by(30h);
    world.restart_operator();
    world.sidecar.is_unreachable = true;
    const kube::MonotonicTime start = world.clock.monotonic();
    for (int i = 0; i < 200 && world.phase() == "Initializing"; ++i) world.clock.advance_by(world.settle().delay());
    EXPECT_EQ(world.phase(), "Failed");
    EXPECT_GE(world.clock.monotonic() - start, 2min);
    EXPECT_LT(world.clock.monotonic() - start, 3min);
    EXPECT_EQ(world.condition("Stalled"), "True/TaskDeadlineExceeded");
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

/// The claim of a running node is being deleted, which each pass finds, and an update with another configuration
/// begins.
void update_without_claim(NodeWorld& world) {
    world.settle_with_pod();
    world.sidecar.submissions.clear();
    world.api.edit(kClaimPath, [](json::Object& claim) {
        claim["metadata"].as_object()["deletionTimestamp"] = "2025-01-02T03:04:05Z";
    });
    world.set_spec("overrides", json::Object{{"evm.http_port", "9546"}});
    world.set_spec("image", "seid:v2");
}

/// As many passes as there are in `time`; says when the next one would be.
kube::Requeue pass_for(NodeWorld& world, std::chrono::seconds time) {
    const kube::MonotonicTime end = world.clock.monotonic() + time;
    kube::Requeue wait = world.settle();
    for (int i = 0; i < 2000 && world.clock.monotonic() < end; ++i) {
        world.clock.advance_by(wait.delay());
        wait = world.settle();
    }
    return wait;
}

TEST(TroubleOfTheNode, does_not_keep_that_of_its_task_from_growing_old) {
    NodeWorld world;
    update_without_claim(world);
    world.sidecar.is_unreachable = true;
    EXPECT_EQ(pass_for(world, 40s).delay(), 5s);
    EXPECT_GE(world.task("config-apply").attempts, 8);
    EXPECT_NE(world.task("config-apply").deadline, std::nullopt);
    EXPECT_EQ(world.condition("Stalled"), "True/DataVolumeMissing") << "no progress of a plan ends it";
}

TEST(TroubleOfTheNode, gives_way_to_that_of_its_task_when_it_is_over) {
    NodeWorld world;
    update_without_claim(world);
    world.sidecar.is_unreachable = true;
    pass_for(world, 40s);
    world.api.edit(kClaimPath, [](json::Object& claim) { claim["metadata"].as_object().erase("deletionTimestamp"); });
    world.settle();
    EXPECT_EQ(world.condition("Stalled"), "True/TaskNotProgressing");
}

TEST(TroubleOfTheNode, is_told_while_a_task_gets_on) {
    NodeWorld world;
    update_without_claim(world);
    world.sidecar.leave_tasks_running();
    world.settle();
    ASSERT_TRUE(world.task("config-apply").submittedAt);
    EXPECT_EQ(world.condition("Stalled"), "True/DataVolumeMissing");
    world.clock.advance_by(1s);
    world.settle();
    EXPECT_EQ(world.condition("Stalled"), "True/DataVolumeMissing");
}

TEST(TroubleOfTheNode, does_not_keep_a_silent_sidecar_from_being_given_up) {
    NodeWorld world;
    update_without_claim(world);
    world.sidecar.is_unreachable = true;
    world.settle();
    const auto comes_after_the_new_pod = [&] {
        const api::SeiNode node = world.node();
        const auto& tasks = node.status.plan->tasks;
        const auto replacement = std::ranges::find(tasks, "replace-pod", &api::PlannedTask::type);
        return std::find_if(replacement, tasks.end(), [](const auto& task) { return task.type == "config-apply"; }) !=
               tasks.end();
    };
    ASSERT_TRUE(world.node().status.plan);
    ASSERT_FALSE(comes_after_the_new_pod());
    pass_for(world, 75s);
    ASSERT_TRUE(world.node().status.plan);
    EXPECT_TRUE(comes_after_the_new_pod());
}

TEST(Stalled, tells_of_a_missing_claim_before_what_else_troubles_the_node) {
    const api::SeiNode subject{};
    api::SeiNodeStatus status;
    node::Conditions conditions{subject, status, kube::Time{}};
    tasks::NodeMemory memory;
    tasks::note_trouble(memory, {}, "claim", api::reason::kDataVolumeMissing, "the claim is gone", true);
    tasks::note_trouble(memory, {}, "pass", api::reason::kReconcileFailed, "a webhook says no", true);
    tasks::note_task_trouble(memory, {}, "i", api::reason::kTaskNotProgressing, "no answer", true);
    conditions.set_stalled(memory, {});
    ASSERT_EQ(status.conditions.size(), 1u);
    EXPECT_EQ(status.conditions.front().reason, api::reason::kDataVolumeMissing);
}

json::Value static_peer(std::string_view address) {
    return json::Array{json::Object{{"static", json::Object{{"addresses", json::Array{address}}}}}};
}

/// A running node whose update looks for other peers, and the sidecar is at it.
void look_for_peers(NodeWorld& world) {
    world.settle_with_pod();
    world.sidecar.submissions.clear();
    world.sidecar.leave_tasks_running();
    world.set_spec("peers", static_peer("a@b:1"));
    world.set_spec("image", "seid:v2");
    world.settle();
    ASSERT_TRUE(world.task("discover-peers").submittedAt);
}

/// The write that says so was lost.
void lose_acceptance(NodeWorld& world, const std::optional<json::Value>& params = std::nullopt) {
    world.api.edit(kNodePath, [&](json::Object& node) {
        for (json::Value& each : node["status"].as_object()["plan"].as_object()["tasks"].as_array()) {
            json::Object& task = each.as_object();
            if (task["type"] != json::Value("discover-peers")) continue;
            for (const char* key : {"submittedAt", "run", "deadline"}) task.erase(key);
            if (params) task["params"] = *params;
        }
    });
}

/// The sidecar has found them: which does the node count as having?
std::string recorded_peers(NodeWorld& world) {
    world.sidecar.end("discover-peers", RunStatus::Completed);
    world.sidecar.complete_tasks();
    world.settle();
    EXPECT_EQ(world.task("discover-peers").status, api::TaskStatus::Complete);
    const auto looked_up = std::ranges::count(world.sidecar.submitted_types(), "discover-peers");
    EXPECT_EQ(looked_up, 1) << "the run is found";
    return world.node().status.appliedConfig->peers;
}

TEST(FoundPeers, of_a_lost_process_are_not_taken_for_those_of_a_changed_spec) {
    NodeWorld world;
    look_for_peers(world);
    lose_acceptance(world);
    world.restart_operator();
    world.set_spec("peers", static_peer("c@d:2"));
    EXPECT_EQ(recorded_peers(world), plan::kUnknownPeers);
    world.observe_stateful_set("rev-2", 0, 0);
    world.settle();
    world.put_pod("rev-2", "seid:v2", running_state());
    world.settle();
    EXPECT_EQ(world.condition("RestartPending"), "True/ConfigChanged") << "the next update looks for the new ones";
}

TEST(FoundPeers, of_a_lost_process_are_not_taken_for_none) {
    NodeWorld world;
    look_for_peers(world);
    lose_acceptance(world);
    world.restart_operator();
    world.set_spec("peers", json::Array{});
    EXPECT_EQ(recorded_peers(world), plan::kUnknownPeers);
}

TEST(FoundPeers, of_a_lost_process_are_known_by_the_stored_parameters) {
    NodeWorld world;
    look_for_peers(world);
    lose_acceptance(world);
    world.restart_operator();
    EXPECT_EQ(recorded_peers(world), plan::peers_digest(world.node().spec.peers));
}

TEST(FoundPeers, of_a_label_that_stood_for_nobody_when_they_were_asked_for_are_current) {
    NodeWorld world;
    world.sidecar.leave_tasks_running();
    world.create_node(
        R"({"chainId":"c","image":"seid:v1","fullNode":{},"peers":[{"label":{"selector":{"a":"b"}}},
            {"static":{"addresses":["a@b:1"]}}]})"
    );
    world.settle();
    api::SeiNode node = world.node();
    node.status.resolvedPeers = {"n1-0.n1.ns.svc.cluster.local"};
    const json::Value asked = json::parse(R"({"Sources":[{"type":"static","addresses":["a@b:1"]}]})");
    EXPECT_FALSE(plan::names_sources(asked, node));
    EXPECT_TRUE(plan::names_sources_but_labels(asked, node));
    EXPECT_FALSE(plan::names_sources_but_labels(json::parse(R"({"Sources":[]})"), node)) << "the static one is missing";
}

TEST(FoundPeers, are_known_to_the_process_that_asked_for_them) {
    NodeWorld world;
    look_for_peers(world);
    lose_acceptance(world, json::parse(R"({"Sources":[{"type":"static","addresses":["of@before:1"]}]})"));
    EXPECT_EQ(recorded_peers(world), plan::peers_digest(world.node().spec.peers));
}

TEST(FoundPeers, come_of_the_sources_that_the_spec_has_when_a_retry_begins) {
    NodeWorld world;
    world.settle_with_pod();
    world.sidecar.submissions.clear();
    world.sidecar.on_start = failing;
    world.set_spec("peers", static_peer("a@b:1"));
    world.set_spec("image", "seid:v2");
    world.settle();
    ASSERT_EQ(world.task("discover-peers").retryCount, 1);
    world.set_spec("peers", static_peer("c@d:2"));
    world.sidecar.complete_tasks();
    world.clock.advance_by(world.settle().delay());
    world.settle();
    ASSERT_THAT(world.sidecar.submitted_types(), ElementsAre("discover-peers", "discover-peers", "config-validate"));
    EXPECT_EQ(world.sidecar.submissions[0].id, world.sidecar.submissions[1].id);
    EXPECT_EQ(
        world.sidecar.submissions[1].params->at("sources").as_array().at(0).at("addresses"), json::parse(R"(["c@d:2"])")
    );
    EXPECT_EQ(world.node().status.appliedConfig->peers, plan::peers_digest(world.node().spec.peers));
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
