// Nodes at rest: however often they are looked at, nothing is written. The same on every backend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/nodes.hpp"
#include "support/scrape.hpp"

namespace {

using namespace support;
using sei::api::NodePhase;
using ::testing::IsEmpty;

constexpr int kPasses = 100;

/// Passes of the nodes' controller so far.
double passes(World& world) {
    return total(world.operator_manager().metrics(), "controller_runtime_reconcile_total", {R"(controller="seinode")"});
}

/// One write of somebody to the StatefulSet, which the operator watches without a filter.
void touch_workload(World& world, int round) {
    world.change<kube::StatefulSet>("n0", [&](kube::StatefulSet& set) {
        set.metadata.annotations["example.com/touched"] = std::to_string(round);
    });
}

TEST(NodesAtRest, are_not_written_in_a_hundred_passes) {
    World world;
    world.create(world.a_full_node("runs"));
    auto paused = world.a_full_node("paused");
    paused.spec.paused = true;
    world.create(std::move(paused));
    world.create(a_node(world, "waits", kValidatorWithKeys));
    world.create(a_node(world, "rejected", R"({"fullNode":{"snapshotGeneration":{}}})"));
    auto failed = world.a_full_node("failed");
    failed.spec.dataVolume.emplace().import_.emplace().pvcName = "many";
    kube::PersistentVolumeClaim claim;  // For many writers: not to be taken.
    claim.metadata.name = "many";
    claim.metadata.namespace_ = world.namespace_name();
    claim.spec.accessModes = {"ReadWriteMany"};
    claim.spec.resources.emplace().requests["storage"] = kube::Quantity{"2000Gi"};
    (void)world.run(world.client().create(std::move(claim)));
    world.create(std::move(failed));
    const auto phase = [&](const std::string& name) { return world.node(name)->status.phase; };
    ASSERT_TRUE(world.run_until_running("runs"));
    ASSERT_TRUE(world.run_until("each is where it rests", [&] {
        return condition(world, "paused", "Paused") == "True/Paused" &&
               condition(world, "waits", "SigningKeyReady") == "False/SigningKeyNotReady" &&
               condition(world, "rejected", "SpecValid") == "False/SpecRejected" &&
               phase("failed") == NodePhase::Failed;
    }));
    ASSERT_TRUE(world.run_until_quiet());

    const double before = passes(world);
    world.operator_transport().forget_requests();
    for (int round = 1; round <= kPasses; ++round) {
        world.operator_manager().wake_all();
        ASSERT_TRUE(world.run_until("all five were looked at", [&] {
            return passes(world) >= before + 5 * round && world.operator_manager().at_barrier({}).is_reached;
        }));
    }
    EXPECT_THAT(world.operator_writes(), IsEmpty());
}

TEST(NodesAtRest, are_not_written_because_somebody_touched_what_they_own) {
    World world;
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until_running("n0"));
    ASSERT_TRUE(world.run_until_quiet());
    world.operator_transport().forget_requests();
    for (int round = 1; round <= 10; ++round) {
        const double before = passes(world);
        touch_workload(world, round);
        ASSERT_TRUE(world.run_until("a pass followed", [&] { return passes(world) > before; }));
    }
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_THAT(world.operator_writes(), IsEmpty());
}

}  // namespace
