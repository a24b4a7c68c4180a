// The operator without its polls: what it waits for is observed, or waited for in vain. Nobody can watch a sidecar:
// whether it answers, and whether its task has ended, is asked again and again here, too.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "integration/deployment_steps.hpp"
#include "kube/runtime/requeue.hpp"
#include "support/nodes.hpp"

namespace {

using namespace support;

/// How the waits begin that are for a sidecar to end: its task, and calls that it did not answer.
constexpr std::array kAskedOfSidecars{"the sidecar to finish ", "submitting ", "looking up task ", "querying "};

/// What was not looked at again after its time, because it is not for a sidecar to say.
using Dropped = std::set<std::string>;

WorldOptions without_polls(Dropped& dropped) {
    return {.keeps_poll = [&dropped](const kube::Requeue& wait) {
        const std::string& what = wait.waits_for();
        const bool is_of_sidecar =
            std::ranges::any_of(kAskedOfSidecars, [&](const char* asked) { return what.starts_with(asked); });
        if (!is_of_sidecar) dropped.insert(what);
        return is_of_sidecar;
    }};
}

bool run_until_replicas(World& world, const std::string& node, std::int32_t replicas) {
    return world.run_until(node + " has " + std::to_string(replicas) + " replicas", [&] {
        const auto set = world.stateful_set(node);
        return set && set->spec.replicas == replicas && set->status.replicas == replicas;
    });
}

TEST(WatchesAlone, bring_a_node_up_roll_it_pause_it_and_take_it_away) {
    Dropped dropped;
    World world{without_polls(dropped)};
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until_running("n0"));
    ASSERT_TRUE(roll(world, "n0"));
    world.edit("n0", [](auto& spec) { spec.paused = true; });
    ASSERT_TRUE(run_until_replicas(world, "n0", 0));
    world.edit("n0", [](auto& spec) { spec.paused = false; });
    ASSERT_TRUE(run_until_replicas(world, "n0", 1));
    EXPECT_TRUE(delete_and_wait(world, "n0"));
    EXPECT_FALSE(dropped.empty());
}

TEST(WatchesAlone, bring_a_fleet_to_the_newest_of_two_images_and_through_a_pause) {
    Dropped dropped;
    World world{without_polls(dropped)};
    ASSERT_TRUE(steps::run_until_rollout_is_held(world, 2));
    steps::set_image(world, "fleet", steps::kV3);
    world.let_images_run();
    ASSERT_TRUE(steps::run_until_settled(world, "fleet", steps::kV3));
    world.edit_deployment("fleet", [](auto& spec) { spec.paused = true; });
    ASSERT_TRUE(steps::run_until_all_paused(world, true));
    world.edit_deployment("fleet", [](auto& spec) {
        spec.paused = false;
        spec.template_.spec.image = steps::kV1;
    });
    ASSERT_TRUE(steps::run_until_settled(world, "fleet", steps::kV1));
    EXPECT_FALSE(dropped.empty());
}

TEST(WatchesAlone, roll_a_fleet_one_by_one) {
    Dropped dropped;
    World world{without_polls(dropped)};
    ASSERT_TRUE(steps::run_until_bounded_fleet_runs(world, 3));
    steps::set_image(world, "fleet", steps::kV2);
    ASSERT_TRUE(steps::run_until_settled(world, "fleet", steps::kV2));
    EXPECT_FALSE(dropped.empty());
}

TEST(WatchesAlone, tear_a_bootstrap_down) {
    Dropped dropped;
    World world{without_polls(dropped)};
    devcluster::workloads::FaultTarget seid;
    seid.namespace_ = world.namespace_name();
    seid.container = "seid";
    const auto runs_on = world.workloads().faults().set_exit(seid, {.code = 0, .after = std::nullopt});
    const std::string mode =
        R"("fullNode":{"snapshot":{"s3":{"targetHeight":100},"bootstrapImage":"example.com/boot"}})";
    world.create(a_node(world, "b0", "{" + std::string{kPeers} + "," + mode + "}"));
    ASSERT_TRUE(world.run_until("the gate of the bootstrap pod is opened", [&] {
        return std::ranges::count(world.submissions("b0"), std::string{"mark-ready"}) > 0;
    }));
    world.workloads().faults().remove(runs_on);
    ASSERT_TRUE(world.run_until_running("b0"));
    EXPECT_FALSE(dropped.empty());
}

}  // namespace
