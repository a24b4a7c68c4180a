// What people and other programs do to a node's objects is put right; nothing is written where nothing differs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node_world.hpp"

namespace sei::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(OwnedObject, that_was_deleted_is_made_again) {
    for (const char* path : {kServicePath, kConfigMapPath}) {
        SCOPED_TRACE(path);
        NodeWorld world;
        world.settle_running();
        const json::Value before = *world.api.find(path);
        world.api.erase(path);
        world.settle();
        ASSERT_NE(world.api.find(path), nullptr);
        EXPECT_EQ(world.api.find(path)->at("metadata").at("labels"), before.at("metadata").at("labels"));
        world.take_writes();
        for (int i = 0; i < 100; ++i) world.pass();
        EXPECT_THAT(world.take_writes(), IsEmpty());
    }
}

TEST(OwnedObject, that_was_edited_is_put_right) {
    NodeWorld world;
    world.settle_running();
    world.api.edit(kServicePath, [](json::Object& service) {
        service["spec"].as_object()["selector"] = json::Object{{"sei.io/node", "other"}};
        service["metadata"].as_object()["labels"].as_object().erase("sei.io/chain");
    });
    world.api.edit(kConfigMapPath, [](json::Object& config) {
        config["data"].as_object()["config.yaml"] = "authorization: {}";
    });
    world.settle();
    EXPECT_EQ(json::find_string(*world.api.find(kServicePath), {"spec", "selector", "sei.io/node"}), "n0");
    EXPECT_EQ(json::find_string(*world.api.find(kServicePath), {"metadata", "labels", "sei.io/chain"}), "pacific-1");
    EXPECT_THAT(
        std::string{json::find_string(*world.api.find(kConfigMapPath), {"data", "config.yaml"})}, HasSubstr("name: n0")
    );
}

/// A selector is atomic under server-side apply (spec 05 §13.2).
TEST(OwnedObject, has_no_selector_beside_its_own) {
    NodeWorld world;
    world.settle_running();
    world.api.edit(kServicePath, [](json::Object& service) {
        service["spec"].as_object()["selector"].as_object()["x"] = "y";
    });
    world.settle();
    EXPECT_EQ(
        *json::find(*world.api.find(kServicePath), {"spec", "selector"}),
        json::Value(json::Object{{"sei.io/node", "n0"}})
    );
}

std::string team_label_of(NodeWorld& world, const char* path) {
    return std::string{json::find_string(*world.api.find(path), {"metadata", "labels", "team"})};
}

TEST(OwnedObject, follows_the_labels_of_the_spec) {
    for (const char* path : {kServicePath, kConfigMapPath}) {
        SCOPED_TRACE(path);
        NodeWorld world;
        world.settle_running();
        world.set_spec("podLabels", json::Object{{"team", "a"}});
        world.settle();
        EXPECT_EQ(team_label_of(world, path), "a");
        world.set_spec("podLabels", json::Object{{"team", "b"}});
        world.settle();
        EXPECT_EQ(team_label_of(world, path), "b");
        world.set_spec("podLabels", json::Object{});
        world.settle();
        EXPECT_EQ(team_label_of(world, path), "") << "it was ours alone";
    }
}

TEST(OwnedObject, loses_a_label_that_was_removed_while_the_operator_was_away) {
    NodeWorld world;
    world.create_node(R"({"chainId":"pacific-1","image":"seid:v1","fullNode":{},"podLabels":{"team":"a"}})");
    world.settle();
    ASSERT_EQ(team_label_of(world, kServicePath), "a");
    world.set_spec("podLabels", json::Object{});
    world.restart_operator();
    world.settle();
    EXPECT_EQ(team_label_of(world, kServicePath), "");
    EXPECT_EQ(team_label_of(world, kConfigMapPath), "");
}

TEST(OwnedObject, is_not_written_by_an_update_that_does_not_concern_it) {
    NodeWorld world;
    world.settle_observed();
    world.api.edit(kServicePath, [](json::Object& service) {
        service["metadata"].as_object()["labels"].as_object()["theirs"] = "x";
    });
    world.settle();
    world.take_writes();
    world.set_spec("image", "seid:v2");
    world.settle();
    const std::vector<std::string> writes = world.take_writes();
    EXPECT_THAT(writes, Contains("PATCH statefulsets/n0"));
    EXPECT_THAT(writes, Not(Contains(HasSubstr("services/"))));
}

TEST(OwnedObject, with_fields_of_others_or_of_the_server_is_left_alone) {
    NodeWorld world;
    world.settle_running();
    world.api.edit(kServicePath, [](json::Object& service) {
        service["spec"].as_object()["type"] = "ClusterIP";
        service["spec"].as_object()["sessionAffinity"] = "None";
        service["metadata"].as_object()["labels"].as_object()["team"] = "a";
    });
    world.take_writes();
    world.settle();
    EXPECT_THAT(world.take_writes(), IsEmpty());
}

TEST(OwnedObject, costs_nothing_after_a_restart_of_the_operator) {
    NodeWorld world;
    world.settle_running();
    world.take_writes();
    world.restart_operator();
    world.settle();
    EXPECT_THAT(world.take_writes(), ElementsAre("PATCH statefulsets/n0"));
}

TEST(OwnedObject, is_not_made_before_the_plan_has_come_to_it) {
    NodeWorld world;
    world.api.put(
        kClaimPath,
        json::Object{
            {"metadata", json::Object{{"finalizers", json::Array{"kubernetes.io/pvc-protection"}}}},
            {"spec", json::Object{}}
        }
    );
    world.create_node();
    world.settle();
    EXPECT_EQ(world.api.find(kServicePath), nullptr);
    EXPECT_EQ(world.api.find(kConfigMapPath), nullptr);
}

/// The claim is gone, and the pod that used it has been replaced by one that waits for it.
void lose_claim(NodeWorld& world) {
    world.observe_stateful_set("rev-1", 0, 0);
    world.api.erase(kClaimPath);
    world.put_pod("rev-1", "seid:v1", json::Object{});
}

TEST(DataClaim, that_is_gone_makes_a_node_begin_anew_with_an_empty_one) {
    NodeWorld world;
    world.settle_running();
    lose_claim(world);
    world.sidecar.submissions.clear();
    world.settle();
    EXPECT_NE(world.api.find(kClaimPath), nullptr);
    EXPECT_EQ(world.phase(), "Running");
    EXPECT_THAT(
        world.sidecar.submitted_types(),
        ElementsAre("configure-genesis", "config-apply", "config-validate", "mark-ready")
    );
}

TEST(DataClaim, of_a_validator_is_made_anew_only_when_somebody_asks_for_it) {
    NodeWorld world;
    world.create_node(R"({"chainId":"pacific-1","image":"seid:v1","validator":{}})");
    world.settle();
    ASSERT_EQ(world.phase(), "Running");
    lose_claim(world);
    world.settle();
    EXPECT_EQ(world.api.find(kClaimPath), nullptr);
    EXPECT_EQ(world.condition("Stalled"), "True/DataVolumeMissing");
    EXPECT_THAT(world.condition_message("Stalled"), HasSubstr("claim data-n0 is gone"));
    world.annotate("sei.io/retry", "now");
    world.settle();
    EXPECT_NE(world.api.find(kClaimPath), nullptr);
    EXPECT_EQ(world.phase(), "Running");
    EXPECT_EQ(world.condition("Stalled"), "False/Progressing");
    EXPECT_TRUE(world.node().metadata.annotations.empty());
}

TEST(DataClaim, that_is_being_deleted_is_told_while_its_pod_runs) {
    NodeWorld world;
    world.settle_running();
    world.api.edit(kClaimPath, [](json::Object& claim) {
        claim["metadata"].as_object()["deletionTimestamp"] = "2025-01-02T03:04:05Z";
    });
    world.settle();
    EXPECT_EQ(world.condition("Stalled"), "True/DataVolumeMissing");
    EXPECT_EQ(world.phase(), "Running");
    world.api.erase(kClaimPath);
    world.settle();
    EXPECT_EQ(world.condition("Stalled"), "False/Progressing") << "it is not being deleted anymore";
}

TEST(DataClaim, that_nothing_waits_for_says_nothing) {
    NodeWorld world;
    world.settle_running();
    world.api.erase(kClaimPath);
    world.take_writes();
    world.settle();
    EXPECT_EQ(world.phase(), "Running") << "a host without pods may have no claims either";
    EXPECT_THAT(world.take_writes(), IsEmpty());
}

TEST(PodOfNode, is_told_to_wait_for_a_lost_volume) {
    NodeWorld world;
    world.settle_running();
    world.observe_stateful_set("rev-1", 1, 0);
    world.api.edit(kClaimPath, [](json::Object& claim) { claim["status"] = json::Object{{"phase", "Lost"}}; });
    world.put_pod("rev-1", "seid:v1", json::Object{});
    world.settle();
    EXPECT_EQ(world.condition("PodReady"), "False/VolumeFailed");
    EXPECT_THAT(world.condition_message("PodReady"), HasSubstr("claim data-n0"));
}

TEST(PodOfNode, is_told_within_seconds_not_to_get_its_volume_mounted) {
    NodeWorld world;
    world.settle_running();
    world.observe_stateful_set("rev-1", 1, 0);
    world.put_pod("rev-1", "seid:v1", waiting_state("ContainerCreating"));
    world.api.edit(kPodPath, [&](json::Object& pod) {
        json::Object& status = pod["status"].as_object();
        status["startTime"] = kube::to_string(kube::Time::of(world.clock.now()));
        status["conditions"] = json::Array{json::Object{{"type", "PodReadyToStartContainers"}, {"status", "False"}}};
    });
    kube::Requeue wait = world.settle();
    EXPECT_EQ(world.condition("PodReady"), "absent") << "it has just been scheduled";
    std::chrono::milliseconds waited{0};
    while (world.condition("PodReady") == "absent" && waited < std::chrono::seconds{60}) {
        world.clock.advance_by(wait.delay());
        waited += wait.delay();
        wait = world.pass();
    }
    EXPECT_EQ(world.condition("PodReady"), "False/ContainersNotStarted");
    EXPECT_LE(waited, std::chrono::seconds{25});
}

TEST(PassOfNode, that_the_api_server_fails_is_told_once_it_lasts) {
    NodeWorld world;
    world.settle_running();
    world.api.erase(kServicePath);
    world.api.before = [](const kube::HttpRequest&, const std::string& path) -> std::optional<kube::HttpResponse> {
        if (path != kServicePath) return std::nullopt;
        return FakeApi::refusal(500, "InternalError", "etcd is away");
    };
    EXPECT_ANY_THROW(world.pass());
    EXPECT_EQ(world.condition("Stalled"), "absent") << "it may pass by itself";
    world.clock.advance_by(std::chrono::seconds{30});
    EXPECT_ANY_THROW(world.pass());
    EXPECT_EQ(world.condition("Stalled"), "True/WorkloadNotApplied");
    EXPECT_THAT(world.condition_message("Stalled"), HasSubstr("etcd is away"));
    world.api.before = {};
    world.settle();
    EXPECT_EQ(world.condition("Stalled"), "False/Progressing");
}

/// Refuses requests to the node itself, not to its status.
void refuse_metadata_writes(NodeWorld& world) {
    world.api.before = [](const kube::HttpRequest& request,
                          const std::string& path) -> std::optional<kube::HttpResponse> {
        if (path != kNodePath || request.method != kube::HttpMethod::Patch) return std::nullopt;
        return FakeApi::refusal(403, "Forbidden", "a webhook says no");
    };
}

TEST(PassOfNode, that_may_not_add_the_finalizer_says_so) {
    NodeWorld world;
    refuse_metadata_writes(world);
    world.create_node();
    EXPECT_ANY_THROW(world.pass());
    EXPECT_EQ(world.condition("Stalled"), "True/ReconcileFailed");
    EXPECT_THAT(world.condition_message("Stalled"), HasSubstr("a webhook says no"));
    world.take_writes();
    EXPECT_ANY_THROW(world.pass());
    EXPECT_THAT(world.take_writes(), ElementsAre("PATCH seinodes/n0")) << "told once";
    world.api.before = {};
    world.settle();
    EXPECT_EQ(world.phase(), "Running");
    EXPECT_EQ(world.condition("Stalled"), "False/Progressing");
}

TEST(NodeDeletion, that_is_refused_says_so) {
    NodeWorld world;
    world.settle_running();
    refuse_metadata_writes(world);
    world.delete_node();
    EXPECT_ANY_THROW(world.pass());
    EXPECT_EQ(world.phase(), "Terminating");
    EXPECT_ANY_THROW(world.pass());
    EXPECT_EQ(world.condition("Stalled"), "True/DeletionBlocked");
    world.api.before = {};
    world.pass();
    EXPECT_EQ(world.api.find(kNodePath), nullptr);
}

TEST(NodeDeletion, that_fails_says_so_once_it_lasts) {
    NodeWorld world;
    world.settle_running();
    world.delete_node();
    world.api.before = [](const kube::HttpRequest& request,
                          const std::string& path) -> std::optional<kube::HttpResponse> {
        if (request.method == kube::HttpMethod::Get || path.ends_with("/status")) return std::nullopt;
        return FakeApi::refusal(500, "InternalError", "failed calling webhook");
    };
    EXPECT_ANY_THROW(world.pass());
    EXPECT_ANY_THROW(world.pass());
    EXPECT_EQ(world.condition("Stalled"), "absent") << "it may pass by itself";
    world.clock.advance_by(std::chrono::seconds{30});
    EXPECT_ANY_THROW(world.pass());
    EXPECT_EQ(world.condition("Stalled"), "True/DeletionBlocked");
    EXPECT_THAT(world.condition_message("Stalled"), HasSubstr("failed calling webhook"));
    world.api.before = {};
    world.pass();
    EXPECT_EQ(world.api.find(kNodePath), nullptr);
}

TEST(NodeDeletion, does_not_wait_for_a_sidecar_that_hangs) {
    NodeWorld world;
    world.sidecar.hangs = true;
    world.create_node();
    world.pass();
    bool is_done = false;
    world.begin_pass(is_done);
    ASSERT_FALSE(is_done) << "it waits for the sidecar";
    world.set_spec("image", "seid:v2");
    world.show_node();
    world.turn();
    EXPECT_FALSE(is_done) << "any other change waits for the pass";
    world.delete_node();
    world.show_node();
    world.turn();
    EXPECT_TRUE(is_done) << "no time has passed";
    world.settle();
    EXPECT_EQ(world.api.find(kNodePath), nullptr);
}

TEST(LogOfNodes, names_the_node_in_each_line_as_lines_of_the_runtime_do) {
    NodeWorld world;
    world.settle_running();
    EXPECT_FALSE(world.log.empty());
    for (const std::string& line : world.log) EXPECT_THAT(line, HasSubstr(R"("namespace":"ns","name":"n0")"));
}

TEST(MetricsOfNodes, are_those_of_the_contract) {
    NodeWorld world;
    world.create_node();
    world.pass();
    EXPECT_THAT(
        world.metrics.serialize(),
        HasSubstr(R"(sei_controller_plan_active{controller="seinode",name="n0",namespace="ns"} 1)")
    );
    world.clock.advance_by(std::chrono::seconds{7});
    world.settle();
    ASSERT_EQ(world.phase(), "Running");
    world.sidecar.health = sidecar::NotReady{};
    world.clock.advance_by(std::chrono::seconds{30});
    world.pass();
    world.sidecar.is_unreachable = true;
    world.clock.advance_by(std::chrono::seconds{30});
    world.pass();
    const std::string text = world.metrics.serialize();
    for (const char* series :
         {R"(sei_controller_seinode_phase{name="n0",namespace="ns",phase="Pending"} 0)",
          R"(sei_controller_seinode_phase{name="n0",namespace="ns",phase="Initializing"} 0)",
          R"(sei_controller_seinode_phase{name="n0",namespace="ns",phase="Running"} 1)",
          R"(sei_controller_seinode_phase{name="n0",namespace="ns",phase="Failed"} 0)",
          R"(sei_controller_seinode_phase{name="n0",namespace="ns",phase="Terminating"} 0)",
          R"(sei_controller_seinode_phase_transitions_total{controller="seinode",from_phase="",namespace="ns",to_phase="Initializing"} 1)",
          R"(sei_controller_seinode_phase_transitions_total{controller="seinode",from_phase="Initializing",namespace="ns",to_phase="Running"} 1)",
          R"(sei_controller_seinode_phase_duration_seconds_sum{chain_id="pacific-1",namespace="ns",phase="Initializing"} 7)",
          R"(sei_controller_plan_duration_seconds_count{controller="seinode",namespace="ns",outcome="complete",plan_type="init"} 1)",
          R"(sei_controller_plan_active{controller="seinode",name="n0",namespace="ns"} 1)",
          R"(sei_controller_seinode_sidecar_health_probes_total{controller="seinode",namespace="ns",outcome="ready"} 1)",
          R"(sei_controller_seinode_sidecar_health_probes_total{controller="seinode",namespace="ns",outcome="not_ready"} 1)",
          R"(sei_controller_seinode_sidecar_health_probes_total{controller="seinode",namespace="ns",outcome="unreachable"} 1)",
          R"(sei_controller_seinode_sidecar_ready{name="n0",namespace="ns"} 0)"}) {
        EXPECT_THAT(text, HasSubstr(series));
    }
}

TEST(MetricsOfNodes, count_a_failed_update_once) {
    NodeWorld world;
    world.settle_observed();
    world.settle_failed_update();
    world.clock.advance_by(std::chrono::seconds{30});
    world.settle();
    EXPECT_THAT(
        world.metrics.serialize(),
        HasSubstr(
            R"(sei_controller_plan_duration_seconds_count{controller="seinode",namespace="ns",outcome="failed",plan_type="node-update"} 1)"
        )
    );
}

TEST(MetricsOfNodes, end_with_the_node_whatever_phase_it_was_in) {
    NodeWorld world;
    world.sidecar.is_unreachable = true;
    world.create_node();
    world.settle();
    world.delete_node();
    world.pass();
    world.reconciler().forget({"ns", "n0"});
    EXPECT_THAT(world.metrics.serialize(), Not(HasSubstr("name=\"n0\"")));
}

}  // namespace
}  // namespace sei::test
