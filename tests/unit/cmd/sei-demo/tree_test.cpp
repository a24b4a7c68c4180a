#include "../../../../cmd/sei-demo/tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sei/api/conditions.hpp"

namespace sei_demo {
namespace {

using sei::api::NodePhase;
using sei::api::PlannedTask;
using sei::api::SeiNode;
using sei::api::TaskStatus;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kV1 = "example.com/seid:v1";
constexpr const char* kV2 = "example.com/seid:v2";

PlannedTask a_task(const std::string& type, TaskStatus status) {
    PlannedTask task;
    task.type = type;
    task.status = status;
    return task;
}

SeiNode a_node(const std::string& name, const std::string& running, const std::string& wanted) {
    SeiNode node;
    node.metadata.name = name;
    node.spec.image = wanted;
    node.status.currentImage = running;
    node.status.phase = NodePhase::Running;
    return node;
}

/// Two nodes, of which the first has the image of the template and the second has not yet.
World a_rollout() {
    World world;
    world.deployment.emplace();
    world.deployment->metadata.name = "fleet";
    world.deployment->spec.replicas = 2;
    world.deployment->spec.template_.spec.image = kV2;
    world.deployment->status.phase = sei::api::DeploymentPhase::Upgrading;
    world.deployment->status.readyReplicas = 2;
    world.deployment->status.rollout.emplace();
    world.deployment->status.plan.emplace();
    world.deployment->status.plan->tasks = {
        a_task("update-node-specs", TaskStatus::Pending), a_task("await-spec-update", TaskStatus::Pending)
    };
    world.nodes = {a_node("fleet-0", kV1, kV2), a_node("fleet-1", kV1, kV1)};
    world.nodes[0].status.plan.emplace();
    world.nodes[0].status.plan->tasks = {
        a_task("apply-statefulset", TaskStatus::Complete),
        a_task("observe-image", TaskStatus::Pending),
        a_task("mark-ready", TaskStatus::Pending)
    };
    world.workloads = {{"fleet-0", {true, false}}, {"fleet-1", {true, true}}};
    return world;
}

TEST(Tree, is_empty_where_there_is_nothing) {
    EXPECT_THAT(tree_of({}), IsEmpty());
}

TEST(Tree, has_plan_and_nodes_below_the_deployment) {
    const auto tree = tree_of(a_rollout());
    ASSERT_EQ(tree.size(), 1u);
    EXPECT_EQ(tree[0].name, "fleet");
    EXPECT_THAT(tree[0].text, HasSubstr("2/2 ready"));
    ASSERT_EQ(tree[0].rows.size(), 3u);
    EXPECT_EQ(tree[0].rows[0].name, "plan");
    EXPECT_EQ(tree[0].rows[1].name, "fleet-0");
    EXPECT_EQ(tree[0].rows[2].name, "fleet-1");
}

TEST(Tree, says_which_nodes_a_task_of_the_deployment_waits_for) {
    const auto tree = tree_of(a_rollout());
    const Row& task = tree[0].rows[0].rows[0];
    EXPECT_EQ(task.mark, Mark::Now);
    EXPECT_EQ(task.waits_for, "the turn of fleet-1");
}

TEST(Tree, says_what_the_task_that_is_due_waits_for) {
    const auto tree = tree_of(a_rollout());
    const Row& plan = tree[0].rows[1].rows.at(0);
    EXPECT_EQ(plan.text, "update 1/3");
    EXPECT_EQ(plan.rows[0].mark, Mark::Done);
    EXPECT_EQ(plan.rows[1].mark, Mark::Now);
    EXPECT_EQ(plan.rows[1].waits_for, "the pod to start v2");
    EXPECT_EQ(plan.rows[2].mark, Mark::Later);
    EXPECT_EQ(plan.rows[2].waits_for, "");
}

TEST(Tree, shows_what_a_node_runs_beside_what_it_is_to_run) {
    const auto tree = tree_of(a_rollout());
    EXPECT_THAT(tree[0].rows[1].text, HasSubstr("v1 -> v2"));
}

TEST(Tree, says_that_a_node_waits_for_its_turn) {
    const auto tree = tree_of(a_rollout());
    EXPECT_EQ(tree[0].rows[2].waits_for, "its turn to get v2");
}

TEST(Tree, says_why_a_node_is_stalled) {
    World world = a_rollout();
    kube::Condition stalled;
    stalled.type = std::string{sei::api::node_condition::kStalled};
    stalled.status = kube::ConditionStatus::True;
    stalled.message = "the pod cannot pull its image";
    world.nodes[0].status.conditions = {stalled};
    EXPECT_EQ(tree_of(world)[0].rows[1].waits_for, "the pod cannot pull its image");
}

TEST(Tree, keeps_the_place_of_a_deployment_that_goes_before_its_nodes) {
    World world = a_rollout();
    world.is_deployment_gone = true;
    const auto tree = tree_of(world);
    EXPECT_EQ(tree[0].text, "deleted");
    EXPECT_EQ(tree[0].rows.size(), 2u);
}

TEST(Tree, shows_a_node_without_a_deployment_by_itself) {
    World world = a_rollout();
    world.deployment.reset();
    const auto tree = tree_of(world);
    ASSERT_EQ(tree.size(), 2u);
    EXPECT_EQ(tree[0].name, "fleet-0");
    EXPECT_EQ(tree[0].rows.at(0).name, "plan");
}

TEST(Tree, knows_the_tag_of_an_image) {
    struct Case {
        const char* behaviour;
        const char* image;
        const char* tag;
    };
    const std::vector<Case> cases{
        {"what follows the last colon", "ghcr.io/sei/seid:v1", "v1"},
        {"a port is no tag", "localhost:5000/seid", "localhost:5000/seid"},
        {"without a tag it is the whole", "seid", "seid"},
    };
    for (const Case& one : cases) {
        SCOPED_TRACE(one.behaviour);
        EXPECT_EQ(tag_of(one.image), one.tag);
    }
}

}  // namespace
}  // namespace sei_demo
