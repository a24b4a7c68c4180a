// Somebody gives a node of a fleet a sidecar of their own: it holds up no rollout (spec 03 §7.2).
#include <gtest/gtest.h>

#include "integration/deployment_steps.hpp"
#include "support/world.hpp"

namespace {

using namespace steps;  // NOLINT(google-build-using-namespace)
using support::World;

TEST(OthersSidecar, holds_up_no_rollout) {
    World world;
    ASSERT_TRUE(run_until_fleet_runs(world, 1));
    world.edit("fleet-0", [](auto& spec) { spec.sidecar.emplace().image = "example.com/sidecar:theirs"; });
    set_image(world, "fleet", kV2);
    ASSERT_TRUE(run_until_settled(world, "fleet", kV2));
    EXPECT_EQ(condition(world, "fleet", "RolloutInProgress"), "False/RolloutComplete");
    EXPECT_FALSE(world.node("fleet-0")->spec.sidecar);
}

/// The node's own plan for what the removal changes is its affair.
TEST(OthersSidecar, is_removed_once) {
    World world;
    ASSERT_TRUE(run_until_fleet_runs(world, 1));
    world.edit("fleet-0", [](auto& spec) { spec.sidecar.emplace().image = "example.com/sidecar:theirs"; });
    ASSERT_TRUE(world.run_until("it is removed", [&] { return !world.node("fleet-0")->spec.sidecar; }));
    ASSERT_TRUE(world.run_until_quiet());
    const auto writes = world.operator_writes().size();
    for (int pass = 0; pass < 3; ++pass) ASSERT_TRUE(world.run_one_more_pass_of_everything());
    EXPECT_EQ(world.operator_writes().size(), writes);
}

}  // namespace
