// A rollout that makes no progress is told so in time (spec 08 6.1).
#include <gtest/gtest.h>

#include <chrono>

#include "deployment_world.hpp"

namespace sei::deployment::test {
namespace {

constexpr const char* kNewImage = "example.com/seid:v2";

TEST(Rollout, that_made_progress_after_its_deadline_is_told_at_the_next_one) {
    DeploymentWorld world;
    world.world.create(DeploymentWorld::a_fleet(2));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    world.edit([](auto& fleet) {
        fleet.spec.updateStrategy.progressDeadlineSeconds = 10;
        fleet.spec.template_.spec.image = kNewImage;
    });
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    // Nothing else is due so soon.
    const auto pass_the_deadline = [&] {
        world.world.clock().advance_by(std::chrono::seconds{11});
        return world.world.run_until_quiet();
    };
    ASSERT_TRUE(pass_the_deadline()) << world.world.last_reason();
    ASSERT_EQ(world.condition("RolloutInProgress"), "True/ProgressDeadlineExceeded");
    world.edit_status<api::SeiNode>("fleet-0", [](auto& node) {
        node.status.phase = api::NodePhase::Running;
        node.status.currentImage = kNewImage;
        kube::Condition seen;
        seen.type = api::node_condition::kPaused;
        seen.status = kube::ConditionStatus::False;
        seen.reason = api::reason::kNotPaused;
        seen.observedGeneration = node.metadata.generation;
        kube::set_condition(node.status.conditions, seen);
    });
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    ASSERT_EQ(world.condition("RolloutInProgress"), "True/TemplateChanged") << "one of two runs it";
    ASSERT_TRUE(pass_the_deadline()) << world.world.last_reason();
    EXPECT_EQ(world.condition("RolloutInProgress"), "True/ProgressDeadlineExceeded");
}

}  // namespace
}  // namespace sei::deployment::test
