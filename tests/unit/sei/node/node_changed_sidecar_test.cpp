// What of spec.sidecar changes the pod of a node that runs: told at once, and given with the next pod (decision 0034).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "kube/json/json.hpp"
#include "node_world.hpp"

namespace sei::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string template_of(NodeWorld& world) {
    return json::serialize(*json::find(*world.api.find(kSetPath), {"spec", "template"}));
}

void expect_told_until_the_next_pod(NodeWorld& world) {
    world.observe_stateful_set("rev-2", 0, 1);
    world.settle();
    EXPECT_EQ(world.condition("RestartPending"), "True/TemplateChanged");
    EXPECT_NE(world.uid_of(kPodPath), "") << "its pod is left alone";
    EXPECT_EQ(world.node().status.plan, std::nullopt);
    world.put_pod("rev-2", "seid:v1", running_state());
    world.settle();
    EXPECT_EQ(world.condition("RestartPending"), "False/UpToDate");
}

TEST(ChangedSidecarPort, is_in_the_template_and_told_until_the_next_pod) {
    NodeWorld world;
    world.settle_with_pod();
    world.set_spec("sidecar", json::parse(R"({"port":7778})"));
    world.settle();
    EXPECT_THAT(template_of(world), HasSubstr(R"("name":"SEI_SIDECAR_PORT","value":"7778")"));
    expect_told_until_the_next_pod(world);
}

TEST(ChangedSidecarResources, are_in_the_template_and_told_until_the_next_pod) {
    NodeWorld world;
    world.settle_with_pod();
    world.set_spec("sidecar", json::parse(R"({"port":7777,"resources":{"requests":{"cpu":"250m"}}})"));
    world.settle();
    EXPECT_THAT(template_of(world), HasSubstr("250m"));
    expect_told_until_the_next_pod(world);
}

TEST(ChangedSidecarPort, comes_with_the_next_image) {
    NodeWorld world;
    world.settle_with_pod();
    world.set_spec("sidecar", json::parse(R"({"port":7778})"));
    world.set_spec("image", "seid:v2");
    world.settle();
    EXPECT_EQ(world.condition("NodeUpdateInProgress"), "True/UpdateStarted");
    EXPECT_THAT(template_of(world), AllOf(HasSubstr("seid:v2"), HasSubstr(R"("value":"7778")")));
}

TEST(ChangedSidecarPort, that_another_container_has_is_told_and_stops_nothing) {
    NodeWorld world;
    world.settle_with_pod();
    world.set_spec("sidecar", json::parse(R"({"port":8443})"));
    world.settle();
    EXPECT_EQ(world.condition("SpecValid"), "False/SpecRejected");
    EXPECT_THAT(
        world.condition_message("SpecValid"),
        AllOf(StartsWith("spec.sidecar.port 8443"), HasSubstr("its successor would not come up"))
    );
    EXPECT_EQ(world.phase(), "Running");
    world.set_spec("image", "seid:v2");
    world.settle();
    EXPECT_EQ(world.condition("NodeUpdateInProgress"), "True/UpdateStarted");
}

}  // namespace
}  // namespace sei::test
