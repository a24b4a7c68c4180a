// The target of a rollout changes at every moment that a rollout has, and however often: the same on every backend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "integration/deployment_steps.hpp"
#include "support/world.hpp"

namespace {

using namespace steps;  // NOLINT(google-build-using-namespace)
using support::World;

struct Moment {
    std::string name;
    /// Is the rollout to v2 held, so that the moment cannot pass?
    bool is_held = false;
    std::function<bool(const World&)> has_come;
};

const std::vector<Moment>& moments() {
    static const std::vector<Moment> kMoments{
        {"before_anything_was_seen_of_it", false, [](const World&) { return true; }},
        {"once_it_is_stored",
         true,
         [](const World& world) { return world.deployment("fleet")->status.plan.has_value(); }},
        {"when_one_node_is_to_run_it",
         true,
         [](const World& world) {
             return std::ranges::any_of(world.nodes(), [](const auto& node) { return node.spec.image == kV2; });
         }},
        {"when_every_node_is_to_run_it",
         true,
         [](const World& world) {
             return std::ranges::all_of(world.nodes(), [](const auto& node) { return node.spec.image == kV2; });
         }},
        {"when_one_node_runs_it",
         false,
         [](const World& world) {
             return std::ranges::any_of(world.nodes(), [](const auto& node) {
                 return node.status.currentImage == kV2;
             });
         }},
    };
    return kMoments;
}

class Supersession : public ::testing::TestWithParam<std::size_t> {
protected:
    /// A fleet that was at v1 and is on its way to v2, at the moment of this test.
    void begin(World& world) {
        moment_ = moments()[GetParam()];
        ASSERT_TRUE(run_until_fleet_runs(world, 2));
        h1_ = world.deployment("fleet")->status.templateHash;
        if (moment_.is_held) world.hold_image(kV2);
        set_image(world, "fleet", kV2);
        ASSERT_TRUE(world.run_until(moment_.name, [&] {
            note(world);
            return moment_.has_come(world);
        }));
    }
    /// What the rollout to v2 was called, once it is seen.
    void note(const World& world) {
        const auto deployment = world.deployment("fleet");
        if (deployment->status.rollout && deployment->status.rollout->targetHash != h1_ && h2_.empty()) {
            h2_ = deployment->status.rollout->targetHash;
        }
    }
    void end(World& world, const std::string& image) {
        world.let_images_run();
        ASSERT_TRUE(run_until_settled(world, "fleet", image));
        EXPECT_FALSE(world.deployment("fleet")->status.plan);
        if (!moment_.is_held || h2_.empty()) return;  // it may have been complete before the next edit came
        EXPECT_TRUE(run_until_told(
            world,
            "fleet",
            "RolloutSuperseded: Spec changed during active rollout, replacing plan (old target: " + h2_ + ")"
        ));
    }

    Moment moment_;
    std::string h1_;
    std::string h2_;
};

TEST_P(Supersession, by_a_third_image_ends_with_that) {
    World world;
    ASSERT_NO_FATAL_FAILURE(begin(world));
    set_image(world, "fleet", kV3);
    ASSERT_NO_FATAL_FAILURE(end(world, kV3));
    EXPECT_EQ(condition(world, "fleet", "RolloutInProgress"), "False/RolloutComplete");
}

TEST_P(Supersession, by_the_first_image_ends_where_it_began) {
    World world;
    ASSERT_NO_FATAL_FAILURE(begin(world));
    set_image(world, "fleet", kV1);
    ASSERT_NO_FATAL_FAILURE(end(world, kV1));
    EXPECT_EQ(world.deployment("fleet")->status.templateHash, h1_);
}

INSTANTIATE_TEST_SUITE_P(
    Rollout,
    Supersession,
    ::testing::Range(std::size_t{0}, moments().size()),
    [](const ::testing::TestParamInfo<std::size_t>& about) { return moments()[about.param].name; }
);

TEST(Supersession, any_number_of_times_ends_with_the_last_image) {
    World world;
    ASSERT_TRUE(run_until_fleet_runs(world, 2));
    world.hold_image(kV2);
    int plans = 0;
    std::string plan;
    for (const char* image : {kV2, kV3, kV2, kV1, kV3, kV1, kV2}) {
        set_image(world, "fleet", image);
        ASSERT_TRUE(world.run_until("a plan for it is stored", [&] {
            const auto deployment = world.deployment("fleet");
            return deployment->status.plan && deployment->status.plan->id != plan;
        }));
        plan = world.deployment("fleet")->status.plan->id;
        ++plans;
    }
    EXPECT_EQ(plans, 7);
    world.let_images_run();
    ASSERT_TRUE(run_until_settled(world, "fleet", kV2));
    EXPECT_EQ(condition(world, "fleet", "RolloutInProgress"), "False/RolloutComplete");
}

}  // namespace
