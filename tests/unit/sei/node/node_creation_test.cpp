// A full node comes up: in which order, with how many writes, and what happens on the way when something is slow or
// wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node_world.hpp"

namespace sei::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

using sidecar::RunStatus;
using sidecar::TaskRun;

TEST(NodeCreation, stores_its_plan_before_anything_is_created) {
    NodeWorld world;
    world.create_node();
    const kube::Requeue wait = world.pass();

    EXPECT_THAT(world.take_writes(), ElementsAre("PATCH seinodes/n0", "PATCH seinodes/n0/status"));
    EXPECT_EQ(world.phase(), "Initializing");
    EXPECT_EQ(world.node().status.plan->tasks.size(), 8u);
    EXPECT_THAT(world.node().metadata.finalizers, ElementsAre("sei.io/seinode-finalizer"));
    EXPECT_TRUE(NodeWorld::wants_prompt_pass(wait));
    EXPECT_TRUE(world.sidecar.submissions.empty());
    EXPECT_THAT(world.events, ElementsAre("Normal PhaseTransition: Phase changed from  to Initializing"));
}

TEST(NodeCreation, runs_all_of_a_quick_plan_in_one_pass_with_one_status_write) {
    NodeWorld world;
    world.create_node();
    world.pass();
    world.take_writes();
    world.pass();

    EXPECT_THAT(
        world.take_writes(),
        ElementsAre(
            "POST persistentvolumeclaims",
            "PATCH configmaps/n0-rbac-proxy-config",
            "PATCH statefulsets/n0",
            "PATCH services/n0",
            "PATCH seinodes/n0/status"
        )
    );
    EXPECT_THAT(
        world.sidecar.submitted_types(),
        ElementsAre("configure-genesis", "config-apply", "config-validate", "mark-ready")
    );
    EXPECT_EQ(world.phase(), "Running");
    EXPECT_EQ(world.node().status.currentImage, "seid:v1") << "the initial plan records the image (spec 08 2.5)";
    EXPECT_EQ(world.node().status.plan, std::nullopt);
    EXPECT_EQ(world.node().status.statefulSet->uid, world.uid_of(kSetPath));
    EXPECT_EQ(world.condition("Paused"), "False/NotPaused");
    EXPECT_EQ(world.condition("SidecarReady"), "True/Ready");
    EXPECT_EQ(world.node().status.conditions.size(), 2u);
    EXPECT_THAT(
        world.events,
        ElementsAre(
            "Normal PhaseTransition: Phase changed from  to Initializing",
            "Normal PhaseTransition: Phase changed from Initializing to Running"
        )
    );
}

TEST(NodeCreation, writes_nothing_at_rest) {
    NodeWorld world;
    world.settle_running();
    world.take_writes();
    for (int i = 0; i < 100; ++i) {
        const kube::Requeue wait = world.pass();
        EXPECT_EQ(wait.delay(), std::chrono::seconds{30});
        world.clock.advance_by(std::chrono::seconds{30});
    }
    EXPECT_THAT(world.take_writes(), IsEmpty());
    EXPECT_EQ(world.sidecar.probes, 100u);
}

TEST(NodeCreation, applies_the_stateful_set_once_after_a_restart_of_the_operator) {
    NodeWorld world;
    world.settle_running();
    world.take_writes();
    world.restart_operator();
    world.pass();
    world.pass();
    EXPECT_THAT(world.take_writes(), ElementsAre("PATCH statefulsets/n0"));
}

TEST(NodeCreation, polls_an_accepted_task_without_writing_or_submitting_it_again) {
    NodeWorld world;
    world.sidecar.leave_tasks_running();
    world.create_node();
    world.pass();
    world.pass();
    EXPECT_NE(world.task("configure-genesis").submittedAt, std::nullopt);
    world.take_writes();

    std::vector<std::chrono::milliseconds> delays;
    for (int i = 0; i < 6; ++i) delays.push_back(world.pass().delay());

    using namespace std::chrono_literals;
    EXPECT_THAT(delays, ElementsAre(250ms, 500ms, 1s, 2s, 5s, 5s)) << "the first look was in the pass that submitted";
    EXPECT_THAT(world.take_writes(), IsEmpty());
    EXPECT_THAT(world.sidecar.submitted_types(), ElementsAre("configure-genesis"));
}

TEST(NodeCreation, goes_on_where_the_task_ended) {
    NodeWorld world;
    world.sidecar.leave_tasks_running();
    world.create_node();
    for (const std::string type : {"configure-genesis", "config-apply", "config-validate", "mark-ready"}) {
        world.settle();
        EXPECT_EQ(world.phase(), "Initializing");
        world.sidecar.end(type, RunStatus::Completed);
    }
    world.settle();
    EXPECT_EQ(world.phase(), "Running");
}

TEST(NodeCreation, does_not_submit_again_when_the_write_of_the_acceptance_was_lost) {
    NodeWorld world;
    world.sidecar.leave_tasks_running();
    world.create_node();
    world.pass();
    unsigned conflicts = 0;
    world.api.before = [&](const kube::HttpRequest&, const std::string& path) -> std::optional<kube::HttpResponse> {
        if (!path.ends_with("/status") || conflicts > 0) return std::nullopt;
        ++conflicts;
        return FakeApi::refusal(409, "Conflict", "the object has been modified");
    };
    const kube::Requeue wait = world.pass();

    EXPECT_EQ(wait.kind(), kube::Requeue::Kind::NewerThan);
    EXPECT_EQ(conflicts, 1u);
    EXPECT_EQ(world.task("ensure-data-pvc").status, api::TaskStatus::Pending);
    world.pass();
    EXPECT_NE(world.task("configure-genesis").submittedAt, std::nullopt);
    EXPECT_EQ(world.sidecar.submissions.size(), 1u);
}

TEST(NodeCreation, submits_again_what_the_sidecar_forgot) {
    NodeWorld world;
    world.sidecar.leave_tasks_running();
    world.create_node();
    world.pass();
    world.pass();
    const auto accepted_at = world.task("configure-genesis").submittedAt;
    world.sidecar.runs.clear();
    world.clock.advance_by(std::chrono::seconds{10});
    world.pass();

    EXPECT_THAT(world.sidecar.submitted_types(), ElementsAre("configure-genesis", "configure-genesis"));
    EXPECT_NE(world.task("configure-genesis").submittedAt, accepted_at);
    EXPECT_EQ(world.task("configure-genesis").retryCount, 0);
}

TEST(NodeCreation, repeats_a_failed_run_within_its_budget_and_not_before_its_time) {
    NodeWorld world;
    world.sidecar.on_start = [](const std::string&) {
        return TaskRun{.status = RunStatus::Failed, .run = 1, .error = "S3: object not found"};
    };
    world.create_node();
    world.pass();
    const kube::Requeue wait = world.pass();

    EXPECT_EQ(wait.delay(), std::chrono::seconds{10});
    EXPECT_EQ(world.task("configure-genesis").retryCount, 1);
    EXPECT_EQ(world.task("configure-genesis").submittedAt, std::nullopt);

    world.sidecar.complete_tasks();
    world.clock.advance_by(std::chrono::seconds{3});
    EXPECT_EQ(world.pass().delay(), std::chrono::seconds{7}) << "whatever wakes the node";
    EXPECT_EQ(world.sidecar.submissions.size(), 1u);

    world.clock.advance_by(std::chrono::seconds{7});
    world.settle();
    EXPECT_EQ(world.phase(), "Running");
}

TEST(NodeCreation, fails_with_the_text_of_a_run_without_a_budget) {
    NodeWorld world;
    world.sidecar.on_start = [](const std::string& type) {
        if (type != "config-validate") return TaskRun{.status = RunStatus::Completed, .run = 1, .error = {}};
        return TaskRun{.status = RunStatus::Failed, .run = 1, .error = "min_gas_prices must be set"};
    };
    world.create_node();
    world.settle();

    EXPECT_EQ(world.phase(), "Failed") << "config-validate is awaited (spec 08 1.7)";
    const api::SeiNode node = world.node();
    ASSERT_TRUE(node.status.plan && node.status.plan->failedTaskDetail);
    EXPECT_EQ(node.status.plan->failedTaskIndex, 6);
    EXPECT_EQ(node.status.plan->failedTaskDetail->error, "min_gas_prices must be set");
    ASSERT_EQ(world.events.size(), 3u);
    EXPECT_EQ(world.events[1], "Normal PhaseTransition: Phase changed from Initializing to Failed");
    EXPECT_THAT(world.events[2], StartsWith("Warning NodeFailed: "));
    EXPECT_THAT(world.events[2], HasSubstr("min_gas_prices must be set"));
}

TEST(NodeCreation, announces_a_failure_once_and_writes_nothing_while_it_lasts) {
    NodeWorld world;
    world.sidecar.submit_answer = sidecar::Rejected{"sidecar rejected the configure-genesis task: unknown task type"};
    world.create_node();
    world.settle();
    ASSERT_EQ(world.phase(), "Failed");
    const std::size_t announced = world.events.size();
    world.take_writes();
    for (int i = 0; i < 5; ++i) EXPECT_EQ(world.pass().kind(), kube::Requeue::Kind::OnChange);
    EXPECT_THAT(world.take_writes(), IsEmpty());
    EXPECT_EQ(world.events.size(), announced);
}

TEST(NodeCreation, tries_again_after_a_failure_when_the_spec_changes) {
    NodeWorld world;
    world.sidecar.submit_answer = sidecar::Rejected{"no"};
    world.create_node();
    world.settle();
    ASSERT_EQ(world.phase(), "Failed");
    const std::string claim = world.uid_of(kClaimPath);
    world.sidecar.submit_answer.reset();
    world.set_spec("image", "seid:v2");
    world.settle();

    EXPECT_EQ(world.phase(), "Running");
    EXPECT_EQ(world.uid_of(kClaimPath), claim) << "the data is kept (spec 08 2.3)";
}

TEST(NodeCreation, says_that_it_is_stalled_when_the_sidecar_is_away_for_long) {
    NodeWorld world;
    world.sidecar.is_unreachable = true;
    world.create_node();
    world.settle();
    world.take_writes();
    kube::Requeue wait = world.pass();
    while (world.condition("Stalled") == "absent") {
        ASSERT_LT(wait.delay(), std::chrono::seconds{6});
        world.clock.advance_by(wait.delay());
        wait = world.pass();
    }
    EXPECT_EQ(world.condition("Stalled"), "True/TaskNotProgressing");
    EXPECT_EQ(world.condition_message("Stalled"), "task configure-genesis: no connection to the sidecar");
    EXPECT_THAT(world.take_writes(), ElementsAre("PATCH seinodes/n0/status")) << "one write for all the attempts";

    world.sidecar.is_unreachable = false;
    world.settle();
    EXPECT_EQ(world.phase(), "Running");
    EXPECT_EQ(world.condition("Stalled"), "False/Progressing");
}

TEST(NodeCreation, tells_at_once_what_the_api_server_refuses) {
    NodeWorld world;
    unsigned refusals = 0;
    world.api.before = [&](const kube::HttpRequest&, const std::string& path) -> std::optional<kube::HttpResponse> {
        if (path != kServicePath) return std::nullopt;
        ++refusals;
        return FakeApi::refusal(403, "Forbidden", "services is forbidden");
    };
    world.create_node();
    world.settle();
    EXPECT_EQ(refusals, 1u);
    EXPECT_EQ(world.condition("Stalled"), "True/TaskNotProgressing");
    EXPECT_THAT(world.condition_message("Stalled"), HasSubstr("services is forbidden"));
    EXPECT_EQ(world.task("apply-statefulset").status, api::TaskStatus::Complete);
}

TEST(NodeCreation, waits_for_the_claim_of_a_predecessor_to_go) {
    NodeWorld world;
    world.api.put(
        kClaimPath,
        json::Object{
            {"metadata",
             json::Object{
                 {"deletionTimestamp", "2025-01-02T03:04:05Z"},
                 {"finalizers", json::Array{"kubernetes.io/pvc-protection"}}
             }},
            {"spec", json::Object{}}
        }
    );
    world.create_node();
    world.settle();
    EXPECT_EQ(world.phase(), "Initializing");
    EXPECT_EQ(world.uid_of(kSetPath), "") << "no workload before its claim (spec 08 4.1)";

    world.api.erase(kClaimPath);
    world.settle();
    EXPECT_EQ(world.phase(), "Running");
}

TEST(NodeCreation, tells_of_a_claim_that_belongs_to_somebody_else_until_it_goes) {
    NodeWorld world;
    world.api.put(kClaimPath, json::Object{{"spec", json::Object{}}});
    world.create_node();
    world.settle();
    EXPECT_EQ(world.phase(), "Initializing");
    EXPECT_EQ(world.condition("Stalled"), "True/TaskNotProgressing");
    EXPECT_THAT(
        world.condition_message("Stalled"),
        HasSubstr("data PVC \"data-n0\" already exists and is not owned by SeiNode \"n0\"")
    );
    world.api.erase(kClaimPath);
    world.settle();
    EXPECT_EQ(world.phase(), "Running");
}

TEST(NodeCreation, adopts_its_claim_although_the_cache_does_not_show_it) {
    NodeWorld world;
    world.create_node();
    world.pass();
    world.sync_caches();
    json::Object owner{
        {"apiVersion", "sei.io/v1alpha1"},
        {"kind", "SeiNode"},
        {"name", "n0"},
        {"uid", world.uid_of(kNodePath)},
        {"controller", true}
    };
    world.api.put(
        kClaimPath,
        json::Object{{"metadata", json::Object{{"ownerReferences", json::Array{owner}}}}, {"spec", json::Object{}}}
    );
    world.pass_on_stale_caches();
    EXPECT_EQ(world.phase(), "Running");
}

TEST(NodeCreation, tells_a_spec_that_it_cannot_serve_and_creates_nothing) {
    struct Case {
        std::string spec;
        std::string message;
    };
    const std::vector<Case> cases{
        {R"({"chainId":"c","image":"i","replayer":{"snapshot":{"s3":{"targetHeight":1}}}})", "spec.peers"},
        {R"({"chainId":"c","image":"i"})", "spec has no mode"},
        {R"({"chainId":"c","image":"i","fullNode":{"snapshotGeneration":{}}})", "spec.fullNode.snapshotGeneration"},
        {R"({"chainId":"c","image":"i","fullNode":{},"overrides":{"evm.port":"1"}})", "spec.overrides[evm.port]"},
        {R"({"chainId":"c","image":"i","validator":{"signingKey":{"secret":{"secretName":"a"}}}})",
         "spec.validator.nodeKey"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.spec);
        NodeWorld world;
        world.create_node(c.spec);
        world.settle();
        EXPECT_EQ(world.condition("SpecValid"), "False/SpecRejected");
        EXPECT_THAT(world.condition_message("SpecValid"), StartsWith(c.message));
        EXPECT_THAT(world.take_writes(), ElementsAre("PATCH seinodes/n0", "PATCH seinodes/n0/status"));
        ASSERT_EQ(world.events.size(), 1u);
        EXPECT_THAT(world.events[0], StartsWith("Warning SpecRejected: " + c.message));
        world.pass();
        EXPECT_THAT(world.take_writes(), IsEmpty());
    }
}

TEST(NodeCreation, serves_a_spec_once_it_is_mended) {
    NodeWorld world;
    world.create_node(R"({"chainId":"c","image":"i","fullNode":{},"overrides":{"evm.port":"1"}})");
    world.settle();
    world.set_spec("overrides", json::Object{{"evm.http_port", "1"}});
    world.settle();
    EXPECT_EQ(world.phase(), "Running");
    EXPECT_EQ(world.condition("SpecValid"), "True/SpecAccepted");
}

TEST(NodeCreation, replaces_the_pod_of_an_image_that_was_corrected_on_the_way) {
    NodeWorld world;
    world.sidecar.is_unreachable = true;
    world.create_node();
    world.settle();
    world.observe_stateful_set("rev-1", 1, 0);
    world.put_pod("rev-1", "seid:v1", waiting_state("ImagePullBackOff"));
    world.settle();
    EXPECT_NE(world.api.find(kPodPath), nullptr);

    world.set_spec("image", "seid:v2");
    world.settle();
    world.observe_stateful_set("rev-2", 0, 0);
    world.settle();
    EXPECT_EQ(world.api.find(kPodPath), nullptr) << "spec 08 2.2";

    world.put_pod("rev-2", "seid:v2", running_state());
    world.sidecar.is_unreachable = false;
    world.settle();
    EXPECT_EQ(world.phase(), "Running");
    EXPECT_EQ(world.node().status.currentImage, "seid:v2");
}

/// A new node whose pod's sidecar is at work.
void put_pod_at_work(NodeWorld& world, const json::Value& state) {
    world.settle_at_work();
    world.observe_stateful_set("rev-1", 1, 0);
    world.put_pod("rev-1", "seid:v1", state);
    world.run_sidecar_of_pod();
}
/// A spec of which the running pod is outdated.
void change_template(NodeWorld& world) {
    world.set_spec("podLabels", json::Object{{"team", "infra"}});
    world.settle();
    world.observe_stateful_set("rev-2", 0, 0);
    world.settle();
}

TEST(NodeCreation, keeps_an_outdated_pod_whose_sidecar_is_at_work) {
    NodeWorld world;
    put_pod_at_work(world, running_state());
    world.settle();
    const std::string pod = world.uid_of(kPodPath);

    change_template(world);
    EXPECT_EQ(world.uid_of(kPodPath), pod) << "a restore may have taken hours (spec 08 2.2)";
}

TEST(NodeCreation, replaces_an_outdated_pod_that_keeps_crashing) {
    NodeWorld world;
    put_pod_at_work(world, waiting_state("CrashLoopBackOff"));
    world.settle();
    change_template(world);
    EXPECT_EQ(world.api.find(kPodPath), nullptr);
}

TEST(NodeCreation, keeps_an_outdated_pod_whose_exporter_was_restarted_while_the_sidecar_is_at_work) {
    NodeWorld world;
    put_pod_at_work(world, running_state());
    world.api.edit(kPodPath, [](json::Object& pod) {
        pod["status"]
            .at("containerStatuses")
            .as_array()
            .push_back(json::Object{
                {"name", "cosmos-exporter"},
                {"image", "exporter"},
                {"imageID", ""},
                {"ready", false},
                {"restartCount", 7},
                {"state", waiting_state("CrashLoopBackOff")},
                {"lastState", json::Object{{"terminated", json::Object{{"exitCode", 137}}}}}
            });
    });
    world.settle();
    const std::string pod = world.uid_of(kPodPath);
    change_template(world);
    EXPECT_EQ(world.uid_of(kPodPath), pod) << "a restore may have taken hours (spec 05 §19.21)";
    EXPECT_EQ(world.condition("PodReady"), "absent") << "nothing is wrong with it";
}

TEST(NodeCreation, takes_an_identity_without_a_uid_for_none) {
    NodeWorld world;
    world.settle_running();
    const std::string uid = world.uid_of(kSetPath);
    world.api.edit(kNodePath, [](json::Object& node) {
        node["status"].as_object()["statefulSet"] = json::Object{{"name", "n0"}, {"uid", ""}};
    });
    world.settle();
    EXPECT_EQ(world.uid_of(kSetPath), uid) << "nothing is deleted (spec 05 §19.4)";
    EXPECT_EQ(world.node().status.statefulSet->uid, uid);
}

TEST(NodeCreation, asks_for_peers_that_appear_before_their_task_begins) {
    NodeWorld world;
    world.sidecar.is_unreachable = true;
    world.create_node(
        R"({"chainId":"c","image":"seid:v1","fullNode":{},"peers":[{"label":{"selector":{"chain":"a"}}}]})"
    );
    world.settle();
    world.api.put(
        "/apis/sei.io/v1alpha1/namespaces/ns/seinodes/late",
        json::Object{
            {"metadata", json::Object{{"labels", json::Object{{"chain", "a"}}}}},
            {"spec", json::Object{{"chainId", "c"}, {"image", "i"}}},
            {"status", json::Object{}}
        }
    );
    world.sidecar.is_unreachable = false;
    world.clock.advance_by(std::chrono::seconds{5});
    world.settle();
    EXPECT_EQ(world.phase(), "Running");
    EXPECT_THAT(world.sidecar.submitted_types(), ::testing::Contains("discover-peers")) << "spec 08 1.9";
}

TEST(NodeCreation, goes_on_without_peers_where_a_stored_plan_has_none) {
    NodeWorld world;
    world.sidecar.is_unreachable = true;
    world.create_node(
        R"({"chainId":"c","image":"seid:v1","fullNode":{},"peers":[{"label":{"selector":{"chain":"a"}}}]})"
    );
    world.settle();
    // As other operators store it: a source without a peer.
    world.api.edit(kNodePath, [](json::Object& node) {
        for (auto& task : node["status"].as_object()["plan"].as_object()["tasks"].as_array()) {
            if (task.at("type") != "discover-peers") continue;
            task.as_object()["params"] = json::parse(R"({"Sources":[{"type":"dnsEndpoints","endpoints":null}]})");
        }
    });
    world.sidecar.is_unreachable = false;
    world.clock.advance_by(std::chrono::seconds{5});
    world.settle();
    EXPECT_EQ(world.phase(), "Running") << "spec 08 7.3";
    EXPECT_THAT(world.sidecar.submitted_types(), ::testing::Not(::testing::Contains("discover-peers")));
}

TEST(NodeCreation, claims_no_image_while_the_pod_that_is_not_seen_may_be_of_an_earlier_template) {
    NodeWorld world;
    world.sidecar.is_unreachable = true;
    world.create_node();
    world.settle();
    world.set_spec("image", "seid:v2");
    world.settle();
    world.sidecar.is_unreachable = false;
    world.clock.advance_by(std::chrono::seconds{5});
    world.settle();
    ASSERT_EQ(world.phase(), "Running");
    EXPECT_EQ(world.node().status.currentImage, "");

    world.observe_stateful_set("rev-2", 0, 0);
    world.put_pod("rev-1", "seid:v1", running_state());
    world.settle();
    EXPECT_EQ(world.node().status.currentImage, "seid:v1");
    EXPECT_EQ(world.api.find(kPodPath), nullptr) << "an update has begun";
}

TEST(NodeCreation, while_paused_creates_no_workload) {
    NodeWorld world;
    world.create_node(R"({"chainId":"c","image":"i","fullNode":{},"paused":true})");
    const kube::Requeue wait = world.settle();
    EXPECT_EQ(wait.kind(), kube::Requeue::Kind::OnChange);
    EXPECT_EQ(world.condition("Paused"), "True/Paused");
    EXPECT_EQ(world.phase(), "");
    EXPECT_EQ(world.uid_of(kSetPath), "");
    world.set_spec("paused", false);
    world.settle();
    EXPECT_EQ(world.phase(), "Running");
}

}  // namespace
}  // namespace sei::test
