// A deployment whose spec was lost is no order to take its fleet away (spec 01 §1).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "deployment_world.hpp"
#include "kube/meta/condition.hpp"
#include "kube/types/service.hpp"
#include "sei/api/conditions.hpp"

namespace sei::deployment::test {
namespace {

/// All of it, or null.
void write_spec(DeploymentWorld& world, kube::json::Value spec) {
    kube::json::Object patch;
    patch["spec"] = std::move(spec);
    (void)world.world.run(
        kube::detail::unguarded(world.world.person())
            .merge_patch(
                kube::KindOf<api::SeiNodeDeployment>::type, DeploymentWorld::key("fleet"), "", std::move(patch)
            )
    );
}

TEST(DeploymentWithoutSpec, is_told_so_and_its_fleet_is_left_alone) {
    DeploymentWorld world;
    auto fleet = DeploymentWorld::a_fleet(2);
    fleet.spec.networking.emplace();
    world.world.create(std::move(fleet));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    world.edit([](auto& edited) { edited.spec.template_.spec.image = "example.com/seid:v2"; });
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    world.edit([](auto& edited) { edited.spec.paused = true; });
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    const api::SeiNodeDeployment before = world.fleet();
    ASSERT_TRUE(before.status.rollout);

    write_spec(world, nullptr);
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    const api::SeiNodeDeployment after = world.fleet();
    EXPECT_EQ(world.condition(api::deployment_condition::kStalled), "True/SpecRejected");
    EXPECT_EQ(after.status.rollout, before.status.rollout);
    EXPECT_EQ(after.status.plan, before.status.plan);
    EXPECT_EQ(after.status.phase, before.status.phase);
    EXPECT_EQ(after.status.replicas, 2);
    EXPECT_EQ(after.status.observedGeneration, before.status.observedGeneration);
    ASSERT_EQ(world.nodes().size(), 2U);
    for (const auto& node : world.nodes()) EXPECT_TRUE(node->spec.paused);
    EXPECT_TRUE(world.world.get<kube::Service>(DeploymentWorld::key("fleet-external")));

    api::SeiNodeDeploymentSpec again = before.spec;
    again.paused = false;
    write_spec(world, kube::json::to_json(again));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_FALSE(kube::is_condition_true(world.fleet().status.conditions, api::deployment_condition::kStalled));
    for (const auto& node : world.nodes()) EXPECT_FALSE(node->spec.paused);
}

TEST(DeploymentWithoutSpec, has_the_conditions_and_the_phase_that_each_has) {
    DeploymentWorld world;
    kube::json::Object bare;
    bare["apiVersion"] = "sei.io/v1alpha1";
    bare["kind"] = "SeiNodeDeployment";
    bare["metadata"] = kube::json::Object{{"name", "fleet"}, {"namespace", "default"}};
    (void)world.world.run(kube::detail::unguarded(world.world.person())
                              .create(kube::KindOf<api::SeiNodeDeployment>::type, "default", std::move(bare)));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    const api::SeiNodeDeployment fleet = world.fleet();
    std::vector<std::string> told;
    for (const kube::Condition& condition : fleet.status.conditions) {
        told.push_back(condition.type + " " + condition.reason);
        EXPECT_EQ(condition.observedGeneration, fleet.metadata.generation) << condition.type;
    }
    EXPECT_THAT(
        told,
        ::testing::ElementsAre(
            "GenesisCeremonyComplete NotApplicable",
            "Paused NotPaused",
            "PlanInProgress NotStarted",
            "RolloutInProgress NotStarted",
            "NetworkingReady NetworkingDisabled",
            "NodesReady AllNodesReady",
            "Stalled SpecRejected"
        )
    );
    EXPECT_EQ(fleet.status.phase, api::DeploymentPhase::Pending);
    EXPECT_EQ(fleet.status.observedGeneration, 0);
    EXPECT_TRUE(world.nodes().empty());
    EXPECT_FALSE(world.world.get<kube::Service>(DeploymentWorld::key("fleet-internal")));
}

}  // namespace
}  // namespace sei::deployment::test
