// A node that runs: rolled to another image, probed, paused, its StatefulSet lost or replaced.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node_world.hpp"

namespace sei::test {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using sidecar::RunStatus;
using sidecar::TaskRun;

TEST(NodeUpdate, is_done_when_the_stateful_set_reports_all_replicas_updated_and_ready) {
    NodeWorld world;
    world.settle_observed();
    world.take_writes();
    world.sidecar.submissions.clear();

    world.set_spec("image", "seid:v2");
    kube::Requeue wait = world.settle();
    EXPECT_EQ(world.condition("NodeUpdateInProgress"), "True/UpdateStarted");
    EXPECT_EQ(world.condition_message("NodeUpdateInProgress"), "image drift detected: spec=seid:v2 current=seid:v1");
    EXPECT_THAT(wait.waits_for(), HasSubstr("to observe generation 2"));

    world.observe_stateful_set("rev-2", 1, 1);
    world.settle();
    EXPECT_EQ(world.node().status.currentImage, "seid:v2");
    EXPECT_EQ(world.condition("NodeUpdateInProgress"), "False/UpdateComplete");
    EXPECT_EQ(world.node().status.plan, std::nullopt);
    EXPECT_THAT(world.sidecar.submitted_types(), ElementsAre("mark-ready"));
    EXPECT_THAT(
        world.take_writes(),
        ElementsAre("PATCH statefulsets/n0", "PATCH seinodes/n0/status", "PATCH seinodes/n0/status")
    ) << "the Service is as rendered already, and what lies between the plan and its end is told with the end";
    EXPECT_EQ(world.events.size(), 2u) << "the phase did not change";
}

TEST(NodeUpdate, tells_of_its_progress_later_unless_the_next_step_comes_first) {
    NodeWorld world;
    world.settle_observed();
    world.set_spec("image", "seid:v2");
    const kube::Requeue wait = world.settle();
    EXPECT_EQ(wait.kind(), kube::Requeue::Kind::PutOff);
    EXPECT_THAT(wait.waits_for(), HasSubstr("to observe generation 2"));
    const auto progress = [&] { return world.node().status.plan->tasks.front().status; };
    EXPECT_EQ(progress(), api::TaskStatus::Pending);

    world.clock.advance_by(wait.delay() - 1ms);
    EXPECT_EQ(world.settle().kind(), kube::Requeue::Kind::PutOff) << "what wakes the node does not begin the time anew";
    EXPECT_EQ(progress(), api::TaskStatus::Pending);
    world.clock.advance_by(1ms);
    EXPECT_EQ(world.settle().kind(), kube::Requeue::Kind::After);
    EXPECT_EQ(progress(), api::TaskStatus::Complete);
}

TEST(NodeUpdate, deletes_the_outdated_pod_and_waits_for_the_new_ones_container) {
    NodeWorld world;
    world.settle_with_pod();
    world.set_spec("image", "seid:v2");
    world.settle();
    world.observe_stateful_set("rev-2", 0, 1);
    world.settle();
    EXPECT_EQ(world.api.find(kPodPath), nullptr);
    EXPECT_EQ(world.node().status.currentImage, "seid:v1");

    world.put_pod("rev-2", "seid:v2", waiting_state("ImagePullBackOff"));
    world.observe_stateful_set("rev-2", 1, 0);
    const kube::Requeue wait = world.settle();
    EXPECT_EQ(world.node().status.currentImage, "seid:v1") << "created is not started (spec 08 3.1)";
    EXPECT_THAT(wait.waits_for(), HasSubstr("ImagePullBackOff"));

    world.put_pod("rev-2", "seid:v2", running_state());
    world.settle();
    EXPECT_EQ(world.node().status.currentImage, "seid:v2") << "readiness is not asked for (spec 08 3.2)";
}

TEST(NodeUpdate, goes_on_after_a_restart_that_came_when_its_template_had_been_observed) {
    NodeWorld world;
    world.settle_observed();
    world.set_spec("image", "seid:v2");
    world.settle();
    // A new process applies the same template again, and what is judged is the answer.
    world.restart_operator();
    world.observe_stateful_set("rev-2", 1, 1);
    world.settle();
    EXPECT_EQ(world.node().status.currentImage, "seid:v2");
    EXPECT_EQ(world.condition("NodeUpdateInProgress"), "False/UpdateComplete");
}

TEST(NodeUpdate, applies_nothing_for_a_changed_spec_that_renders_the_same) {
    NodeWorld world;
    world.settle_observed();
    world.take_writes();
    world.set_spec("overrides", json::Object{{"no.such-key", "1"}});
    world.settle();
    EXPECT_THAT(world.take_writes(), ElementsAre("PATCH seinodes/n0/status"));
}

TEST(NodeUpdate, applies_again_what_somebody_changed_together_with_the_spec) {
    NodeWorld world;
    world.settle_observed();
    world.take_writes();
    world.set_spec("overrides", json::Object{{"no.such-key", "1"}});
    world.api.edit(kSetPath, [](json::Object& set) { set["spec"].as_object()["replicas"] = 0; });
    world.settle();
    EXPECT_THAT(world.take_writes(), Contains("PATCH statefulsets/n0"));
    EXPECT_EQ(json::find(*world.api.find(kSetPath), {"spec", "replicas"})->to_number<int>(), 1);
}

TEST(NodeUpdate, goes_on_to_a_third_image_that_comes_while_the_second_one_is_stuck) {
    NodeWorld world;
    world.settle_running();
    world.observe_stateful_set("rev-1", 1, 1);
    world.put_pod("rev-1", "seid:v1", running_state());
    world.set_spec("image", "seid:bad");
    world.settle();
    world.observe_stateful_set("rev-2", 0, 0);
    world.settle();
    world.put_pod("rev-2", "seid:bad", waiting_state("ImagePullBackOff"));
    world.observe_stateful_set("rev-2", 1, 0);
    world.settle();

    world.set_spec("image", "seid:v3");
    world.settle();
    world.observe_stateful_set("rev-3", 0, 0);
    world.settle();
    EXPECT_EQ(world.api.find(kPodPath), nullptr) << "spec 08 2.1";
    world.put_pod("rev-3", "seid:v3", running_state());
    world.settle();
    EXPECT_EQ(world.node().status.currentImage, "seid:v3");
    EXPECT_EQ(world.node().status.plan, std::nullopt);
}

TEST(NodeUpdate, back_to_the_first_template_replaces_the_pod_by_its_own_label) {
    NodeWorld world;
    world.settle_running();
    world.observe_stateful_set("rev-2", 1, 1);
    world.api.edit(kNodePath, [](json::Object& node) { node["status"].as_object()["currentImage"] = "seid:v2"; });
    world.put_pod("rev-2", "seid:v2", running_state());
    // currentRevision and updateRevision are both rev-1 again; only the pod tells (spec 08 3.4).
    world.observe_stateful_set("rev-1", 0, 1);
    world.settle();
    EXPECT_EQ(world.api.find(kPodPath), nullptr);
}

TEST(NodeUpdate, is_not_started_for_an_image_that_was_never_observed) {
    NodeWorld world;
    world.settle_observed();
    world.api.edit(kNodePath, [](json::Object& node) { node["status"].as_object().erase("currentImage"); });
    world.take_writes();
    world.settle();
    EXPECT_EQ(world.node().status.currentImage, "seid:v1") << "observed, not rolled (spec 08 2.6)";
    EXPECT_EQ(world.condition("NodeUpdateInProgress"), "absent");
    EXPECT_THAT(world.take_writes(), ElementsAre("PATCH seinodes/n0/status"));
}

TEST(NodeUpdate, is_started_for_a_pod_that_runs_another_image_than_the_status_says) {
    NodeWorld world;
    world.settle_observed();
    world.put_pod("rev-0", "seid:v0", running_state());
    world.settle();
    EXPECT_EQ(world.condition_message("NodeUpdateInProgress"), "image drift detected: spec=seid:v1 current=seid:v0");
    EXPECT_EQ(world.api.find(kPodPath), nullptr) << "it is replaced";
    world.put_pod("rev-1", "seid:v1", running_state());
    world.settle();
    EXPECT_EQ(world.condition("NodeUpdateInProgress"), "False/UpdateComplete");
    EXPECT_EQ(world.node().status.plan, std::nullopt);
}

TEST(NodeUpdate, that_fails_is_repeated_later_and_later_under_one_condition) {
    NodeWorld world;
    world.settle_observed();
    // observe-image records the new image before mark-ready fails: the drift is gone.
    const kube::Requeue wait = world.settle_failed_update();
    EXPECT_EQ(world.phase(), "Running");
    EXPECT_EQ(world.condition("NodeUpdateInProgress"), "False/UpdateFailed");
    EXPECT_THAT(world.condition_message("NodeUpdateInProgress"), HasSubstr("task mark-ready: no"));
    EXPECT_EQ(wait.delay(), std::chrono::seconds{30});
    world.pass();
    world.take_writes();
    world.pass();
    EXPECT_THAT(world.take_writes(), IsEmpty());
}

TEST(SidecarReadiness, lost_is_announced_and_mended_by_a_mark_ready_plan) {
    NodeWorld world;
    world.settle_running();
    world.events.clear();
    world.sidecar.submissions.clear();
    world.sidecar.health = sidecar::NotReady{};
    world.clock.advance_by(std::chrono::seconds{30});
    world.pass();
    EXPECT_EQ(world.condition("SidecarReady"), "False/NotReady");
    EXPECT_EQ(world.node().status.plan->tasks.size(), 1u);

    world.sidecar.health = sidecar::Ready{};
    world.settle();
    EXPECT_EQ(world.condition("SidecarReady"), "True/Ready");
    EXPECT_THAT(world.sidecar.submitted_types(), ElementsAre("mark-ready"));
    ASSERT_EQ(world.events.size(), 2u);
    EXPECT_THAT(world.events[0], HasSubstr("SidecarReadinessLost"));
    EXPECT_THAT(world.events[1], HasSubstr("SidecarReadinessRestored"));
}

TEST(SidecarReadiness, is_asked_for_again_only_with_the_next_poll) {
    NodeWorld world;
    world.settle_running();
    world.sidecar.health = sidecar::NotReady{};
    world.clock.advance_by(std::chrono::seconds{30});
    const kube::Requeue wait = world.settle();
    EXPECT_EQ(wait.delay(), std::chrono::seconds{30}) << "mark-ready ran and the answer is still 503";
}

TEST(SidecarReadiness, unknown_causes_no_plan_and_one_write) {
    NodeWorld world;
    world.settle_running();
    world.take_writes();
    world.sidecar.is_unreachable = true;
    world.clock.advance_by(std::chrono::seconds{30});
    world.pass();
    world.pass();
    EXPECT_EQ(world.condition("SidecarReady"), "Unknown/Unreachable");
    EXPECT_EQ(world.node().status.plan, std::nullopt);
    EXPECT_THAT(world.take_writes(), ElementsAre("PATCH seinodes/n0/status"));
}

TEST(SidecarReadiness, is_not_probed_again_because_something_else_woke_the_node) {
    NodeWorld world;
    world.settle_running();
    EXPECT_EQ(world.sidecar.probes, 1u);
    for (int i = 0; i < 5; ++i) world.pass();
    EXPECT_EQ(world.sidecar.probes, 1u);
    world.clock.advance_by(std::chrono::seconds{2});
    world.pass();
    EXPECT_EQ(world.sidecar.probes, 2u);
}

TEST(PausedNode, has_no_replica_until_it_is_released) {
    NodeWorld world;
    world.settle_running();
    world.set_spec("paused", true);
    world.settle();
    EXPECT_EQ(*json::find(*world.api.find(kSetPath), {"spec", "replicas"}), 0);
    EXPECT_EQ(world.condition("Paused"), "True/Paused");
    EXPECT_EQ(world.phase(), "Running");
    world.set_spec("paused", false);
    world.settle();
    EXPECT_EQ(*json::find(*world.api.find(kSetPath), {"spec", "replicas"}), 1);
}

TEST(Workload, edited_by_somebody_is_put_right) {
    NodeWorld world;
    world.settle_running();
    world.api.edit(kSetPath, [](json::Object& set) { set["spec"].as_object()["replicas"] = 3; });
    world.settle();
    EXPECT_EQ(*json::find(*world.api.find(kSetPath), {"spec", "replicas"}), 1);
}

TEST(Workload, changed_for_a_spec_that_is_not_seen_yet_is_left_alone) {
    NodeWorld world;
    world.settle_running();
    // Another operator has seen the pause already.
    world.api.edit(kSetPath, [](json::Object& set) { set["spec"].as_object()["replicas"] = 0; });
    world.sync_caches();
    world.set_spec("paused", true);
    world.take_writes();
    const kube::Requeue requeue = world.pass_on_stale_caches();
    EXPECT_EQ(*json::find(*world.api.find(kSetPath), {"spec", "replicas"}), 0);
    EXPECT_EQ(requeue.waits_for(), "the newest version of the node");
    world.settle();
    EXPECT_EQ(*json::find(*world.api.find(kSetPath), {"spec", "replicas"}), 0);
}

TEST(Workload, of_a_paused_node_is_not_started_by_an_operator_that_began_with_an_old_view) {
    NodeWorld world;
    world.settle_running();
    world.sync_caches();
    world.set_spec("paused", true);
    world.api.edit(kSetPath, [](json::Object& set) { set["spec"].as_object()["replicas"] = 0; });
    world.restart_operator();
    world.pass_on_stale_caches();
    EXPECT_EQ(*json::find(*world.api.find(kSetPath), {"spec", "replicas"}), 0) << "its key may be in use elsewhere";
}

TEST(Workload, of_a_node_that_is_gone_is_not_made_anew_by_an_operator_that_still_sees_it) {
    NodeWorld world;
    world.settle_running();
    world.sync_caches();
    world.api.erase(kNodePath);
    world.api.erase(kSetPath);
    world.pass_on_stale_caches();
    EXPECT_EQ(world.uid_of(kSetPath), "") << "by one that has applied it before";
    world.restart_operator();
    world.pass_on_stale_caches();
    EXPECT_EQ(world.uid_of(kSetPath), "") << "by one that has just begun";
}

TEST(Workload, let_go_by_a_bootstrap_that_is_not_seen_to_be_over_is_left_alone) {
    NodeWorld world;
    world.settle_running();
    world.sidecar.leave_tasks_running();
    world.api.edit(kNodePath, [](json::Object& node) {
        node["status"].as_object()["plan"] = json::parse(
            R"({"id":"p","phase":"Active","tasks":[{"id":"g","type":"configure-genesis","status":"Pending"},)"
            R"({"id":"t","type":"teardown-bootstrap","status":"Pending"}]})"
        );
    });
    world.pass();
    ASSERT_EQ(*json::find(*world.api.find(kSetPath), {"spec", "replicas"}), 0);
    // Another operator has taken it down.
    world.api.edit(kSetPath, [](json::Object& set) { set["spec"].as_object()["replicas"] = 1; });
    world.sync_caches();
    world.api.edit(kNodePath, [](json::Object& node) { node["status"].as_object().erase("plan"); });
    world.pass_on_stale_caches();
    EXPECT_EQ(*json::find(*world.api.find(kSetPath), {"spec", "replicas"}), 1);
}

TEST(Workload, that_loses_a_label_gets_it_back) {
    NodeWorld world;
    world.settle_running();
    world.api.edit(kSetPath, [](json::Object& set) {
        set["metadata"].as_object()["labels"].as_object().erase("sei.io/chain");
    });
    world.settle();
    EXPECT_EQ(json::find_string(*world.api.find(kSetPath), {"metadata", "labels", "sei.io/chain"}), "pacific-1");
}

TEST(Workload, deleted_by_somebody_is_made_anew_after_its_identity_was_cleared) {
    NodeWorld world;
    world.settle_running();
    const std::string first = world.uid_of(kSetPath);
    world.api.erase(kSetPath);
    world.take_writes();
    world.pass();
    EXPECT_THAT(world.take_writes(), ElementsAre("PATCH seinodes/n0/status"));
    EXPECT_EQ(world.node().status.statefulSet, std::nullopt);
    world.settle();
    EXPECT_NE(world.uid_of(kSetPath), "");
    EXPECT_NE(world.uid_of(kSetPath), first);
    EXPECT_EQ(world.node().status.statefulSet->uid, world.uid_of(kSetPath));
}

TEST(Workload, of_a_foreign_identity_is_replaced_in_two_steps) {
    NodeWorld world;
    world.settle_running();
    world.api.edit(kSetPath, [](json::Object& set) { set["metadata"].as_object()["uid"] = "impostor"; });
    world.take_writes();
    world.pass();
    EXPECT_THAT(world.take_writes(), ElementsAre("DELETE statefulsets/n0", "PATCH seinodes/n0/status"));
    EXPECT_EQ(world.node().status.statefulSet, std::nullopt);
    EXPECT_EQ(world.uid_of(kSetPath), "");
    world.settle();
    EXPECT_EQ(world.node().status.statefulSet->uid, world.uid_of(kSetPath));
}

TEST(Workload, of_our_own_is_not_taken_for_foreign_when_the_caches_are_behind) {
    NodeWorld world;
    world.settle_running();
    world.sync_caches();
    // The StatefulSet was made anew and its identity recorded; the caches still show node and set of before.
    world.api.edit(kSetPath, [](json::Object& set) { set["metadata"].as_object()["uid"] = "second"; });
    world.sync_caches();
    world.api.edit(kNodePath, [](json::Object& node) {
        node["status"].as_object()["statefulSet"].as_object()["uid"] = "second";
    });
    world.take_writes();
    world.pass_on_stale_caches();
    EXPECT_EQ(world.uid_of(kSetPath), "second");
    for (const std::string& write : world.take_writes()) EXPECT_EQ(write.find("DELETE"), std::string::npos) << write;
}

TEST(StoredPlan, of_another_operator_is_continued_where_it_stands) {
    NodeWorld world;
    world.create_node();
    world.pass();
    world.pass();
    world.api.edit(kNodePath, [](json::Object& node) {
        json::Object& status = node["status"].as_object();
        status["phase"] = "Initializing";
        status["plan"] = json::parse(R"({"id":"2f1c6d1e-0b7a-4a53-9a57-6a0f7c5b1d42","phase":"Active",
            "targetPhase":"Running","failedPhase":"Failed","tasks":[
            {"type":"ensure-data-pvc","id":"2c21ad7b-4721-5529-a9e7-e0287c88b399","status":"Complete",
             "params":{"nodeName":"n0","namespace":"ns"},"submittedAt":"2025-06-01T12:00:01Z"},
            {"type":"config-apply","id":"a0f1bd3e-8c78-50dd-aedb-2823cebb2ff0","status":"Pending",
             "params":{"Mode":"full"},"submittedAt":"2025-06-01T12:00:02Z"},
            {"type":"mark-ready","id":"7161dcd3-d9ad-503a-b2b1-5594327ef502","status":"Pending"}]})");
    });
    world.sidecar.submissions.clear();
    world.sidecar.runs["a0f1bd3e-8c78-50dd-aedb-2823cebb2ff0"] = {
        "config-apply", {.status = RunStatus::Completed, .run = 1, .error = {}}
    };
    world.settle();
    EXPECT_EQ(world.phase(), "Running");
    EXPECT_THAT(world.sidecar.submitted_types(), ElementsAre("mark-ready")) << "accepted tasks are only asked for";
}

TEST(StoredPlan, that_another_operator_completed_is_put_away) {
    NodeWorld world;
    world.settle_running();
    world.api.edit(kNodePath, [](json::Object& node) {
        json::Object& status = node["status"].as_object();
        status["plan"] = json::parse(R"({"id":"p","phase":"Complete","targetPhase":"Running","tasks":[
            {"type":"observe-image","id":"i","status":"Complete"}]})");
        status["conditions"].as_array().push_back(json::parse(R"({"type":"NodeUpdateInProgress","status":"True",
            "reason":"UpdateStarted","message":"m","lastTransitionTime":"2025-01-01T00:00:00Z"})"));
    });
    world.settle();
    EXPECT_EQ(world.node().status.plan, std::nullopt);
    EXPECT_EQ(world.condition("NodeUpdateInProgress"), "False/UpdateComplete");
    EXPECT_EQ(world.condition_message("NodeUpdateInProgress"), "plan p completed");
}

TEST(StoredPlan, that_failed_under_another_operator_is_followed_by_a_new_one) {
    NodeWorld world;
    world.settle_running();
    world.api.edit(kNodePath, [](json::Object& node) {
        json::Object& status = node["status"].as_object();
        status["currentImage"] = "seid:v0";
        status["plan"] = json::parse(R"({"id":"p","phase":"Failed","targetPhase":"Running","tasks":[
            {"type":"observe-image","id":"i","status":"Failed"}]})");
    });
    world.pass();
    ASSERT_TRUE(world.node().status.plan);
    EXPECT_NE(world.node().status.plan->id, "p");
    EXPECT_EQ(world.condition("NodeUpdateInProgress"), "True/UpdateStarted");
}

/// The plan of a new node, with another member of one of its tasks.
void store_plan_with(NodeWorld& world, std::size_t task, std::string_view member, const json::Value& value) {
    world.create_node();
    world.pass();
    world.api.edit(kNodePath, [&](json::Object& node) {
        node["status"].at("plan").at("tasks").at(task).as_object()[member] = value;
    });
}

TEST(StoredPlan, with_a_type_that_nobody_knows_fails) {
    NodeWorld world;
    store_plan_with(world, 0, "type", "config-patch");
    world.settle();
    EXPECT_EQ(world.phase(), "Failed");
    EXPECT_EQ(world.node().status.plan->failedTaskDetail->error, "unknown task type \"config-patch\"");
}

TEST(StoredPlan, with_a_type_that_is_not_served_yet_is_held_with_a_condition) {
    NodeWorld world;
    store_plan_with(world, 0, "type", "update-node-specs");
    world.settle();
    EXPECT_EQ(world.phase(), "Initializing");
    EXPECT_EQ(world.condition("Stalled"), "True/TaskNotProgressing");
    EXPECT_THAT(world.condition_message("Stalled"), HasSubstr("update-node-specs is not served"));
}

TEST(StoredPlan, with_parameters_of_the_wrong_type_fails_and_names_them) {
    NodeWorld world;
    store_plan_with(world, 5, "params", json::Object{{"mode", 7}});
    world.settle();
    EXPECT_EQ(world.phase(), "Failed");
    EXPECT_EQ(
        world.node().status.plan->failedTaskDetail->error,
        "deserializing config-apply params: params.mode: expected a string"
    );
}

TEST(Peers, of_label_sources_are_resolved_sorted_without_the_node_itself_and_what_is_none) {
    NodeWorld world;
    const auto peer = [&](const std::string& name, const std::string& label, const std::string& chain = "c") {
        world.api.put(
            "/apis/sei.io/v1alpha1/namespaces/ns/seinodes/" + name,
            json::Object{
                {"metadata", json::Object{{"labels", json::Object{{"chain", label}}}}},
                {"spec", json::Object{{"chainId", chain}, {"image", "i"}}},
                {"status", json::Object{}}
            }
        );
    };
    peer("z", "a");
    peer("b", "a");
    peer("other", "b");
    peer("of-another-chain", "a", "d");
    peer("on-its-way-out", "a");
    world.api.edit("/apis/sei.io/v1alpha1/namespaces/ns/seinodes/on-its-way-out", [](json::Object& node) {
        node["metadata"].as_object()["deletionTimestamp"] = "2024-10-04T00:00:00Z";
    });
    world.create_node(R"({"chainId":"c","image":"seid:v1","fullNode":{},
        "peers":[{"label":{"selector":{"chain":"a"}}},{"label":{"selector":{"chain":"a"}}}]})");
    world.settle();
    EXPECT_THAT(
        world.node().status.resolvedPeers, ElementsAre("b-0.b.ns.svc.cluster.local", "z-0.z.ns.svc.cluster.local")
    );
    EXPECT_EQ(world.phase(), "Running");
}

}  // namespace
}  // namespace sei::test
