// A node goes: what is deleted, by whom, and what never is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node_world.hpp"

namespace sei::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(NodeDeletion, says_terminating_then_deletes_its_claim_then_lets_go) {
    NodeWorld world;
    world.settle_running();
    world.take_writes();
    world.events.clear();
    world.delete_node();
    world.pass();
    EXPECT_THAT(
        world.take_writes(),
        ElementsAre("PATCH seinodes/n0/status", "DELETE persistentvolumeclaims/data-n0", "PATCH seinodes/n0")
    );
    EXPECT_EQ(world.api.find(kNodePath), nullptr);
    EXPECT_EQ(world.api.find(kClaimPath), nullptr);
    EXPECT_THAT(world.events, IsEmpty());
}

TEST(NodeDeletion, says_terminating_once_however_often_it_is_repeated) {
    NodeWorld world;
    world.settle_running();
    world.delete_node();
    unsigned failures = 0;
    world.api.before = [&](const kube::HttpRequest& request, const std::string&) -> std::optional<kube::HttpResponse> {
        if (request.method != kube::HttpMethod::Delete || failures > 0) return std::nullopt;
        ++failures;
        return FakeApi::refusal(500, "InternalError", "not now");
    };
    world.take_writes();
    EXPECT_THROW(world.pass(), kube::ApiError);
    EXPECT_EQ(failures, 1u);
    EXPECT_EQ(world.phase(), "Terminating");
    EXPECT_NE(world.api.find(kNodePath), nullptr) << "the finalizer stays until the claim is gone";
    world.take_writes();
    world.pass();
    EXPECT_THAT(world.take_writes(), ElementsAre("DELETE persistentvolumeclaims/data-n0", "PATCH seinodes/n0"));
}

TEST(NodeDeletion, never_touches_a_claim_of_somebody_else) {
    NodeWorld world;
    world.settle_running();
    world.api.edit(kClaimPath, [](json::Object& claim) { claim["metadata"].as_object().erase("ownerReferences"); });
    world.delete_node();
    world.pass();
    EXPECT_EQ(world.api.find(kNodePath), nullptr);
    EXPECT_NE(world.api.find(kClaimPath), nullptr);
}

TEST(NodeDeletion, keeps_an_imported_claim) {
    NodeWorld world;
    world.create_node(R"({"chainId":"c","image":"i","fullNode":{},"dataVolume":{"import":{"pvcName":"data-n0"}}})");
    world.settle();
    json::Object owner{{"kind", "SeiNode"}, {"name", "n0"}, {"uid", world.uid_of(kNodePath)}, {"controller", true}};
    world.api.put(
        kClaimPath,
        json::Object{{"metadata", json::Object{{"ownerReferences", json::Array{owner}}}}, {"spec", json::Object{}}}
    );
    world.delete_node();
    world.pass();
    EXPECT_EQ(world.api.find(kNodePath), nullptr);
    EXPECT_NE(world.api.find(kClaimPath), nullptr);
}

TEST(NodeDeletion, lets_a_finalizer_live_that_was_added_meanwhile) {
    NodeWorld world;
    world.settle_running();
    world.delete_node();
    world.sync_caches();
    world.api.edit(kNodePath, [](json::Object& node) {
        node["metadata"].as_object()["finalizers"].as_array().emplace_back("example.com/other");
    });
    const kube::Requeue wait = world.pass_on_stale_caches();
    EXPECT_EQ(wait.kind(), kube::Requeue::Kind::NewerThan) << "a conflict, not a lost finalizer (spec 08 5.8)";
    world.settle();
    EXPECT_THAT(world.node().metadata.finalizers, ElementsAre("example.com/other"));
}

TEST(NodeDeletion, leaves_a_node_without_the_finalizer_alone) {
    NodeWorld world;
    world.create_node();
    world.delete_node();
    world.take_writes();
    world.pass();
    EXPECT_THAT(world.take_writes(), IsEmpty());
}

TEST(NodeMetricsOfANode, go_with_it) {
    NodeWorld world;
    world.settle_running();
    world.pass();
    EXPECT_THAT(
        world.metrics.serialize(),
        HasSubstr(R"(sei_controller_seinode_phase{name="n0",namespace="ns",phase="Running"} 1)")
    );
    EXPECT_THAT(
        world.metrics.serialize(), HasSubstr(R"(sei_controller_seinode_sidecar_ready{name="n0",namespace="ns"} 1)")
    );
    EXPECT_THAT(
        world.metrics.serialize(),
        HasSubstr(
            R"(sei_controller_seinode_phase_transitions_total{controller="seinode",from_phase="Initializing",namespace="ns",to_phase="Running"} 1)"
        )
    );
    EXPECT_THAT(world.metrics.serialize(), HasSubstr(R"(outcome="complete",plan_type="init")"));
    world.delete_node();
    world.pass();
    world.reconciler().forget({"ns", "n0"});
    EXPECT_THAT(world.metrics.serialize(), Not(HasSubstr("sei_controller_seinode_phase{")));
    EXPECT_THAT(world.metrics.serialize(), Not(HasSubstr("sei_controller_seinode_sidecar_ready{")));
    EXPECT_THAT(world.factory().forgotten, ElementsAre(kube::NamespacedName{"ns", "n0"}));
}

}  // namespace
}  // namespace sei::test
