// What is asked of nodes that do not run yet, and of no other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "node_world.hpp"

namespace sei::test {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

constexpr const char* kOddChain = "pacific 1";

TEST(NewNode, that_cannot_come_up_is_told_why_and_makes_nothing) {
    NodeWorld world;
    world.create_node(R"({"chainId":"pacific 1","image":"seid:v1","fullNode":{}})");
    world.settle();
    EXPECT_EQ(world.condition("SpecValid"), "False/SpecRejected");
    EXPECT_THAT(world.condition_message("SpecValid"), StartsWith("spec.chainId \"pacific 1\" must match"));
    EXPECT_THAT(world.take_writes(), ElementsAre("PATCH seinodes/n0", "PATCH seinodes/n0/status"));
}

TEST(NewNode, that_cannot_come_up_goes_on_by_itself_once_it_is_corrected) {
    NodeWorld world;
    world.create_node(R"({"chainId":"pacific-1","image":"seid:v1","fullNode":{},"sidecar":{"port":8443}})");
    world.settle();
    EXPECT_THAT(world.condition_message("SpecValid"), StartsWith("spec.sidecar.port 8443"));
    world.set_spec("sidecar", json::parse(R"({"port":7778})"));
    world.settle();
    EXPECT_EQ(world.phase(), "Running");
}

TEST(RunningNode, is_updated_although_a_new_one_would_be_refused) {
    NodeWorld world;
    world.settle_running();
    world.observe_stateful_set("rev-1", 1, 1);
    world.put_pod("rev-1", "seid:v1", json::Object{{"running", json::Object{}}});
    world.settle();
    world.set_spec("chainId", kOddChain);
    world.set_spec("image", "seid:v2");
    world.settle();
    EXPECT_EQ(world.condition("SpecValid"), "absent");
    EXPECT_EQ(world.condition("NodeUpdateInProgress"), "True/UpdateStarted");
}

}  // namespace
}  // namespace sei::test
