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
    EXPECT_FALSE(deployment.status.rollout);
    EXPECT_FALSE(deployment.status.plan);
    EXPECT_EQ(condition(deployment, "RolloutInProgress"), "False/NotStarted");
}

TEST(Fleet, tells_its_conditions_in_the_order_of_the_contract) {
    World world;
    ASSERT_TRUE(run_until_fleet_runs(world, 1));
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
    ASSERT_TRUE(run_until_fleet_runs(world, 2));
    ASSERT_TRUE(world.run_until_quiet());
    world.operator_transport().forget_requests();
    ASSERT_TRUE(world.run_one_more_pass_of_everything());
    EXPECT_THAT(writes_of(world), IsEmpty());
}

TEST(Rollout, brings_every_node_to_the_new_image) {
    World world;
    ASSERT_TRUE(run_until_fleet_runs(world, 3));
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
    EXPECT_FALSE(target.empty());
    ASSERT_TRUE(run_until_settled(world, "fleet", kV2));
    EXPECT_FALSE(world.deployment("fleet")->status.rollout);
    EXPECT_FALSE(world.deployment("fleet")->status.plan);
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
    ASSERT_TRUE(run_until_fleet_runs(world, 2));
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

TEST(Rollout, asks_each_node_once) {
    World world;
    ASSERT_TRUE(run_until_rollout_is_held(world, 2));
    ASSERT_TRUE(run_until_all_ask_for(world, kV2));
    EXPECT_TRUE(world.holds_through_passes(3, [] { return true; }));
    world.let_images_run();
    ASSERT_TRUE(run_until_settled(world, "fleet", kV2));
    std::vector<std::string> asked;
    for (const auto& write : world.operator_writes()) {
        const std::string path = write.path();
        if (path.contains("/seinodes/fleet-") && !path.ends_with("/status") && write.body.contains(kV2))
            asked.push_back(path.substr(path.rfind('/') + 1));
    }
    EXPECT_THAT(asked, ElementsAre("fleet-0", "fleet-1")) << "a node that asks for the image already is left alone";
}

TEST(Rollout, keeps_its_target_and_start_when_something_else_is_edited) {
    World world;
    ASSERT_TRUE(run_until_rollout_is_held(world, 2));
    ASSERT_TRUE(run_until_all_ask_for(world, kV2));
    ASSERT_TRUE(world.run_until_quiet());
    const auto before = *world.deployment("fleet");
    world.edit_deployment("fleet", [](auto& spec) { spec.template_.spec.podLabels["tier"] = "public"; });
    ASSERT_TRUE(world.run_until("the edit is at the nodes", [&] {
        return std::ranges::all_of(world.nodes(), [](const auto& node) {
            return node.spec.podLabels.contains("tier");
        });
    }));
    ASSERT_TRUE(world.run_until_quiet());
    const auto after = *world.deployment("fleet");
    EXPECT_EQ(after.status.rollout, before.status.rollout);
    EXPECT_EQ(after.status.plan, before.status.plan);
    EXPECT_FALSE(was_told(world, "fleet", "RolloutSuperseded"));
    world.let_images_run();
    EXPECT_TRUE(run_until_settled(world, "fleet", kV2));
}

/// No task of a rollout fails for good by itself; a stored plan says so when somebody else's hand was in it.
TEST(Rollout, that_failed_is_told_and_begins_again_with_another_spec) {
    World world;
    ASSERT_TRUE(run_until_rollout_is_held(world, 2));
    ASSERT_TRUE(world.run_until_quiet());
    const std::string baseline = world.deployment("fleet")->status.templateHash;
    world.stop_operator();
    const auto read = world.run(world.client().get<sei::api::SeiNodeDeployment>(world.key("fleet")));
    ASSERT_TRUE(read);
    auto status = (*read)->status;
    status.plan->phase = sei::api::PlanPhase::Failed;
    ASSERT_TRUE(world.run(world.client().write_status(*read, std::move(status))));
    world.start_operator();
    ASSERT_TRUE(run_until_condition(world, "fleet", "RolloutInProgress", "False/RolloutFailed"));
    const auto failed = *world.deployment("fleet");
    EXPECT_FALSE(failed.status.rollout);
    EXPECT_FALSE(failed.status.plan);
    EXPECT_EQ(condition(failed, "PlanInProgress"), "False/PlanFailed");
    EXPECT_EQ(failed.status.templateHash, baseline) << "what failed is not what the fleet runs";
    EXPECT_TRUE(run_until_told(world, "fleet", "PlanFailed: "));
    world.let_images_run();
    set_image(world, "fleet", kV3);
    EXPECT_TRUE(run_until_settled(world, "fleet", kV3));
}

TEST(Rollout, is_superseded_in_mid_flight) {
    World world;
    ASSERT_TRUE(run_until_fleet_runs(world, 2));
    const std::string h1 = world.deployment("fleet")->status.templateHash;
    world.hold_image(kV2);
    set_image(world, "fleet", kV2);
    ASSERT_TRUE(world.run_until("a rollout to v2 runs", [&] {
        return world.deployment("fleet")->status.rollout.has_value();
    }));
    const std::string h2 = world.deployment("fleet")->status.rollout->targetHash;
    const std::string plan = world.deployment("fleet")->status.plan->id;
    EXPECT_NE(h2, h1);
    EXPECT_TRUE(world.holds_through_passes(3, [&] {
        const auto deployment = *world.deployment("fleet");
        return deployment.status.rollout && deployment.status.rollout->targetHash == h2 &&
               condition(deployment, "RolloutInProgress") == "True/TemplateChanged";
    })) << "in flight for as long as no StatefulSet gets on";
    set_image(world, "fleet", kV3);
    ASSERT_TRUE(world.run_until("the target is another", [&] {
        const auto deployment = world.deployment("fleet");
        return deployment->status.rollout && deployment->status.rollout->targetHash != h2;
    }));
    EXPECT_NE(world.deployment("fleet")->status.rollout->targetHash, h1);
    EXPECT_NE(world.deployment("fleet")->status.plan->id, plan);
    EXPECT_EQ(condition(world, "fleet", "RolloutInProgress"), "True/TemplateChanged");
    world.let_images_run();
    ASSERT_TRUE(run_until_settled(world, "fleet", kV3));
    EXPECT_EQ(condition(world, "fleet", "RolloutInProgress"), "False/RolloutComplete");
    EXPECT_TRUE(run_until_told(
        world, "fleet", "RolloutSuperseded: Spec changed during active rollout, replacing plan (old target: " + h2 + ")"
    ));
}

TEST(Rollout, is_reverted_in_mid_flight) {
    World world;
    ASSERT_TRUE(run_until_fleet_runs(world, 2));
    const std::string h1 = world.deployment("fleet")->status.templateHash;
    world.hold_image(kV2);
    set_image(world, "fleet", kV2);
    ASSERT_TRUE(run_until_all_ask_for(world, kV2));
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
/// for 10 s, in which everything is woken again and again, and all has to look as at first; then they are let go. Ready
/// nodes that ask for another image than they run, in phase Upgrading, are what tells it from a pause.
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
    const auto nodes_ready = [](const sei::api::SeiNodeDeployment& deployment) {
        const kube::Condition* found = kube::find_condition(deployment.status.conditions, "NodesReady");
        return found == nullptr ? "absent" : std::string{sei::api::word_of(found->status)} + " " + found->message;
    };
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
        EXPECT_EQ(condition(now, "Paused"), "False/NotPaused");
        EXPECT_EQ(nodes_ready(now), "True 2/2 nodes ready");
        EXPECT_EQ(nodes_ready(now), nodes_ready(before));
        EXPECT_EQ(now.status.readyReplicas, 2);
        EXPECT_EQ(now.status.readyReplicas, before.status.readyReplicas);
        EXPECT_EQ(now.status.observedGeneration, before.status.observedGeneration);
        EXPECT_EQ(now.status.templateHash, before.status.templateHash);
        EXPECT_FALSE(was_told(world, "fleet", "RolloutComplete"));
        EXPECT_EQ(now.status, first.status) << "in nothing else either";
        const auto nodes = world.nodes();
        EXPECT_EQ(nodes.size(), 2U);
        for (const auto& node : nodes) {
            EXPECT_EQ(node.spec.image, kV2);
            EXPECT_EQ(node.status.currentImage, kV1);
            EXPECT_EQ(node.status.phase, NodePhase::Running);
        }
        return !::testing::Test::HasFailure();
    };
    ASSERT_TRUE(world.holds_for(std::chrono::seconds{10}, as_it_was));
    EXPECT_GT(observations, 20);
    world.let_images_run();
    ASSERT_TRUE(run_until_settled(world, "fleet", kV2));
    EXPECT_FALSE(world.deployment("fleet")->status.rollout);
    EXPECT_FALSE(world.deployment("fleet")->status.plan);
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
    ASSERT_TRUE(run_until_condition(world, "fleet", "RolloutInProgress", "True/TemplateChanged"));
    const auto started_at = world.deployment("fleet")->status.rollout->startedAt;
    ASSERT_TRUE(run_until_condition(world, "fleet", "RolloutInProgress", "True/ProgressDeadlineExceeded"));
    EXPECT_THAT(message_of(world, "fleet", "RolloutInProgress"), HasSubstr("; waiting for fleet-0"));
    EXPECT_EQ(world.deployment("fleet")->status.rollout->startedAt, started_at);
    world.let_images_run();
    EXPECT_TRUE(run_until_settled(world, "fleet", kV2));
}

TEST(Rollout, keeps_to_its_bound_in_ordinal_order) {
    World world;
    ASSERT_TRUE(run_until_bounded_fleet_runs(world, 3));
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
    ASSERT_TRUE(run_until_rollout_is_held(world, 2));
    ASSERT_TRUE(run_until_all_ask_for(world, kV2));
    const std::string uid = world.node("fleet-1")->metadata.uid;
    world.delete_node("fleet-1");
    world.let_images_run();
    ASSERT_TRUE(run_until_settled(world, "fleet", kV2));
    EXPECT_NE(world.node("fleet-1")->metadata.uid, uid);
}

TEST(Pause, reaches_the_nodes_and_defers_a_new_image) {
    World world;
    ASSERT_TRUE(run_until_fleet_runs(world, 2));
    EXPECT_EQ(condition(world, "fleet", "Paused"), "False/NotPaused");
    const std::string baseline = world.deployment("fleet")->status.templateHash;
    world.edit_deployment("fleet", [](auto& spec) { spec.paused = true; });
    ASSERT_TRUE(run_until_condition(world, "fleet", "Paused", "True/Paused"));
    ASSERT_TRUE(run_until_phase(world, "fleet", DeploymentPhase::Paused));
    ASSERT_TRUE(run_until_all_paused(world, true));
    set_image(world, "fleet", kV2);
    const auto is_deferred = [&] {
        const auto paused = *world.deployment("fleet");
        EXPECT_FALSE(paused.status.rollout);
        EXPECT_FALSE(paused.status.plan);
        EXPECT_EQ(condition(paused, "RolloutInProgress"), "False/NotStarted");
        EXPECT_EQ(paused.status.templateHash, baseline);
        EXPECT_EQ(paused.status.phase, DeploymentPhase::Paused);
        for (const auto& node : world.nodes()) EXPECT_EQ(node.spec.image, kV1);
        return !::testing::Test::HasFailure();
    };
    ASSERT_TRUE(world.holds_through_passes(10, is_deferred));
    EXPECT_EQ(world.deployment("fleet")->status.observedGeneration, world.deployment("fleet")->metadata.generation);
    world.edit_deployment("fleet", [](auto& spec) { spec.paused = false; });
    ASSERT_TRUE(run_until_all_paused(world, false));
    ASSERT_TRUE(run_until_told(world, "fleet", "RolloutStarted: "));
    ASSERT_TRUE(run_until_all_ask_for(world, kV2));
    EXPECT_TRUE(run_until_settled(world, "fleet", kV2));
    EXPECT_EQ(condition(world, "fleet", "Paused"), "False/NotPaused");
}

TEST(Pause, freezes_a_plan_in_flight_and_lets_it_go) {
    std::vector<std::string> plan_conditions;
    World world;
    ASSERT_TRUE(run_until_rollout_is_held(world, 2));
    ASSERT_TRUE(run_until_all_ask_for(world, kV2));
    ASSERT_TRUE(run_until_condition(world, "fleet", "PlanInProgress", "True/PlanStarted"));
    world.on_deployment_change([&](const auto*, const auto* after) {
        if (after != nullptr && after->metadata.name == "fleet" && after->metadata.namespace_ == world.namespace_name())
            plan_conditions.push_back(condition(*after, "PlanInProgress"));
    });
    world.edit_deployment("fleet", [](auto& spec) { spec.paused = true; });
    ASSERT_TRUE(run_until_all_paused(world, true));
    ASSERT_TRUE(run_until_phase(world, "fleet", DeploymentPhase::Paused));
    ASSERT_TRUE(world.run_until_quiet());
    const auto paused = *world.deployment("fleet");
    ASSERT_TRUE(paused.status.plan);
    EXPECT_TRUE(world.holds_through_passes(5, [&] { return world.deployment("fleet")->status == paused.status; }))
        << "rollout, plan and conditions are frozen as they are";
    world.edit_deployment("fleet", [](auto& spec) { spec.paused = false; });
    ASSERT_TRUE(run_until_all_paused(world, false));
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_EQ(world.deployment("fleet")->status.plan->id, paused.status.plan->id);
    EXPECT_EQ(world.deployment("fleet")->status.rollout->startedAt, paused.status.rollout->startedAt);
    EXPECT_GE(plan_conditions.size(), 3U) << "two edits, and at least one status";
    EXPECT_THAT(plan_conditions, Each("True/PlanStarted"));
    world.let_images_run();
    EXPECT_TRUE(run_until_settled(world, "fleet", kV2));
}

TEST(Scaling, adds_and_takes_away_from_the_end) {
    World world;
    ASSERT_TRUE(run_until_fleet_runs(world, 1));
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
    ASSERT_TRUE(run_until_fleet_runs(world, 1));
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

TEST(Children, carry_the_labels_of_the_template_below_the_operators_own) {
    World world;
    auto fleet = world.a_deployment("fleet", 1);
    fleet.spec.template_.metadata = {
        {{"team", "infra"},
         {"tier", "metadata"},
         {"sei.io/nodedeployment", "theirs"},
         {"sei.io/nodedeployment-ordinal", "7"},
         {"sei.io/revision", "theirs"},
         {"sei.io/chain", "theirs"}},
        {}
    };
    fleet.spec.template_.spec.podLabels = {{"tier", "pods"}, {"sei.io/nodedeployment", "theirs"}};
    world.create(std::move(fleet));
    ASSERT_TRUE(run_until_settled(world, "fleet", kV1));
    const auto node = *world.node("fleet-0");
    const kube::StringMap expected{
        {"team", "infra"},
        {"tier", "metadata"},
        {"sei.io/nodedeployment", "fleet"},
        {"sei.io/nodedeployment-ordinal", "0"},
        {"sei.io/revision", "1"},
        {"sei.io/chain", "pacific-1"}
    };
    EXPECT_EQ(node.metadata.labels, expected);
    EXPECT_THAT(node.metadata.annotations, IsEmpty());
    EXPECT_EQ(node.spec.podLabels.at("team"), "infra");
    EXPECT_EQ(node.spec.podLabels.at("tier"), "pods");
    EXPECT_EQ(node.spec.podLabels.at("sei.io/nodedeployment"), "fleet");
}

TEST(Deletion, takes_everything_along) {
    World world;
    ASSERT_TRUE(run_until_fleet_runs(world, 2));
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

TEST(Deletion, that_retains_does_not_miss_a_service_that_is_gone) {
    World world;
    auto fleet = world.a_deployment("fleet", 1);
    fleet.spec.deletionPolicy = sei::api::DeletionPolicy::Retain;
    world.create(std::move(fleet));
    ASSERT_TRUE(run_until_settled(world, "fleet", kV1));
    ASSERT_TRUE(world.run_until("its Service is seen", [&] { return world.service("fleet-internal").has_value(); }));
    world.stop_operator();
    const kube::Uid uid{world.service("fleet-internal")->metadata.uid};
    (void)world.run(
        world.client().delete_object<kube::Service>(world.key("fleet-internal"), {.uid = uid, .resource_version = {}})
    );
    ASSERT_TRUE(world.run_until("its Service is gone", [&] { return !world.service("fleet-internal"); }));
    world.delete_deployment("fleet");
    world.start_operator();
    ASSERT_TRUE(world.run_until("the deployment is gone", [&] { return !world.deployment("fleet"); }));
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_FALSE(world.service("fleet-internal")) << "it is not made again on the way out";
    EXPECT_EQ(world.nodes().size(), 1U);
}

}  // namespace
