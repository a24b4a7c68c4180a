// Specs that the API server takes and the operator cannot serve (spec 01 §11): each says why, and makes nothing. What
// the API server refuses is in crd_test.cpp. The same on every backend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "support/nodes.hpp"

namespace {

using namespace support;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

struct BadSpec {
    std::string node;
    std::string spec;
    std::string message_begins;
};

std::vector<BadSpec> bad_specs() {
    const std::string replayer = R"({"replayer":{"snapshot":{"s3":{"targetHeight":1}},"resultExport":{}},)";
    const std::string ceremony = R"("genesisCeremony":{"chainId":"c","stakingAmount":"1usei","accountBalance":"1usei",)"
                                 R"("index":0})";
    return {
        {"full-bootstrap",
         R"({"fullNode":{"snapshot":{"stateSync":{},"bootstrapImage":"boot"}}})",
         "spec.fullNode.snapshot.bootstrapImage requires s3"},
        {"full-generation",
         R"({"fullNode":{"snapshotGeneration":{}}})",
         "spec.fullNode.snapshotGeneration is set but has no member"},
        {"full-publish",
         R"({"fullNode":{"snapshotGeneration":{"tendermint":{"keepRecent":1,"publish":{}}}}})",
         "spec.fullNode.snapshotGeneration.tendermint.keepRecent must be at least 2"},
        {"archive-generation",
         R"({"archive":{"snapshotGeneration":{}}})",
         "spec.archive.snapshotGeneration is set but has no member"},
        {"archive-publish",
         R"({"archive":{"snapshotGeneration":{"tendermint":{"keepRecent":1,"publish":{}}}}})",
         "spec.archive.snapshotGeneration.tendermint.keepRecent must be at least 2"},
        {"replayer-state-sync",
         R"({"replayer":{"snapshot":{"stateSync":{}}},)" + std::string{kPeers} + "}",
         "spec.replayer.snapshot.s3 is required"},
        {"replayer-export", replayer + std::string{kPeers} + "}", "spec.replayer.resultExport is set but has no member"
        },
        {"validator-ceremony",
         R"({"validator":{"signingKey":{"secret":{"secretName":"a"}},"nodeKey":{"secret":{"secretName":"b"}},)" +
             ceremony + "}}",
         "spec.validator.signingKey and spec.validator.genesisCeremony are mutually exclusive"},
        {"validator-bootstrap",
         R"({"validator":{"snapshot":{"stateSync":{},"bootstrapImage":"boot"}}})",
         "spec.validator.snapshot.bootstrapImage requires s3"},
        {"override-unknown", R"({"fullNode":{},"overrides":{"no.such_key":"1"}})", "spec.overrides"},
    };
}

TEST(BadSpec, is_told_in_a_condition_that_names_the_field) {
    World world;
    for (const BadSpec& bad : bad_specs()) world.create(a_node(world, bad.node, bad.spec));
    for (const BadSpec& bad : bad_specs()) {
        SCOPED_TRACE(bad.node);
        EXPECT_TRUE(world.run_until(bad.node + " is told", [&] {
            return condition(world, bad.node, "SpecValid") == "False/SpecRejected";
        }));
        EXPECT_THAT(condition_message(world, bad.node, "SpecValid"), StartsWith(bad.message_begins));
    }
    EXPECT_THAT(condition_message(world, "override-unknown", "SpecValid"), HasSubstr("no.such_key"));
}

TEST(BadSpec, is_announced_and_makes_nothing) {
    World world;
    for (const BadSpec& bad : bad_specs()) world.create(a_node(world, bad.node, bad.spec));
    for (const BadSpec& bad : bad_specs()) {
        SCOPED_TRACE(bad.node);
        EXPECT_TRUE(world.run_until(bad.node + " is announced", [&] {
            return std::ranges::count(world.events(), "Warning SpecRejected SeiNode/" + bad.node) == 1;
        }));
    }
    ASSERT_TRUE(world.run_until_quiet());
    for (const PassedRequest& write : world.operator_writes()) {
        const bool is_about_itself =
            write.path().find("/seinodes/") != std::string::npos || write.path().find("/events") != std::string::npos;
        EXPECT_TRUE(is_about_itself) << write.path();
    }
    for (const auto& node : world.nodes()) EXPECT_FALSE(node.status.plan) << node.metadata.name;
    EXPECT_THAT(world.pods(), IsEmpty());
}

TEST(BadSpec, is_served_once_it_is_mended) {
    World world;
    world.create(a_node(world, "n0", R"({"fullNode":{"snapshotGeneration":{}}})"));
    ASSERT_TRUE(world.run_until("it is told", [&] {
        return condition(world, "n0", "SpecValid") == "False/SpecRejected";
    }));
    world.edit("n0", [](sei::api::NodeSpec& spec) { spec.fullNode->snapshotGeneration.reset(); });
    EXPECT_TRUE(world.run_until_running("n0"));
    EXPECT_EQ(condition(world, "n0", "SpecValid"), "True/SpecAccepted");
}

TEST(BadSpec, of_a_running_node_leaves_it_running) {
    World world;
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until_running("n0"));
    world.edit("n0", [](sei::api::NodeSpec& spec) { spec.fullNode->snapshotGeneration.emplace(); });
    ASSERT_TRUE(world.run_until("it is told", [&] {
        return condition(world, "n0", "SpecValid") == "False/SpecRejected";
    }));
    EXPECT_EQ(world.node("n0")->status.phase, sei::api::NodePhase::Running);
    EXPECT_TRUE(world.stateful_set("n0"));
}

}  // namespace
