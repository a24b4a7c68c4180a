// A fleet comes up, is rolled to new images, is superseded, gets stuck and recovers: the same on every backend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "integration/deployment_steps.hpp"
#include "kube/meta/condition.hpp"
#include "sei/api/conditions.hpp"
#include "support/world.hpp"

namespace {

using sei::api::DeploymentPhase;
using sei::api::NodePhase;
using support::World;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

using namespace steps;  // NOLINT(google-build-using-namespace)

TEST(Fleet, comes_up_with_a_node_for_each_ordinal) {
    World world;
    const auto created = world.create(world.a_deployment("fleet", 3));
    ASSERT_TRUE(run_until_settled(world, "fleet", kV1));
    const auto nodes = world.nodes();
    ASSERT_EQ(nodes.size(), 3U);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        EXPECT_EQ(nodes[i].metadata.name, "fleet-" + std::to_string(i));
        EXPECT_TRUE(nodes[i].metadata.is_controlled_by(created.uid()));
        EXPECT_EQ(nodes[i].metadata.labels.at("sei.io/nodedeployment"), "fleet");
        EXPECT_EQ(nodes[i].metadata.labels.at("sei.io/nodedeployment-ordinal"), std::to_string(i));
        EXPECT_EQ(nodes[i].metadata.labels.at("sei.io/chain"), "pacific-1");
        EXPECT_EQ(nodes[i].metadata.labels.at("sei.io/revision"), "1");
    }
    const auto deployment = *world.deployment("fleet");
    EXPECT_FALSE(deployment.status.templateHash.empty());
    EXPECT_EQ(deployment.status.replicas, 3);
    EXPECT_EQ(deployment.status.readyReplicas, 3);
    EXPECT_THAT(deployment.status.incumbentNodes, ElementsAre("fleet-0", "fleet-1", "fleet-2"));
    EXPECT_EQ(deployment.status.observedGeneration, 1);
}

TEST(Fleet, tells_its_conditions_in_the_order_of_the_contract) {
    World world;
    world.create(world.a_deployment("fleet", 1));
    ASSERT_TRUE(run_until_settled(world, "fleet", kV1));
    std::vector<std::string> lines;
    for (const auto& one : world.deployment("fleet")->status.conditions) lines.push_back(one.type + "=" + one.reason);
    EXPECT_THAT(
        lines,
        ElementsAre(
            "GenesisCeremonyComplete=NotApplicable",
            "Paused=NotPaused",
            "PlanInProgress=NotStarted",
            "RolloutInProgress=NotStarted",
            "NetworkingReady=NetworkingDisabled",
            "NodesReady=AllNodesReady"
        )
    );
}

TEST(Fleet, writes_nothing_at_rest) {
    World world;
    world.create(world.a_deployment("fleet", 2));
    ASSERT_TRUE(run_until_settled(world, "fleet", kV1));
    ASSERT_TRUE(world.run_until_quiet());
    world.operator_transport().forget_requests();
    ASSERT_TRUE(world.run_one_more_pass_of_everything());
    EXPECT_THAT(writes_of(world), IsEmpty());
}

TEST(Rollout, brings_every_node_to_the_new_image) {
    World world;
    world.create(world.a_deployment("fleet", 3));
    ASSERT_TRUE(run_until_settled(world, "fleet", kV1));
    const std::string baseline = world.deployment("fleet")->status.templateHash;
    std::string target;
    set_image(world, "fleet", kV2);
    ASSERT_TRUE(world.run_until("a rollout is seen", [&] {
        const auto deployment = world.deployment("fleet");
        if (!deployment->status.rollout) return false;
        target = deployment->status.rollout->targetHash;
        return kube::is_condition_true(deployment->status.conditions, "RolloutInProgress");
    }));
    EXPECT_NE(target, baseline);
    ASSERT_TRUE(run_until_settled(world, "fleet", kV2));
    EXPECT_EQ(condition(world, "fleet", "RolloutInProgress"), "False/RolloutComplete");
    EXPECT_EQ(condition(world, "fleet", "PlanInProgress"), "False/PlanComplete");
    EXPECT_EQ(world.deployment("fleet")->status.templateHash, target);
    EXPECT_EQ(world.deployment("fleet")->status.observedGeneration, 2);
    ASSERT_TRUE(world.run_until("its end was told", [&] {
        return std::ranges::any_of(world.deployment_events("fleet"), [](const auto& line) {
            return line.starts_with("PlanComplete");
        });
    }));
    const auto events = world.deployment_events("fleet");
    const auto first = std::ranges::find_if(events, [](const auto& line) { return line.starts_with("Rollout"); });
    EXPECT_THAT(
        std::vector(first, events.end()),
        ElementsAre(
            "RolloutStarted: InPlace rollout started (target: " + target.substr(0, 8) + ")",
            StartsWith("PlanStarted"),
            StartsWith("RolloutComplete"),
            StartsWith("PlanComplete")
        )
    );
}

TEST(Rollout, has_its_plan_stored_before_the_first_node_changes) {
    World world;
    world.create(world.a_deployment("fleet", 2));
    ASSERT_TRUE(run_until_settled(world, "fleet", kV1));
    ASSERT_TRUE(world.run_until_quiet());
    world.operator_transport().forget_requests();
    set_image(world, "fleet", kV2);
    ASSERT_TRUE(run_until_settled(world, "fleet", kV2));
    const auto writes = world.operator_writes();
    const auto plan = std::ranges::find_if(writes, [](const auto& write) {
        return write.path().ends_with("/seinodedeployments/fleet/status") && write.body.contains("update-node-specs");
    });
    const auto image = std::ranges::find_if(writes, [](const auto& write) {
        return write.path().contains("/seinodes/fleet-") && write.body.contains(kV2);
    });
    ASSERT_NE(plan, writes.end());
    ASSERT_NE(image, writes.end());
    EXPECT_LT(plan - writes.begin(), image - writes.begin());
}

TEST(Rollout, is_superseded_in_mid_flight) {
    World world;
    world.create(world.a_deployment("fleet", 2));
    ASSERT_TRUE(run_until_settled(world, "fleet", kV1));
    const std::string h1 = world.deployment("fleet")->status.templateHash;
    world.hold_image(kV2);
    set_image(world, "fleet", kV2);
    ASSERT_TRUE(world.run_until("a rollout to v2 runs", [&] {
        return world.deployment("fleet")->status.rollout.has_value();
    }));
    const std::string h2 = world.deployment("fleet")->status.rollout->targetHash;
    const std::string plan = world.deployment("fleet")->status.plan->id;
    set_image(world, "fleet", kV3);
    ASSERT_TRUE(world.run_until("the target is another", [&] {
        const auto deployment = world.deployment("fleet");
        return deployment->status.rollout && deployment->status.rollout->targetHash != h2;
    }));
    EXPECT_NE(world.deployment("fleet")->status.rollout->targetHash, h1);
    EXPECT_NE(world.deployment("fleet")->status.plan->id, plan);
    world.let_images_run();
    ASSERT_TRUE(run_until_settled(world, "fleet", kV3));
    EXPECT_EQ(condition(world, "fleet", "RolloutInProgress"), "False/RolloutComplete");
    EXPECT_TRUE(world.run_until("the event names the old target", [&] {
        return std::ranges::any_of(world.deployment_events("fleet"), [&](const auto& line) {
            return line.starts_with("RolloutSuperseded") && line.contains(h2);
        });
    }));
}

TEST(Rollout, is_reverted_in_mid_flight) {
    World world;
    world.create(world.a_deployment("fleet", 2));
    ASSERT_TRUE(run_until_settled(world, "fleet", kV1));
    const std::string h1 = world.deployment("fleet")->status.templateHash;
    world.hold_image(kV2);
    set_image(world, "fleet", kV2);
    ASSERT_TRUE(world.run_until("the nodes are to run v2", [&] {
        return std::ranges::all_of(world.nodes(), [](const auto& node) { return node.spec.image == kV2; });
    }));
    set_image(world, "fleet", kV1);
    ASSERT_TRUE(world.run_until("the target is the baseline", [&] {
        const auto deployment = world.deployment("fleet");
        return !deployment->status.rollout || deployment->status.rollout->targetHash == h1;
    }));
    world.let_images_run();
    ASSERT_TRUE(run_until_settled(world, "fleet", kV1));
    EXPECT_EQ(world.deployment("fleet")->status.templateHash, h1);
}

/// Goal: the operator's signature of a stuck rollout does not flap (spec 03 §18.3). Method: no StatefulSet gets on
/// for 10 s, in which everything is woken again and again, and all has to look as at first; then they are let go.
TEST(Rollout, that_is_stuck_holds_its_shape_and_recovers) {
    World world;
    world.create(world.a_deployment("fleet", 2));
    ASSERT_TRUE(run_until_settled(world, "fleet", kV1)) << "the first rollout has recorded the image";
    ASSERT_TRUE(run_until_pods_ready(world)) << "else they get ready while their shape is looked at";
    const auto before = *world.deployment("fleet");
    world.hold_image(kV2);
    set_image(world, "fleet", kV2);
    ASSERT_TRUE(run_until_all_ask_for(world, kV2));
    ASSERT_TRUE(world.run_until_quiet());
    const auto workloads = [&] {
        std::vector<kube::StatefulSetStatus> statuses;
        for (const char* name : {"fleet-0", "fleet-1"}) statuses.push_back(world.stateful_set(name)->status);
        return statuses;
    };
    const auto frozen = workloads();
    const auto first = *world.deployment("fleet");
    ASSERT_TRUE(first.status.rollout);
    ASSERT_TRUE(first.status.plan);
    EXPECT_NE(first.status.rollout->startedAt, kube::Time{});
    int observations = 0;
    const auto as_it_was = [&] {
        ++observations;
        const auto now = *world.deployment("fleet");
        EXPECT_EQ(workloads(), frozen);
        EXPECT_EQ(now.status.phase, DeploymentPhase::Upgrading);
        EXPECT_TRUE(now.status.rollout);
        if (now.status.rollout) EXPECT_EQ(now.status.rollout->startedAt, first.status.rollout->startedAt);
        EXPECT_TRUE(now.status.plan);
        if (now.status.plan) EXPECT_EQ(now.status.plan->id, first.status.plan->id);
        if (now.status.plan) EXPECT_EQ(now.status.plan->phase, sei::api::PlanPhase::Active);
        EXPECT_EQ(condition(now, "PlanInProgress"), "True/PlanStarted");
        EXPECT_EQ(condition(now, "RolloutInProgress"), "True/TemplateChanged");
        EXPECT_EQ(condition(now, "NodesReady"), "True/AllNodesReady");
        EXPECT_EQ(now.status.readyReplicas, 2);
        EXPECT_EQ(now.status.observedGeneration, before.status.observedGeneration);
        EXPECT_EQ(now.status.templateHash, before.status.templateHash);
        EXPECT_FALSE(was_told(world, "fleet", "RolloutComplete"));
        for (const auto& node : world.nodes()) {
            EXPECT_EQ(node.spec.image, kV2);
            EXPECT_EQ(node.status.currentImage, kV1);
        }
        return !::testing::Test::HasFailure();
    };
    const kube::MonotonicTime deadline = world.clock().monotonic() + std::chrono::seconds{10};
    while (world.clock().monotonic() < deadline) ASSERT_TRUE(world.holds_through_passes(1, as_it_was));
    EXPECT_GT(observations, 20);
    world.let_images_run();
    ASSERT_TRUE(run_until_settled(world, "fleet", kV2));
    EXPECT_EQ(condition(world, "fleet", "RolloutInProgress"), "False/RolloutComplete");
}

TEST(Rollout, that_makes_no_progress_crosses_its_deadline) {
    World world;
    auto fleet = world.a_deployment("fleet", 2);
    fleet.spec.updateStrategy.progressDeadlineSeconds = 2;
    world.create(std::move(fleet));
    ASSERT_TRUE(run_until_settled(world, "fleet", kV1));
    world.hold_image(kV2);
    set_image(world, "fleet", kV2);
    ASSERT_TRUE(run_until_condition(world, "fleet", "RolloutInProgress", "True/ProgressDeadlineExceeded"));
    world.let_images_run();
    EXPECT_TRUE(run_until_settled(world, "fleet", kV2));
}

TEST(Rollout, keeps_to_its_bound_in_ordinal_order) {
    World world;
    auto fleet = world.a_deployment("fleet", 3);
    fleet.spec.updateStrategy.maxUnavailable = 1;
    world.create(std::move(fleet));
    ASSERT_TRUE(run_until_settled(world, "fleet", kV1));
    ASSERT_TRUE(run_until_pods_ready(world));
    world.hold_image(kV2);
    set_image(world, "fleet", kV2);
    ASSERT_TRUE(world.run_until("the first node has its turn", [&] { return world.node("fleet-0")->spec.image == kV2; })
    );
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_EQ(world.node("fleet-1")->spec.image, kV1);
    EXPECT_EQ(world.node("fleet-2")->spec.image, kV1);
    world.let_images_run();
    bool was_bound_broken = false;
    ASSERT_TRUE(world.run_until("all have had it", [&] {
        const auto nodes = world.nodes();
        const auto busy = std::ranges::count_if(nodes, [](const auto& node) {
            return node.spec.image == kV2 && node.status.currentImage != kV2;
        });
        was_bound_broken = was_bound_broken || busy > 1;
        return std::ranges::all_of(nodes, [](const auto& node) { return node.status.currentImage == kV2; });
    }));
    EXPECT_FALSE(was_bound_broken);
    EXPECT_TRUE(run_until_settled(world, "fleet", kV2));
}

TEST(Rollout, brings_back_a_node_that_was_deleted_meanwhile) {
    World world;
    world.create(world.a_deployment("fleet", 2));
    ASSERT_TRUE(run_until_settled(world, "fleet", kV1));
    world.hold_image(kV2);
    set_image(world, "fleet", kV2);
    ASSERT_TRUE(world.run_until("the nodes are to run v2", [&] {
        return std::ranges::all_of(world.nodes(), [](const auto& node) { return node.spec.image == kV2; });
    }));
    const std::string uid = world.node("fleet-1")->metadata.uid;
    world.delete_node("fleet-1");
    world.let_images_run();
    ASSERT_TRUE(run_until_settled(world, "fleet", kV2));
    EXPECT_NE(world.node("fleet-1")->metadata.uid, uid);
}

TEST(Pause, reaches_the_nodes_and_defers_a_new_image) {
    World world;
    world.create(world.a_deployment("fleet", 2));
    ASSERT_TRUE(run_until_settled(world, "fleet", kV1));
    const std::string baseline = world.deployment("fleet")->status.templateHash;
    world.edit_deployment("fleet", [](auto& spec) { spec.paused = true; });
    ASSERT_TRUE(run_until_phase(world, "fleet", DeploymentPhase::Paused));
    ASSERT_TRUE(world.run_until("the nodes are paused", [&] {
        return std::ranges::all_of(world.nodes(), [](const auto& node) { return node.spec.paused; });
    }));
    set_image(world, "fleet", kV2);
    ASSERT_TRUE(world.run_until_quiet());
    const auto paused = *world.deployment("fleet");
    EXPECT_FALSE(paused.status.rollout);
    EXPECT_FALSE(paused.status.plan);
    EXPECT_EQ(paused.status.templateHash, baseline);
    for (const auto& node : world.nodes()) EXPECT_EQ(node.spec.image, kV1);
    world.edit_deployment("fleet", [](auto& spec) { spec.paused = false; });
    EXPECT_TRUE(run_until_settled(world, "fleet", kV2));
    for (const auto& node : world.nodes()) EXPECT_FALSE(node.spec.paused);
}

TEST(Pause, freezes_a_plan_in_flight_and_lets_it_go) {
    World world;
    world.create(world.a_deployment("fleet", 2));
    ASSERT_TRUE(run_until_settled(world, "fleet", kV1));
    world.hold_image(kV2);
    set_image(world, "fleet", kV2);
    ASSERT_TRUE(world.run_until("a plan runs", [&] { return world.deployment("fleet")->status.plan.has_value(); }));
    const std::string plan = world.deployment("fleet")->status.plan->id;
    world.edit_deployment("fleet", [](auto& spec) { spec.paused = true; });
    ASSERT_TRUE(world.run_until("the nodes are paused", [&] {
        return std::ranges::all_of(world.nodes(), [](const auto& node) { return node.spec.paused; });
    }));
    ASSERT_TRUE(run_until_phase(world, "fleet", DeploymentPhase::Paused));
    world.edit_deployment("fleet", [](auto& spec) { spec.paused = false; });
    ASSERT_TRUE(world.run_until("the nodes are released", [&] {
        return std::ranges::none_of(world.nodes(), [](const auto& node) { return node.spec.paused; });
    }));
    ASSERT_TRUE(world.deployment("fleet")->status.plan);
    EXPECT_EQ(world.deployment("fleet")->status.plan->id, plan);
    world.let_images_run();
    EXPECT_TRUE(run_until_settled(world, "fleet", kV2));
}

TEST(Scaling, adds_and_takes_away_from_the_end) {
    World world;
    world.create(world.a_deployment("fleet", 1));
    ASSERT_TRUE(run_until_settled(world, "fleet", kV1));
    world.edit_deployment("fleet", [](auto& spec) { spec.replicas = 3; });
    ASSERT_TRUE(world.run_until("there are three", [&] { return world.nodes().size() == 3; }));
    ASSERT_TRUE(run_until_settled(world, "fleet", kV1));
    EXPECT_EQ(condition(world, "fleet", "RolloutInProgress"), "False/NotStarted");
    world.edit_deployment("fleet", [](auto& spec) { spec.replicas = 2; });
    ASSERT_TRUE(world.run_until("there are two", [&] { return world.nodes().size() == 2; }));
    EXPECT_FALSE(world.node("fleet-2"));
    EXPECT_TRUE(run_until_settled(world, "fleet", kV1));
}

TEST(Children, of_somebody_else_are_left_alone) {
    World world;
    auto foreign = world.a_full_node("fleet-1");
    foreign.spec.image = kV3;
    world.create(std::move(foreign));
    world.create(world.a_deployment("fleet", 2));
    ASSERT_TRUE(run_until_condition(world, "fleet", "Stalled", "True/NameTaken"));
    ASSERT_TRUE(world.run_until_running("fleet-0"));
    EXPECT_EQ(world.node("fleet-1")->spec.image, kV3);
    EXPECT_EQ(world.node("fleet-1")->metadata.controller(), nullptr);
    world.delete_node("fleet-1");
    EXPECT_TRUE(run_until_settled(world, "fleet", kV1));
    EXPECT_EQ(condition(world, "fleet", "Stalled"), "False/Progressing");
}

TEST(Children, keep_the_labels_of_other_people) {
    World world;
    world.create(world.a_deployment("fleet", 1));
    ASSERT_TRUE(run_until_settled(world, "fleet", kV1));
    world.change<sei::api::SeiNode>("fleet-0", [](auto& node) { node.metadata.labels["somebody"] = "else"; });
    world.edit_deployment("fleet", [](auto& spec) { spec.template_.metadata = {{{"team", "infra"}}, {}}; });
    ASSERT_TRUE(world.run_until("the template's label is there", [&] {
        return world.node("fleet-0")->metadata.labels.contains("team");
    }));
    EXPECT_EQ(world.node("fleet-0")->metadata.labels.at("somebody"), "else");
    world.edit_deployment("fleet", [](auto& spec) { spec.template_.metadata.reset(); });
    ASSERT_TRUE(world.run_until("the template's label is gone", [&] {
        return !world.node("fleet-0")->metadata.labels.contains("team");
    }));
    EXPECT_EQ(world.node("fleet-0")->metadata.labels.at("somebody"), "else");
}

TEST(Deletion, takes_everything_along) {
    World world;
    world.create(world.a_deployment("fleet", 2));
    ASSERT_TRUE(run_until_settled(world, "fleet", kV1));
    world.delete_deployment("fleet");
    EXPECT_TRUE(world.run_until("all is gone", [&] {
        return !world.deployment("fleet") && world.nodes().empty() && !world.service("fleet-internal");
    }));
}

TEST(Deletion, that_retains_leaves_nodes_that_a_namesake_adopts) {
    World world;
    auto fleet = world.a_deployment("fleet", 2);
    fleet.spec.deletionPolicy = sei::api::DeletionPolicy::Retain;
    const auto created = world.create(fleet);
    ASSERT_TRUE(run_until_settled(world, "fleet", kV1));
    const std::string uid = world.node("fleet-0")->metadata.uid;
    world.delete_deployment("fleet");
    ASSERT_TRUE(world.run_until("the deployment is gone", [&] { return !world.deployment("fleet"); }));
    ASSERT_TRUE(world.run_until_quiet());
    ASSERT_EQ(world.nodes().size(), 2U);
    for (const auto& node : world.nodes()) EXPECT_EQ(node.metadata.controller(), nullptr);
    ASSERT_TRUE(world.service("fleet-internal"));
    EXPECT_EQ(world.service("fleet-internal")->metadata.controller(), nullptr);

    fleet.spec.template_.spec.image = kV2;
    const auto again = world.create(fleet);
    ASSERT_TRUE(run_until_settled(world, "fleet", kV2));
    EXPECT_EQ(world.node("fleet-0")->metadata.uid, uid);
    EXPECT_TRUE(world.node("fleet-0")->metadata.is_controlled_by(again.uid()));
    EXPECT_EQ(condition(world, "fleet", "RolloutInProgress"), "False/RolloutComplete");
}

}  // namespace
