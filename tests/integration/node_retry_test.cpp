// Annotation `sei.io/retry`: what somebody asks for begins at once, without a change of the spec. The same on every
// backend.
#include <gtest/gtest.h>

#include <string>

#include "sei/api/labels.hpp"
#include "support/nodes.hpp"

namespace {

using namespace support;
using sei::api::NodePhase;
using sei::api::SeiNode;

void ask_for_retry(World& world, const std::string& node) {
    world.change<SeiNode>(node, [](SeiNode& asked) {
        asked.metadata.annotations[std::string{sei::api::kRetryAnnotation}] = "now";
    });
}

bool is_asked_for_retry(const World& world, const std::string& node) {
    return world.node(node)->metadata.annotations.contains(std::string{sei::api::kRetryAnnotation});
}

std::string uid_of_pod(const World& world) {
    const auto pods = world.pods();
    return pods.size() == 1 ? pods.front().metadata.uid : std::to_string(pods.size()) + " pods";
}

TEST(FailedNode, begins_anew_with_its_data_when_it_is_annotated) {
    World world;
    ASSERT_TRUE(run_until_failed_once(world, "n0"));
    ASSERT_TRUE(world.run_until_quiet());
    const std::string claim = world.claim("data-n0")->metadata.uid;
    ask_for_retry(world, "n0");
    ASSERT_TRUE(world.run_until_quiet());
    ASSERT_NE(world.node("n0")->status.phase, NodePhase::Failed) << "nothing but the annotation wakes it";
    ASSERT_TRUE(world.run_until_running("n0"));
    EXPECT_EQ(world.claim("data-n0")->metadata.uid, claim);
    EXPECT_TRUE(world.run_until("the annotation is gone", [&] { return !is_asked_for_retry(world, "n0"); }));
}

TEST(RunningNode, gets_the_configuration_that_waits_for_a_restart_when_it_is_annotated) {
    World world;
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until_running("n0"));
    world.edit("n0", [](sei::api::NodeSpec& spec) { spec.overrides["evm.http_port"] = "9545"; });
    ASSERT_TRUE(world.run_until("its configuration waits", [&] {
        return condition(world, "n0", "RestartPending") == "True/ConfigChanged";
    }));
    ASSERT_TRUE(world.run_until_quiet());
    ASSERT_EQ(condition(world, "n0", "NodeUpdateInProgress"), "absent");
    const std::string pod = uid_of_pod(world);
    ask_for_retry(world, "n0");
    ASSERT_TRUE(world.run_until_quiet());
    ASSERT_NE(condition(world, "n0", "NodeUpdateInProgress"), "absent") << "nothing but the annotation wakes it yet";
    ASSERT_TRUE(world.run_until("nothing waits any more", [&] {
        return condition(world, "n0", "RestartPending") == "False/UpToDate";
    }));
    EXPECT_EQ(condition(world, "n0", "NodeUpdateInProgress"), "False/UpdateComplete");
    EXPECT_EQ(world.node("n0")->status.appliedConfig->overrides.at("evm.http_port"), "9545");
    EXPECT_FALSE(is_asked_for_retry(world, "n0"));
    if (backend() == Backend::ApiServer) return;  // there are no pods here
    EXPECT_TRUE(world.run_until("its pod is another one", [&] {
        return world.pods().size() == 1 && uid_of_pod(world) != pod;
    }));
}

}  // namespace
