// A data claim that is being deleted: its volume lives as long as the pod that mounts it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "node_world.hpp"

namespace sei::test {
namespace {

constexpr const char* kValidator = R"({"chainId":"c","image":"seid:v1","validator":{}})";
constexpr const char* kFullNode = R"({"chainId":"c","image":"seid:v1","fullNode":{}})";

void settle_with_pod(NodeWorld& world, const char* spec) {
    world.create_node(spec);
    world.settle();
    ASSERT_EQ(world.phase(), "Running");
    world.observe_stateful_set("rev-1", 1, 1);
    world.put_pod("rev-1", "seid:v1", running_state());
    world.settle();
}

void delete_claim(NodeWorld& world) {
    world.api.edit(kClaimPath, [](json::Object& claim) {
        claim["metadata"].as_object()["deletionTimestamp"] = "2025-01-02T03:04:05Z";
    });
}

/// Up to the deletion of the outdated pod.
void update(NodeWorld& world, const char* image, const char* revision) {
    world.set_spec("image", image);
    world.settle();
    world.observe_stateful_set(revision, 0, 1);
    world.settle();
}

TEST(DyingClaim, of_a_validator_keeps_its_pod_through_an_update) {
    NodeWorld world;
    settle_with_pod(world, kValidator);
    delete_claim(world);
    update(world, "seid:v2", "rev-2");
    EXPECT_NE(world.api.find(kPodPath), nullptr);
    EXPECT_EQ(world.task("replace-pod").status, api::TaskStatus::Pending);
    EXPECT_EQ(world.condition("Stalled"), "True/DataVolumeMissing");
}

TEST(DyingClaim, of_a_validator_is_let_go_when_somebody_asks_for_it) {
    NodeWorld world;
    settle_with_pod(world, kValidator);
    delete_claim(world);
    update(world, "seid:v2", "rev-2");
    ASSERT_NE(world.api.find(kPodPath), nullptr);
    world.annotate("sei.io/retry", "now");
    world.settle();
    EXPECT_EQ(world.api.find(kPodPath), nullptr);
}

TEST(DyingClaim, of_another_node_does_not_keep_its_pod) {
    NodeWorld world;
    settle_with_pod(world, kFullNode);
    delete_claim(world);
    update(world, "seid:v2", "rev-2");
    EXPECT_EQ(world.api.find(kPodPath), nullptr);
}

TEST(DyingClaim, of_a_validator_keeps_the_pod_of_an_update_that_was_overtaken) {
    NodeWorld world;
    settle_with_pod(world, kValidator);
    update(world, "seid:v2", "rev-2");
    ASSERT_EQ(world.api.find(kPodPath), nullptr);
    world.put_pod("rev-2", "seid:v2", waiting_state("ContainerCreating"));
    world.clock.advance_by(std::chrono::seconds{30});
    world.settle();
    ASSERT_EQ(world.task("replace-pod").status, api::TaskStatus::Complete);
    delete_claim(world);
    update(world, "seid:v3", "rev-3");
    EXPECT_NE(world.api.find(kPodPath), nullptr);
}

}  // namespace
}  // namespace sei::test
