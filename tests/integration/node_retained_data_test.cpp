// The data of a node outlive it where it says so, and a node of the same name takes them again (spec 08 5.4).
//
// Where nothing collects garbage a claim stays in any case: what is asserted everywhere is that nobody owns it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "integration/deployment_steps.hpp"
#include "support/nodes.hpp"
#include "support/world.hpp"

namespace {

using steps::kV1;
using support::FaultyTransport;
using support::World;
using ::testing::HasSubstr;

constexpr const char* kRetainedData = "sei.io/retained-data";

sei::api::SeiNode that_retains(const World& world) {
    auto node = world.a_full_node("n0");
    node.spec.dataVolume.emplace();
    node.spec.dataVolume->retain = true;
    return node;
}

bool is_left(const World& world, const std::string& claim) {
    const auto left = world.claim(claim);
    return left && left->metadata.ownerReferences.empty() && left->metadata.annotations.contains(kRetainedData);
}

/// It has run, and is gone; its claim stays.
bool run_until_left(World& world) {
    world.create(that_retains(world));
    if (!world.run_until_running("n0")) return false;
    world.delete_node("n0");
    return world.run_until("the node is gone and its claim is left", [&] {
        return !world.node("n0") && is_left(world, "data-n0");
    });
}

TEST(RetainedData, stay_when_their_node_goes_and_are_the_next_nodes_of_the_name) {
    World world;
    ASSERT_TRUE(run_until_left(world));
    ASSERT_TRUE(world.run_until_quiet());
    ASSERT_TRUE(is_left(world, "data-n0")) << "nobody has collected it";
    const std::string uid = world.claim("data-n0")->metadata.uid;
    const auto again = world.create(that_retains(world));
    ASSERT_TRUE(world.run_until("the claim has its owner", [&] {
        return world.claim("data-n0") && world.claim("data-n0")->metadata.is_controlled_by(again.uid());
    }));
    EXPECT_EQ(world.claim("data-n0")->metadata.uid, uid);
    EXPECT_FALSE(world.claim("data-n0")->metadata.annotations.contains(kRetainedData));
}

TEST(RetainedData, are_not_those_of_a_node_of_another_chain) {
    World world;
    ASSERT_TRUE(run_until_left(world));
    auto other = that_retains(world);
    other.spec.chainId = "another-1";
    world.create(std::move(other));
    ASSERT_TRUE(world.run_until("the node says why it waits", [&] {
        return support::condition(world, "n0", "Stalled") == "True/TaskNotProgressing";
    }));
    EXPECT_THAT(support::condition_message(world, "n0", "Stalled"), HasSubstr("annotation sei.io/retained-data"));
    EXPECT_TRUE(is_left(world, "data-n0"));
}

TEST(RetainedData, of_an_imported_claim_are_not_touched) {
    World world;
    support::create_claim_with_data(world, "old");
    auto node = that_retains(world);
    node.spec.dataVolume->import_ = {.pvcName = "old"};
    world.create(std::move(node));
    ASSERT_TRUE(world.run_until("the node has asked for the claim", [&] {
        return support::condition(world, "n0", "ImportPVCReady") != "absent";
    }));
    world.delete_node("n0");
    ASSERT_TRUE(world.run_until("the node is gone", [&] { return !world.node("n0"); }));
    ASSERT_TRUE(world.claim("old"));
    EXPECT_FALSE(world.claim("old")->metadata.annotations.contains(kRetainedData));
    for (const auto& write : world.operator_writes()) EXPECT_FALSE(write.path().ends_with("/old")) << write.target;
}

TEST(RetainedData, of_a_node_that_is_scaled_away_are_there_when_it_is_scaled_up_again) {
    World world;
    auto fleet = world.a_deployment("fleet", 2);
    fleet.spec.template_.spec.dataVolume.emplace();
    fleet.spec.template_.spec.dataVolume->retain = true;
    world.create(std::move(fleet));
    ASSERT_TRUE(steps::run_until_settled(world, "fleet", kV1));
    const std::string uid = world.claim("data-fleet-1")->metadata.uid;
    world.edit_deployment("fleet", [](auto& spec) { spec.replicas = 1; });
    ASSERT_TRUE(world.run_until("the node is gone and its claim is left", [&] {
        return !world.node("fleet-1") && is_left(world, "data-fleet-1");
    }));
    world.edit_deployment("fleet", [](auto& spec) { spec.replicas = 2; });
    ASSERT_TRUE(world.run_until("the claim has its owner", [&] {
        const auto node = world.node("fleet-1");
        const auto claim = world.claim("data-fleet-1");
        return node && claim && claim->metadata.is_controlled_by(kube::Uid{node->metadata.uid});
    }));
    EXPECT_EQ(world.claim("data-fleet-1")->metadata.uid, uid);
}

// The operator dies while the node goes.

struct Crash {
    std::size_t nth;
    FaultyTransport::Effect effect;
};

class CrashWhileRetaining : public ::testing::TestWithParam<Crash> {};

TEST_P(CrashWhileRetaining, loses_no_data) {
    World world;
    world.create(that_retains(world));
    ASSERT_TRUE(world.run_until_running("n0"));
    ASSERT_TRUE(world.run_until_quiet());
    world.crash_operator_at(GetParam().nth, GetParam().effect);
    world.delete_node("n0");
    ASSERT_TRUE(world.run_until("the operator crashed, or was done before it could", [&] {
        return world.operator_has_crashed() || !world.node("n0");
    }));
    if (world.operator_has_crashed()) world.restart_crashed_operator();
    ASSERT_TRUE(world.run_until("the node is gone and its claim is left", [&] {
        return !world.node("n0") && is_left(world, "data-n0");
    }));
}

/// The status, the claim read and written, the finalizer.
std::vector<Crash> crashes() {
    std::vector<Crash> all;
    for (std::size_t nth = 1; nth <= 4; ++nth) {
        all.push_back({nth, FaultyTransport::Effect::Before});
        all.push_back({nth, FaultyTransport::Effect::After});
    }
    return all;
}

INSTANTIATE_TEST_SUITE_P(AtEachRequest, CrashWhileRetaining, ::testing::ValuesIn(crashes()), [](const auto& tested) {
    return (tested.param.effect == FaultyTransport::Effect::Before ? "before_request_" : "after_request_") +
           std::to_string(tested.param.nth);
});

}  // namespace
