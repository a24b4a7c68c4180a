// When a rollout begins, and whose turn it is (spec 03 §10, spec 08 6.5).
#include "sei/deployment/rollout.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fleet_of_test.hpp"
#include "sei/deployment/template_hash.hpp"
#include "testkit/snapshot_of.hpp"

namespace sei::deployment {
namespace {

using test::a_deployment;
using test::a_node;
using test::kV1;
using test::kV2;
using test::kV3;
using test::nodes_of;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Kind = RolloutDecision::Kind;

TEST(TemplateHash, is_that_of_the_contract) {
    struct Case {
        std::string chain, image, sidecar, hash;
    };
    const std::vector<Case> cases{
        {"pacific-1", kV1, "", "9c13d843e3cbbdb0"},
        {"pacific-1", kV2, "", "753bf0c944503efa"},
        {"pacific-1", kV3, "", "51277ed91a4f8b69"},
        {"pacific-1", kV1, "ghcr.io/sei-protocol/seictl:v0.0.50", "18254661157c92ae"},
        {"pacific-1", "sei:v2.0.0", "seictl:v2", "b798313071451553"},
    };
    for (const Case& one : cases) {
        SCOPED_TRACE(one.hash);
        api::NodeSpec spec;
        spec.chainId = one.chain;
        spec.image = one.image;
        EXPECT_TRUE(one.sidecar.empty() || template_hash(spec) != one.hash);
        spec.sidecar.emplace();
        spec.sidecar->image = one.sidecar;
        EXPECT_EQ(template_hash(spec), one.hash) << "an absent sidecar and an empty image are the same";
    }
}

std::string hash(const std::string& image) {
    return template_hash(a_deployment(1, image).spec.template_.spec);
}

struct DecisionCase {
    std::string behaviour;
    std::string image = kV1;
    std::string baseline;
    std::string target;
    bool is_paused = false;
    bool has_plan = false;
    std::string nodes_ask_for = kV1;
    std::int32_t nodes = 2;
    bool has_failed = false;
    RolloutDecision expected;
};

TEST(Decision, follows_template_and_baseline) {
    const std::vector<DecisionCase> cases{
        {.behaviour = "no baseline and nodes as the template says: nothing to roll", .expected = {}},
        {.behaviour = "the template is what is rolled out", .baseline = hash(kV1), .expected = {}},
        {.behaviour = "another template begins a rollout",
         .image = kV2,
         .baseline = hash(kV1),
         .expected = {Kind::Start, hash(kV1), hash(kV2)}},
        {.behaviour = "nothing is rolled over no nodes", .image = kV2, .baseline = hash(kV1), .nodes = 0, .expected = {}
        },
        {.behaviour = "nothing begins while paused",
         .image = kV2,
         .baseline = hash(kV1),
         .is_paused = true,
         .expected = {}},
        {.behaviour = "nothing is superseded while paused",
         .image = kV3,
         .baseline = hash(kV1),
         .target = hash(kV2),
         .is_paused = true,
         .expected = {}},
        {.behaviour = "a rollout to this target goes on",
         .image = kV2,
         .baseline = hash(kV1),
         .target = hash(kV2),
         .has_plan = true,
         .expected = {}},
        {.behaviour = "a third image supersedes",
         .image = kV3,
         .baseline = hash(kV1),
         .target = hash(kV2),
         .has_plan = true,
         .expected = {Kind::Supersede, hash(kV1), hash(kV3)}},
        {.behaviour = "a return to the baseline supersedes",
         .image = kV1,
         .baseline = hash(kV1),
         .target = hash(kV2),
         .has_plan = true,
         .expected = {Kind::Supersede, hash(kV1), hash(kV1)}},
        {.behaviour = "the plan of a ceremony comes first",
         .image = kV2,
         .baseline = hash(kV1),
         .has_plan = true,
         .expected = {}},
        {.behaviour = "without a baseline the nodes say what they run",
         .image = kV2,
         .nodes_ask_for = kV1,
         .expected = {Kind::Start, hash(kV1), hash(kV2)}},
        {.behaviour = "what failed for this spec is not begun again by itself",
         .image = kV2,
         .baseline = hash(kV1),
         .has_failed = true,
         .expected = {}},
    };
    for (const DecisionCase& one : cases) {
        SCOPED_TRACE(one.behaviour);
        api::SeiNodeDeployment deployment = a_deployment(one.nodes, one.nodes_ask_for);
        const auto nodes = nodes_of(deployment);
        deployment.spec.template_.spec.image = one.image;
        deployment.spec.paused = one.is_paused;
        deployment.status.templateHash = one.baseline;
        if (!one.target.empty())
            deployment.status.rollout = api::RolloutStatus{.targetHash = one.target, .startedAt = {}};
        if (one.has_plan) deployment.status.plan.emplace();
        if (one.has_failed) {
            kube::Condition failed;
            failed.type = api::deployment_condition::kRolloutInProgress;
            failed.status = kube::ConditionStatus::False;
            failed.reason = api::reason::kRolloutFailed;
            failed.observedGeneration = 1;
            kube::set_condition(deployment.status.conditions, std::move(failed));
        }
        EXPECT_EQ(decide_rollout(deployment, nodes), one.expected);
    }
}

TEST(Decision, leaves_the_plan_of_a_ceremony_that_the_reference_left_beside_a_rollout) {
    api::SeiNodeDeployment deployment = a_deployment(2, kV1);
    const auto nodes = nodes_of(deployment);
    deployment.spec.template_.spec.image = kV3;
    deployment.status.templateHash = hash(kV1);
    deployment.status.rollout = api::RolloutStatus{.targetHash = hash(kV2), .startedAt = {}};
    deployment.status.plan.emplace().tasks.emplace_back().type = "assemble-and-upload-genesis";
    EXPECT_EQ(decide_rollout(deployment, nodes), RolloutDecision{});
}

class Turns : public ::testing::Test {
protected:
    Turns() : deployment{a_deployment(3, kV1)}, target{a_deployment(3, kV2).spec.template_.spec} {
        for (int i = 0; i < 3; ++i) nodes.push_back(a_node(deployment, i));
        for (const auto& node : nodes) serving.insert(node.metadata.name);
    }
    std::set<std::string> in_turn(std::optional<std::int32_t> max_unavailable) {
        std::vector<NodeSnapshot> snapshots = testkit::snapshots_of(nodes);
        std::optional<Bound> bound;
        if (max_unavailable) bound = Bound{.max_unavailable = *max_unavailable, .absent = absent, .serving = serving};
        return nodes_to_roll(snapshots, target, bound);
    }
    /// It was rolled, and runs the new image.
    void roll(std::size_t i) {
        nodes[i].spec.image = kV2;
        nodes[i].status.currentImage = kV2;
    }
    api::SeiNodeDeployment deployment;
    api::NodeSpec target;
    std::vector<api::SeiNode> nodes;
    std::set<std::string> serving;
    std::int32_t absent = 0;
};

TEST_F(Turns, come_all_at_once_without_a_bound) {
    EXPECT_THAT(in_turn(std::nullopt), ElementsAre("web-0", "web-1", "web-2"));
}
TEST_F(Turns, come_in_ordinal_order_with_a_bound) {
    EXPECT_THAT(in_turn(1), ElementsAre("web-0"));
    EXPECT_THAT(in_turn(2), ElementsAre("web-0", "web-1"));
}
TEST_F(Turns, wait_for_the_node_before_to_run_the_image) {
    nodes[0].spec.image = kV2;
    EXPECT_THAT(in_turn(1), ElementsAre("web-0"));
    roll(0);
    EXPECT_THAT(in_turn(1), ElementsAre("web-0", "web-1"));
}
TEST_F(Turns, wait_for_the_plan_of_the_node_before) {
    roll(0);
    nodes[0].status.plan.emplace();
    EXPECT_THAT(in_turn(1), ElementsAre("web-0"));
}
TEST_F(Turns, wait_for_the_controller_to_have_seen_the_spec) {
    roll(0);
    nodes[0].metadata.generation = 2;
    EXPECT_THAT(in_turn(1), ElementsAre("web-0"));
}
TEST_F(Turns, wait_for_the_pod_of_the_node_before_to_be_ready) {
    roll(0);
    serving.erase("web-0");
    EXPECT_THAT(in_turn(1), ElementsAre("web-0"));
}
TEST_F(Turns, wait_for_a_node_that_is_unwell_to_recover) {
    roll(0);
    test::set(nodes[0], api::node_condition::kPodReady, kube::ConditionStatus::False, api::reason::kCrashLooping);
    EXPECT_THAT(in_turn(1), ElementsAre("web-0"));
}
TEST_F(Turns, do_not_wait_for_a_node_that_was_told_to_halt) {
    roll(0);
    nodes[0].spec.overrides["chain.halt_height"] = "1000";
    test::set(nodes[0], api::node_condition::kPodReady, kube::ConditionStatus::False, api::reason::kNotReady);
    EXPECT_THAT(in_turn(1), ElementsAre("web-0", "web-1"));
}
TEST_F(Turns, come_at_once_for_a_node_that_does_not_serve_anyway) {
    nodes[2].status.phase = api::NodePhase::Failed;
    EXPECT_THAT(in_turn(1), ElementsAre("web-2"));
}
TEST_F(Turns, come_one_by_one_in_a_fleet_that_does_not_serve) {
    serving.clear();
    EXPECT_THAT(in_turn(1), ElementsAre("web-0"));
    EXPECT_THAT(in_turn(2), ElementsAre("web-0", "web-1"));
}
TEST_F(Turns, do_not_come_to_an_unready_node_while_another_is_on_its_way) {
    nodes[0].spec.image = kV2;
    serving = {"web-2"};
    EXPECT_THAT(in_turn(1), ElementsAre("web-0"));
}

TEST_F(Turns, do_not_come_while_a_node_is_gone_that_is_made_again_with_the_new_image) {
    absent = 1;
    nodes.pop_back();
    EXPECT_THAT(in_turn(1), ElementsAre());
    EXPECT_THAT(in_turn(2), ElementsAre("web-0"));
}

/// Of three nodes the first runs the target, and the second is asked to.
class ProgressOfThree : public ::testing::Test {
protected:
    ProgressOfThree() {
        const auto deployment = a_deployment(3, kV1);
        for (int i = 0; i < 3; ++i) nodes.push_back(a_node(deployment, i));
        nodes[0].spec.image = nodes[0].status.currentImage = kV2;
        nodes[1].spec.image = kV2;
    }
    [[nodiscard]] RolloutProgress progress(const std::optional<Bound>& bound) const {
        return progress_of(testkit::snapshots_of(nodes), a_deployment(3, kV2).spec.template_.spec, bound);
    }
    std::vector<api::SeiNode> nodes;
};

TEST_F(ProgressOfThree, names_the_first_node_in_trouble) {
    nodes[2].spec.image = kV2;
    test::set(nodes[2], api::node_condition::kPodReady, kube::ConditionStatus::False, api::reason::kImagePullFailed);
    const RolloutProgress unbounded = progress(std::nullopt);
    EXPECT_EQ(unbounded.updated, 1);
    EXPECT_EQ(unbounded.total, 3);
    EXPECT_EQ(unbounded.trouble, "web-2: ImagePullFailed: because");
}

TEST_F(ProgressOfThree, names_the_first_node_that_is_waited_for) {
    EXPECT_EQ(progress(std::nullopt).awaited, "web-1");
    EXPECT_EQ(progress(Bound{.serving = {"web-1", "web-2"}}).awaited, "web-0, whose pod is not ready");
    test::set(nodes[0], api::node_condition::kPodReady, kube::ConditionStatus::False, api::reason::kCrashLooping);
    const RolloutProgress bounded = progress(Bound{.serving = {"web-1"}});
    EXPECT_EQ(bounded.trouble, "web-0: CrashLooping: because");
    EXPECT_EQ(bounded.updated, 1);
}

TEST(Progress, moves_its_deadline_and_never_its_start) {
    const kube::Time start{std::chrono::sys_seconds{std::chrono::seconds{1'750'000'000}}};
    const auto after = [&](int seconds) { return kube::Time{start.at + std::chrono::seconds{seconds}}; };
    const auto of_three = [](std::int32_t updated) { return RolloutProgress{.updated = updated, .total = 3}; };
    api::RolloutStatus rollout{.targetHash = "h", .startedAt = start};
    api::UpdateStrategy strategy;
    EXPECT_EQ(progress_deadline(rollout, strategy), after(600)) << "ten minutes by default";
    strategy.progressDeadlineSeconds = 60;
    record_progress(rollout, of_three(0), after(10));
    EXPECT_EQ(progress_deadline(rollout, strategy), after(60));
    record_progress(rollout, of_three(1), after(50));
    EXPECT_EQ(progress_deadline(rollout, strategy), after(110));
    record_progress(rollout, of_three(1), after(70));
    record_progress(rollout, of_three(0), after(80));
    EXPECT_EQ(progress_deadline(rollout, strategy), after(110)) << "going back is no progress";
    record_progress(rollout, of_three(1), after(90));
    EXPECT_EQ(progress_deadline(rollout, strategy), after(110)) << "nor is coming back from there";
    rollout.updatedNodes = 5;
    record_progress(rollout, of_three(1), after(100));
    EXPECT_EQ(rollout.updatedNodes, 1) << "there were six";
    record_progress(rollout, of_three(2), after(105));
    EXPECT_EQ(progress_deadline(rollout, strategy), after(165)) << "of those that are left one more has arrived";
    EXPECT_EQ(rollout.startedAt, start);
}

TEST(NodeOfRollout, does_not_run_its_template_while_its_plan_has_failed) {
    const api::SeiNodeDeployment deployment = a_deployment(1);
    api::SeiNode node = a_node(deployment, 0);
    EXPECT_TRUE(runs(node, deployment.spec.template_.spec));
    node.status.plan.emplace().phase = api::PlanPhase::Failed;
    EXPECT_FALSE(runs(node, deployment.spec.template_.spec)) << "it is tried again (spec 08 3.7)";
}

TEST(NodeOfRollout, does_not_run_a_template_that_cannot_be_served) {
    api::SeiNodeDeployment deployment = a_deployment(1);
    deployment.spec.template_.spec.fullNode.reset();
    EXPECT_FALSE(runs(a_node(deployment, 0), deployment.spec.template_.spec));
}

TEST(NodeOfRollout, is_named_with_the_failure_of_its_update) {
    api::SeiNode node = a_node(a_deployment(1), 0);
    EXPECT_EQ(trouble_of(node), "");
    test::set(
        node, api::node_condition::kNodeUpdateInProgress, kube::ConditionStatus::False, api::reason::kUpdateFailed
    );
    EXPECT_EQ(trouble_of(node), "") << "it is over";
    node.status.plan.emplace().phase = api::PlanPhase::Failed;
    EXPECT_EQ(trouble_of(node), "UpdateFailed: because");
}

TEST(NodeOfRollout, is_excused_by_a_halt_from_being_unready_and_from_nothing_else) {
    api::SeiNode node = a_node(a_deployment(1), 0);
    node.spec.overrides["chain.halt_height"] = "100";
    test::set(node, api::node_condition::kPodReady, kube::ConditionStatus::False, api::reason::kNotReady);
    EXPECT_TRUE(is_ready(node));
    test::set(node, api::node_condition::kPodReady, kube::ConditionStatus::False, api::reason::kImagePullFailed);
    EXPECT_FALSE(is_ready(node));
}

TEST(DecideRollout, leaves_the_nodes_of_a_ceremony_that_is_not_complete_to_genesis) {
    api::SeiNodeDeployment deployment = a_deployment(1, kV1);
    deployment.spec.genesis.emplace();
    deployment.status.templateHash = hash(kV1);
    api::SeiNode node = a_node(deployment, 0);
    node.spec.validator.emplace().genesisCeremony.emplace();
    deployment.spec.template_.spec.image = kV2;
    const std::vector<NodeSnapshot> nodes{testkit::snapshot_of(node)};
    EXPECT_EQ(decide_rollout(deployment, nodes).kind, Kind::None) << "spec 03 §11.1";
    kube::Condition complete;
    complete.type = api::deployment_condition::kGenesisCeremonyComplete;
    complete.status = kube::ConditionStatus::True;
    deployment.status.conditions.push_back(complete);
    EXPECT_EQ(decide_rollout(deployment, nodes).kind, Kind::Start);
}

}  // namespace
}  // namespace sei::deployment
