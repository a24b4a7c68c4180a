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

/// Every kind of node that there is for good: it runs in one way or another, waits for people, or has failed.
void create_one_of_each(World& world) {
    world.create(world.a_full_node("runs"));
    create_validator_secrets(world);
    world.create(a_node(world, "signs", kValidatorWithKeys));
    world.create(a_node(
        world,
        "bootstrapped",
        "{" + std::string{kPeers} +
            R"(,"fullNode":{"snapshot":{"s3":{"targetHeight":100},"bootstrapImage":"example.com/boot"}}})"
    ));
    create_claim_with_data(world, "old");
    world.create(a_node(world, "imports", R"({"fullNode":{},"dataVolume":{"import":{"pvcName":"old"}}})"));
    world.create(a_node(
        world,
        "publishes",
        "{" + std::string{kPeers} + R"(,"archive":{"snapshotGeneration":{"tendermint":{"keepRecent":5,"publish":{}}}}})"
    ));
    auto paused = world.a_full_node("paused");
    paused.spec.paused = true;
    world.create(std::move(paused));
    world.create(a_node(world, "pauses", R"({"fullNode":{}})"));
    world.create(a_node(
        world,
        "waits",
        R"({"validator":{"signingKey":{"secret":{"secretName":"absent"}},)"
        R"("nodeKey":{"secret":{"secretName":"absent-too"}}}})"
    ));
    world.create(a_node(world, "rejected", R"({"fullNode":{"snapshotGeneration":{}}})"));
    (void)world.run(world.client().create(a_claim(world, "many", "ReadWriteMany")));  // not to be taken
    world.create(a_node(world, "failed", R"({"fullNode":{},"dataVolume":{"import":{"pvcName":"many"}}})"));
}

TEST(NodesAtRest, of_whatever_kind_are_not_written_in_a_hundred_passes) {
    World world;
    create_one_of_each(world);
    for (const char* name : {"runs", "signs", "bootstrapped", "imports", "publishes", "pauses"}) {
        ASSERT_TRUE(world.run_until_running(name));
    }
    world.edit("bootstrapped", [](sei::api::NodeSpec& spec) { spec.overrides["evm.http_port"] = "9545"; });
    world.edit("pauses", [](sei::api::NodeSpec& spec) { spec.paused = true; });
    ASSERT_TRUE(world.run_until("each is where it rests", [&] {
        return condition(world, "signs", "OperatorKeyringReady") == "True/OperatorKeyringValidated" &&
               condition(world, "bootstrapped", "RestartPending") == "True/ConfigChanged" &&
               condition(world, "imports", "ImportPVCReady") == "True/PVCValidated" &&
               condition(world, "paused", "Paused") == "True/Paused" &&
               condition(world, "pauses", "Paused") == "True/Paused" &&
               condition(world, "waits", "SigningKeyReady") == "False/SigningKeyNotReady" &&
               condition(world, "rejected", "SpecValid") == "False/SpecRejected" &&
               world.node("failed")->status.phase == NodePhase::Failed;
    }));
    ASSERT_TRUE(world.run_until_quiet());

    const double before = passes(world);
    const double nodes = static_cast<double>(world.nodes().size());
    world.operator_transport().forget_requests();
    for (int round = 1; round <= kPasses; ++round) {
        world.operator_manager().wake_all();
        ASSERT_TRUE(world.run_until("each of them was looked at", [&] {
            return passes(world) >= before + nodes * round && world.operator_manager().at_barrier({}).is_reached;
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
