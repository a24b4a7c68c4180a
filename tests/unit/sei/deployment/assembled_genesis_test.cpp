// A ceremony that failed after its genesis was assembled: who is made from then on has no part in it (spec 03 H16e).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "deployment_world.hpp"
#include "kube/meta/condition.hpp"
#include "sei/api/conditions.hpp"
#include "sei/deployment/genesis.hpp"
#include "testkit/snapshot_of.hpp"

namespace sei::deployment::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A chain whose ceremony has failed at a task that comes after the assembly, and whose operator has stopped.
void fail_after_assembly(DeploymentWorld& world, std::int32_t replicas) {
    ASSERT_TRUE(world.stop_in_ceremony(replicas));
    world.fail_ceremony("Plan failed: task collect-and-set-peers: getting the node ID of fleet-1: no answer");
}

bool has_node(DeploymentWorld& world, const std::string& name) {
    return world.world.get<api::SeiNode>(DeploymentWorld::key(name)).has_value();
}

TEST(AssembledGenesis, gets_no_validator_that_has_no_part_in_it) {
    DeploymentWorld world;
    fail_after_assembly(world, 2);
    world.edit([](auto& fleet) { fleet.spec.replicas = 3; });
    world.world.start_operator();
    ASSERT_TRUE(world.world.run_until([&] { return world.fleet().status.plan.has_value(); }))
        << "a changed spec is another attempt";
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_FALSE(has_node(world, "fleet-2"));
    EXPECT_THAT(node_names(*world.fleet().status.plan), ElementsAre("fleet-0", "fleet-1"));
    EXPECT_EQ(world.fleet().status.plan->tasks.front().status, api::TaskStatus::Complete);
    EXPECT_TRUE(world.sidecar.submissions.empty()) << "what was assembled is not assembled again";
    EXPECT_THAT(
        world.condition_message(api::deployment_condition::kGenesisCeremonyComplete),
        HasSubstr("fleet-2 has no part in the genesis that is assembled already, and joins when it is over")
    );
}

TEST(AssembledGenesis, is_joined_when_its_ceremony_is_over) {
    DeploymentWorld world;
    fail_after_assembly(world, 2);
    world.edit([](auto& fleet) { fleet.spec.replicas = 3; });
    world.world.start_operator();
    ASSERT_TRUE(world.world.run_until([&] { return world.fleet().status.plan.has_value(); }));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    world.edit_status<api::SeiNodeDeployment>("fleet", [](auto& fleet) {
        for (api::PlannedTask& task : fleet.status.plan->tasks) task.status = api::TaskStatus::Complete;
    });
    ASSERT_TRUE(world.world.run_one_more_pass_of_everything());
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    const auto joined = world.world.get<api::SeiNode>(DeploymentWorld::key("fleet-2"));
    ASSERT_TRUE(joined);
    EXPECT_FALSE((*joined)->spec.validator->genesisCeremony);
}

TEST(AssembledGenesis, that_lost_a_part_is_told_and_not_assembled_from_the_rest) {
    DeploymentWorld world;
    fail_after_assembly(world, 2);
    world.world.erase<api::SeiNode>(DeploymentWorld::key("fleet-0"));
    world.edit([](auto& fleet) { fleet.spec.template_.spec.podLabels["a"] = "b"; });
    world.world.start_operator();
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_FALSE(has_node(world, "fleet-0"));
    EXPECT_FALSE(world.fleet().status.plan);
    EXPECT_THAT(
        world.condition_message(api::deployment_condition::kStalled),
        HasSubstr("the genesis was assembled with a part of fleet-0, which is gone")
    );
}

TEST(AssembledGenesis, is_told_by_peers_and_by_the_task_at_which_the_ceremony_failed) {
    api::SeiNode participant;
    participant.metadata.name = "fleet-0";
    participant.spec.validator.emplace().genesisCeremony.emplace();
    api::SeiNode peered = participant;
    peered.spec.peers.emplace_back().static_.emplace().addresses = {"abc@fleet-0-0.fleet-0.ns.svc.cluster.local:26656"};
    api::SeiNode pointed = participant;
    pointed.spec.peers.emplace_back().static_.emplace().addresses = {"abc@seed.example.com:26656"};
    struct Case {
        std::string behaviour;
        std::vector<api::SeiNode> nodes;
        std::string failure;
        bool expected = false;
    };
    const std::vector<Case> cases{
        {.behaviour = "there are no nodes", .failure = "task await-nodes-running: x"},
        {.behaviour = "none takes part", .nodes = {api::SeiNode{}}, .failure = "task await-nodes-running: x"},
        {.behaviour = "nothing was tried", .nodes = {participant}},
        {.behaviour = "it failed at the assembly",
         .nodes = {participant},
         .failure = "task assemble-and-upload-genesis: x"},
        {.behaviour = "it failed at the peers",
         .nodes = {participant},
         .failure = "task collect-and-set-peers: x",
         .expected = true},
        {.behaviour = "its time was over while nodes were awaited",
         .nodes = {participant},
         .failure = "the ceremony took longer than spec.genesis.maxCeremonyDuration, at task await-nodes-running",
         .expected = true},
        {.behaviour = "one has the peers of a ceremony", .nodes = {participant, peered}, .expected = true},
        {.behaviour = "one has peers that somebody wrote", .nodes = {pointed}},
    };
    for (const Case& one : cases) {
        SCOPED_TRACE(one.behaviour);
        api::SeiNodeDeploymentStatus status;
        kube::Condition plan;
        plan.type = api::deployment_condition::kPlanInProgress;
        plan.reason = one.failure.empty() ? api::reason::kNotStarted : api::reason::kPlanFailed;
        plan.message = "Plan failed: " + one.failure;
        status.conditions.push_back(plan);
        const std::vector<NodeSnapshot> nodes = testkit::snapshots_of(one.nodes);
        EXPECT_EQ(is_genesis_assembled(status, nodes), one.expected);
    }
}

}  // namespace
}  // namespace sei::deployment::test
