// Phase and conditions, from what the nodes are (spec 03 §5, §15.2).
#include "sei/deployment/deployment_status.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fleet_of_test.hpp"
#include "sei/deployment/deployment_conditions.hpp"
#include "testkit/snapshot_of.hpp"

namespace sei::deployment {
namespace {

using api::DeploymentPhase;
using api::NodePhase;
using kube::ConditionStatus;
using test::a_deployment;
using test::a_node;
using ::testing::ElementsAre;
namespace type = api::deployment_condition;

enum class Sick { No, Yes };

Fleet a_fleet(
    const api::SeiNodeDeployment& deployment, const std::vector<std::optional<NodePhase>>& phases, Sick sick
) {
    std::vector<NodeSnapshot> nodes;
    for (std::size_t i = 0; i < phases.size(); ++i) {
        api::SeiNode node = a_node(deployment, static_cast<std::int32_t>(i));
        node.status.phase = phases[i];
        if (sick == Sick::Yes && i + 1 == phases.size()) {
            test::set(node, api::node_condition::kPodReady, ConditionStatus::False, api::reason::kCrashLooping);
        }
        nodes.push_back(testkit::snapshot_of(std::move(node)));
    }
    return {deployment, nodes};
}

struct PhaseCase {
    std::string behaviour;
    std::vector<std::optional<NodePhase>> nodes;
    DeploymentPhase expected = DeploymentPhase::Pending;
    std::string nodes_ready;
    Sick last_one_is = Sick::No;
};

TEST(PhaseOfDeployment, follows_the_nodes) {
    using enum NodePhase;
    const std::vector<PhaseCase> cases{
        {"no nodes", {}, DeploymentPhase::Pending, "NodesInitializing 0/3 nodes ready (0 initializing)"},
        {"all run", {Running, Running, Running}, DeploymentPhase::Ready, "AllNodesReady 3/3 nodes ready"},
        {"some come up",
         {Running, Initializing, Pending},
         DeploymentPhase::Initializing,
         "NodesInitializing 1/3 nodes ready (2 initializing)"},
        {"a phase that is not there yet counts as none",
         {Running, Running, std::nullopt},
         DeploymentPhase::Initializing,
         "NodesInitializing 2/3 nodes ready (0 initializing)"},
        {"one failed of those that run",
         {Running, Running, Failed},
         DeploymentPhase::Degraded,
         "NodesFailed 2/3 nodes ready (1 failed, 0 initializing)"},
        {"one failed while none runs",
         {Failed, Initializing, Pending},
         DeploymentPhase::Initializing,
         "NodesFailed 0/3 nodes ready (1 failed, 2 initializing)"},
        {"all failed",
         {Failed, Failed, Failed},
         DeploymentPhase::Failed,
         "NodesFailed 0/3 nodes ready (3 failed, 0 initializing)"},
        {"one that runs is unwell",
         {Running, Running, Running},
         DeploymentPhase::Degraded,
         "NodesUnhealthy 2/3 nodes ready (1 unhealthy, 0 initializing)",
         Sick::Yes},
    };
    for (const PhaseCase& one : cases) {
        SCOPED_TRACE(one.behaviour);
        const api::SeiNodeDeployment deployment = a_deployment(3);
        const Fleet fleet = a_fleet(deployment, one.nodes, one.last_one_is);
        EXPECT_EQ(phase_of(deployment, {}, fleet), one.expected);
        api::SeiNodeDeploymentStatus status;
        DeploymentConditions{deployment, status, {}}.set_nodes_ready(fleet);
        EXPECT_EQ(status.conditions.front().reason + " " + status.conditions.front().message, one.nodes_ready);
    }
}

TEST(PhaseOfDeployment, says_first_what_is_done_with_it) {
    api::SeiNodeDeployment deployment = a_deployment(3);
    const Fleet fleet = a_fleet(deployment, std::vector<std::optional<NodePhase>>(3, NodePhase::Running), Sick::No);
    api::SeiNodeDeploymentStatus status;
    DeploymentConditions conditions{deployment, status, {}};
    conditions.set_plan_started();
    EXPECT_EQ(phase_of(deployment, status, fleet), DeploymentPhase::Initializing) << "a ceremony";
    status.rollout.emplace();
    EXPECT_EQ(phase_of(deployment, status, fleet), DeploymentPhase::Upgrading);
    status.rollout.reset();
    conditions.set_plan_complete();
    conditions.set_rollout_started("a", "b");
    EXPECT_EQ(phase_of(deployment, status, fleet), DeploymentPhase::Upgrading);
    deployment.spec.paused = true;
    EXPECT_EQ(phase_of(deployment, status, fleet), DeploymentPhase::Paused);
}

TEST(FleetOfNodes, is_in_the_order_of_ordinals_and_leaves_others_out) {
    const api::SeiNodeDeployment deployment = a_deployment(11);
    std::vector<NodeSnapshot> nodes;
    for (const std::int32_t ordinal : {10, 2, 0, 9, 1, 3, 8, 4, 7, 5, 6})
        nodes.push_back(testkit::snapshot_of(a_node(deployment, ordinal)));
    api::SeiNode foreign = a_node(deployment, 3);
    foreign.metadata.name = "web-3b";
    foreign.metadata.ownerReferences.front().uid = "somebody";
    nodes.push_back(testkit::snapshot_of(foreign));
    std::vector<std::string> expected;
    for (int i = 0; i < 11; ++i) expected.push_back("web-" + std::to_string(i));
    EXPECT_EQ(names_of(Fleet(deployment, nodes).all()), expected);
}

TEST(FleetOfNodes, counts_neither_one_too_many_nor_one_that_is_being_deleted) {
    const api::SeiNodeDeployment deployment = a_deployment(3);
    std::vector<NodeSnapshot> nodes;
    for (const std::int32_t ordinal : {0, 1, 2, 3, 4}) {
        api::SeiNode node = a_node(deployment, ordinal);
        if (ordinal == 1) node.metadata.deletionTimestamp.emplace();
        nodes.push_back(testkit::snapshot_of(std::move(node)));
    }
    const Fleet fleet{deployment, nodes};
    EXPECT_EQ(names_of(fleet.wanted()), (std::vector<std::string>{"web-0", "web-2"}));
    api::SeiNodeDeploymentStatus status;
    DeploymentConditions{deployment, status, {}}.set_nodes_ready(fleet);
    EXPECT_EQ(status.conditions.front().reason, "NodesInitializing");
    EXPECT_EQ(status.conditions.front().message, "2/3 nodes ready (0 initializing)");
}

TEST(FleetOfNodes, reads_ordinals_strictly) {
    EXPECT_EQ(parse_ordinal("10"), 10);
    for (const char* no : {"", "-1", "5-x", " 5", "5 ", "0x1", "99999999999"})
        EXPECT_EQ(parse_ordinal(no), std::nullopt) << no;
}

TEST(Claim, of_a_node_is_told_by_controller_and_label) {
    const api::SeiNodeDeployment deployment = a_deployment(1);
    api::SeiNode node = a_node(deployment, 0);
    EXPECT_EQ(claim_on(deployment, nullptr), Claim::Free);
    EXPECT_EQ(claim_on(deployment, &node), Claim::Ours);
    node.metadata.ownerReferences.front().uid = "another";
    EXPECT_EQ(claim_on(deployment, &node), Claim::Foreign);
    node.metadata.ownerReferences.clear();
    EXPECT_EQ(claim_on(deployment, &node), Claim::Adoptable);
    node.metadata.labels.clear();
    EXPECT_EQ(claim_on(deployment, &node), Claim::Foreign);
}

TEST(CeremonyLatch, holds_whatever_comes_after) {
    api::SeiNodeDeployment deployment = a_deployment(1);
    deployment.spec.genesis.emplace();
    api::SeiNodeDeploymentStatus status;
    DeploymentConditions conditions{deployment, status, {}};
    const auto reason = [&] { return kube::find_condition(status.conditions, type::kGenesisCeremonyComplete)->reason; };
    conditions.seed();
    EXPECT_EQ(reason(), "NotStarted");
    conditions.set_ceremony_pending(true, {}, {}, std::nullopt);
    EXPECT_EQ(reason(), "InProgress");
    conditions.set_ceremony_pending(false, {}, {}, std::nullopt);
    EXPECT_EQ(reason(), "NotStarted") << "after a failed plan, too";
    conditions.set_ceremony_pending(false, {}, {}, "no chain can be made");
    EXPECT_EQ(reason(), "GenesisRejected");
    conditions.set_ceremony_complete();
    conditions.set_ceremony_pending(true, {}, {}, std::nullopt);
    EXPECT_EQ(reason(), "Complete");
    deployment.spec.genesis.reset();
    conditions.seed();
    conditions.set_ceremony_pending(false, {}, {}, std::nullopt);
    EXPECT_EQ(reason(), "Complete") << "also when it is not asked for any more";
}

TEST(SeededConditions, never_replace_what_a_transition_wrote) {
    api::SeiNodeDeployment deployment = a_deployment(1);
    api::SeiNodeDeploymentStatus status;
    DeploymentConditions conditions{deployment, status, {}};
    conditions.set_plan_complete();
    conditions.set_rollout_complete();
    conditions.seed();
    EXPECT_EQ(kube::find_condition(status.conditions, type::kPlanInProgress)->reason, "PlanComplete");
    EXPECT_EQ(kube::find_condition(status.conditions, type::kRolloutInProgress)->reason, "RolloutComplete");
}

}  // namespace
}  // namespace sei::deployment
