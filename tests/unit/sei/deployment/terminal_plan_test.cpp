// A stored plan that has ended already, left by a crash or by another operator, is put away on sight (spec 03 H18).
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "deployment_world.hpp"
#include "kube/meta/condition.hpp"
#include "sei/api/conditions.hpp"
#include "sei/deployment/genesis.hpp"
#include "sei/deployment/template_hash.hpp"

namespace sei::deployment::test {
namespace {

/// The stored plan has ended so, and so has each of its tasks.
void end_stored_plan(DeploymentWorld& world, api::PlanPhase phase, api::TaskStatus tasks) {
    ASSERT_TRUE(world.fleet().status.plan);
    world.edit_status<api::SeiNodeDeployment>("fleet", [&](auto& fleet) {
        fleet.status.plan->phase = phase;
        for (api::PlannedTask& task : fleet.status.plan->tasks) task.status = tasks;
    });
}

/// A fleet in the middle of a rollout, whose operator has stopped.
void stop_in_rollout(DeploymentWorld& world, api::SeiNodeDeployment fleet = DeploymentWorld::a_fleet(2)) {
    world.world.create(std::move(fleet));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    world.edit([](auto& fleet) { fleet.spec.template_.spec.image = "example.com/seid:v2"; });
    ASSERT_TRUE(world.world.run_until([&] { return world.fleet().status.rollout.has_value(); }));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    world.world.stop_operator();
}

TEST(StoredPlanThatIsComplete, of_a_rollout_ends_it_without_being_run_again) {
    DeploymentWorld world;
    stop_in_rollout(world);
    const std::string hash = template_hash(world.fleet().spec.template_.spec);
    end_stored_plan(world, api::PlanPhase::Complete, api::TaskStatus::Complete);
    world.world.start_operator();
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_FALSE(world.fleet().status.plan);
    EXPECT_FALSE(world.fleet().status.rollout);
    EXPECT_EQ(world.fleet().status.templateHash, hash);
    EXPECT_EQ(world.condition(api::deployment_condition::kRolloutInProgress), "False/RolloutComplete");
    EXPECT_EQ(world.condition(api::deployment_condition::kPlanInProgress), "False/PlanComplete");
}

TEST(StoredPlanThatIsComplete, of_a_ceremony_ends_it_without_being_run_again) {
    DeploymentWorld world;
    ASSERT_TRUE(world.stop_in_ceremony(2));
    end_stored_plan(world, api::PlanPhase::Complete, api::TaskStatus::Complete);
    world.sidecar.requests.clear();
    world.world.start_operator();
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_FALSE(world.fleet().status.plan);
    EXPECT_EQ(world.condition(api::deployment_condition::kGenesisCeremonyComplete), "True/Complete");
    EXPECT_EQ(world.condition(api::deployment_condition::kPlanInProgress), "False/PlanComplete");
    EXPECT_TRUE(world.sidecar.requests.empty()) << "no task is submitted or asked about";
}

TEST(StoredPlanThatIsComplete, of_a_rollout_ends_no_ceremony) {
    DeploymentWorld world;
    stop_in_rollout(world, DeploymentWorld::validators(2));
    world.edit_status<api::SeiNodeDeployment>("fleet", [](auto& fleet) { fleet.status.rollout.reset(); });
    world.edit([](auto& fleet) { fleet.spec.genesis.emplace().chainId = "pacific-1"; });
    end_stored_plan(world, api::PlanPhase::Complete, api::TaskStatus::Complete);
    world.world.start_operator();
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_FALSE(
        kube::is_condition_true(world.fleet().status.conditions, api::deployment_condition::kGenesisCeremonyComplete)
    );
}

TEST(StoredPlanThatIsComplete, stays_as_it_is_while_the_fleet_is_paused) {
    DeploymentWorld world;
    stop_in_rollout(world);
    end_stored_plan(world, api::PlanPhase::Complete, api::TaskStatus::Complete);
    world.edit([](auto& fleet) { fleet.spec.paused = true; });
    world.world.start_operator();
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_TRUE(world.fleet().status.plan);
    world.edit([](auto& fleet) { fleet.spec.paused = false; });
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_FALSE(world.fleet().status.plan);
    EXPECT_EQ(world.condition(api::deployment_condition::kRolloutInProgress), "False/RolloutComplete");
}

TEST(StoredPlanThatHasFailed, of_a_rollout_is_told_and_not_begun_again_before_the_spec_changes) {
    DeploymentWorld world;
    stop_in_rollout(world);
    const std::string baseline = world.fleet().status.templateHash;
    end_stored_plan(world, api::PlanPhase::Failed, api::TaskStatus::Failed);
    world.world.start_operator();
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_FALSE(world.fleet().status.plan);
    EXPECT_EQ(world.fleet().status.templateHash, baseline);
    EXPECT_EQ(world.condition(api::deployment_condition::kRolloutInProgress), "False/RolloutFailed");
}

}  // namespace
}  // namespace sei::deployment::test
