// The configuration that a spec asks for, and its drift (spec 02 §21, 08 7.1).
#include "sei/plan/node_config.hpp"

#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kube/json/json.hpp"
#include "planned_nodes.hpp"

namespace sei::plan {
namespace {

TEST(ConfigIntentOfNode, layers_mode_then_user_then_the_forced_level) {
    api::SeiNode node = full_node();
    node.spec.fullNode->snapshotGeneration = generation(3, false);
    node.spec.overrides = {{"evm.http_port", "9545"}, {"logging.level", "debug"}};
    EXPECT_EQ(
        kube::json::serialize_canonical(to_stored(config_intent(node))),
        R"({"mode":"full","overrides":{"chain.min_retain_blocks":"50000","evm.http_port":"9545","logging.level":"info",)"
        R"("network.p2p.max_connections":"500","network.p2p.recv_rate":"20971520","network.p2p.send_rate":"20971520",)"
        R"("storage.pruning_keep_every":"0","storage.pruning_keep_recent":"50000","storage.snapshot_interval":"2000",)"
        R"("storage.snapshot_keep_recent":"3"}})"
    );
}

TEST(ConfigIntentOfNode, lets_the_user_replace_what_the_mode_brings) {
    api::SeiNode node = full_node();
    node.spec.fullNode->snapshotGeneration = generation(3, false);
    node.spec.overrides = {{"storage.snapshot_interval", "77"}};
    EXPECT_EQ(config_intent(node).overrides.at("storage.snapshot_interval"), "77");
}

TEST(ConfigIntentOfNode, carries_the_external_address_when_there_is_one) {
    api::SeiNode node = full_node();
    node.status.externalAddress = "1.2.3.4:26656";
    EXPECT_EQ(config_intent(node).overrides.at("network.p2p.external_address"), "1.2.3.4:26656");
    node.spec.externalAddress = "n0.example.com:26656";
    EXPECT_EQ(config_intent(node).overrides.at("network.p2p.external_address"), "n0.example.com:26656");
    node.spec.overrides["network.p2p.external_address"] = "of.the.user:1";
    EXPECT_EQ(config_intent(node).overrides.at("network.p2p.external_address"), "of.the.user:1");
}

TEST(ConfigIntentOfNode, has_the_witnesses_of_its_snapshot) {
    api::SeiNode node = full_node();
    node.spec.fullNode->snapshot = s3_snapshot();
    EXPECT_FALSE(config_intent(node).overrides.contains("state_sync.rpc_servers"));
    node.spec.fullNode->snapshot->witnesses = {"a.example.com:26657", "[::1]:26657"};
    EXPECT_EQ(config_intent(node).overrides.at("state_sync.rpc_servers"), "a.example.com:26657,[::1]:26657");
    EXPECT_EQ(problem_of(config_intent(node)), std::nullopt);
}

TEST(ConfigDrift, is_what_the_spec_asks_for_and_the_node_was_not_given) {
    struct Case {
        std::string behaviour;
        kube::StringMap wanted;
        std::optional<ConfigDrift> drift;
    };
    const std::vector<Case> cases{
        {"the same is none", {{"evm.http_port", "1"}}, std::nullopt},
        {"another value", {{"evm.http_port", "2"}}, ConfigDrift{{"evm.http_port"}, true}},
        {"one more key", {{"evm.http_port", "1"}, {"mempool.size", "7"}}, ConfigDrift{{"mempool.size"}, true}},
        {"a key less needs the defaults", {}, ConfigDrift{{"evm.http_port"}, true, false, true}},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        api::SeiNode node = configured_node({{"evm.http_port", "1"}});
        node.spec.overrides = c.wanted;
        EXPECT_EQ(config_drift(node), c.drift);
    }
    api::SeiNode unknown = full_node();
    unknown.spec.overrides = {{"evm.http_port", "2"}};
    EXPECT_EQ(config_drift(unknown), std::nullopt) << "never observed is no drift (spec 08 2.6)";
}

}  // namespace
}  // namespace sei::plan
