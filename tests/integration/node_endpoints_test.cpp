// What a node is told of endpoints and heights beyond the contract: its own address, the witnesses of its state sync,
// the height at which its bootstrap halts (spec 08 7.5, 7.6, 4.6). The same on every backend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "kube/types/job.hpp"
#include "support/nodes.hpp"

namespace {

using namespace support;  // NOLINT(google-build-using-namespace)
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// What the sidecar of n0 was told of a key, a word for each `config-apply`, in order.
std::vector<std::string> told_of(World& world, std::string_view key) {
    std::vector<std::string> told;
    for (const auto& submission : world.sidecars().submissions()) {
        if (submission.node != world.key("n0") || submission.type != "config-apply") continue;
        const auto& overrides = submission.params.at("overrides").as_object();
        const auto* value = overrides.if_contains(key);
        told.emplace_back(value == nullptr ? "nothing" : std::string{value->as_string()});
    }
    return told;
}

TEST(ExternalAddress, is_given_at_creation_and_a_change_comes_with_the_next_image) {
    constexpr std::string_view kKey = "network.p2p.external_address";
    World world;
    world.create(a_node(world, "n0", R"({"fullNode":{},"externalAddress":"one.example.com:26656"})"));
    ASSERT_TRUE(world.run_until_running("n0"));
    EXPECT_THAT(told_of(world, kKey), ElementsAre("one.example.com:26656"));
    world.edit("n0", [](sei::api::NodeSpec& spec) { spec.externalAddress = "two.example.com:26656"; });
    ASSERT_TRUE(world.run_until("the change is told", [&] {
        return condition(world, "n0", "RestartPending") == "True/ConfigChanged";
    }));
    EXPECT_THAT(condition_message(world, "n0", "RestartPending"), HasSubstr(std::string{kKey}));
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_THAT(told_of(world, kKey), ElementsAre("one.example.com:26656")) << "it restarts nothing by itself";
    EXPECT_TRUE(roll(world, "n0"));
    EXPECT_THAT(told_of(world, kKey), ElementsAre("one.example.com:26656", "two.example.com:26656"));
    EXPECT_TRUE(world.run_until("nothing is pending", [&] {
        return condition(world, "n0", "RestartPending") == "False/UpToDate";
    }));
}

TEST(Witnesses, are_what_the_configuration_has_when_the_node_starts) {
    World world;
    world.create(a_node(
        world,
        "n0",
        R"({"fullNode":{"snapshot":{"s3":{"targetHeight":100},"witnesses":["one.example.com:1","two.example.com:2"]}},)" +
            std::string{kPeers} + "}"
    ));
    ASSERT_TRUE(world.run_until_running("n0"));
    EXPECT_THAT(
        world.submissions("n0"),
        ElementsAre(
            "snapshot-restore",
            "configure-genesis",
            "config-apply",
            "discover-peers",
            "configure-state-sync",
            "config-apply",
            "config-validate",
            "mark-ready"
        )
    );
    EXPECT_EQ(world.sidecars().node(world.key("n0")).volume().rpc_servers, "one.example.com:1,two.example.com:2")
        << "not those of the peers";
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_EQ(condition(world, "n0", "RestartPending"), "absent");
    EXPECT_EQ(std::ranges::count(world.events(), "Warning FewWitnesses SeiNode/n0"), 0);
}

TEST(Witnesses, that_are_too_few_are_told) {
    World world;
    world.create(a_node(world, "n0", R"({"fullNode":{"snapshot":{"stateSync":{}}},)" + std::string{kPeers} + "}"));
    ASSERT_TRUE(world.run_until_running("n0"));
    EXPECT_TRUE(world.run_until("the event is seen", [&] {
        return std::ranges::count(world.events(), "Warning FewWitnesses SeiNode/n0") == 1;
    }));
}

TEST(HaltHeight, is_that_of_the_bootstrap_and_not_of_its_snapshot) {
    World world;
    devcluster::workloads::FaultTarget seid;
    seid.namespace_ = world.namespace_name();
    seid.container = "seid";
    const auto runs_on = world.workloads().faults().set_exit(seid, {.code = 0, .after = std::nullopt});
    static_cast<void>(runs_on);
    world.create(a_node(
        world,
        "n0",
        R"({"fullNode":{"snapshot":{"s3":{"targetHeight":100,"haltHeight":150},"bootstrapImage":"example.com/boot"}},)" +
            std::string{kPeers} + "}"
    ));
    std::string script;
    ASSERT_TRUE(world.run_until("the snapshot is restored", [&] {
        const auto job = world.run(world.client().get<kube::Job>(world.key("n0-bootstrap")));
        if (job) script = (*job)->spec.template_.spec.containers.at(0).args.at(0);
        const auto submitted = world.submissions("n0");
        return std::ranges::count(submitted, "snapshot-restore") == 1 && !script.empty();
    }));
    EXPECT_THAT(script, HasSubstr("--halt-height 150"));
    for (const auto& submission : world.sidecars().submissions()) {
        if (submission.type == "snapshot-restore") EXPECT_EQ(submission.params.at("targetHeight").as_int64(), 100);
    }
}

}  // namespace
