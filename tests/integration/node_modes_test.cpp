// Nodes of every mode, from their creation to Running, to a new image, to their end: the same on every backend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kube/json/json.hpp"
#include "kube/meta/condition.hpp"
#include "kube/types/job.hpp"
#include "kube/types/persistent_volume.hpp"
#include "kube/types/secret.hpp"
#include "support/world.hpp"

namespace {

using sei::api::NodePhase;
using sei::api::SeiNode;
using support::World;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kSigningKeyFile =
    "eyJhZGRyZXNzIjoiMUIiLCJwdWJfa2V5Ijp7InR5cGUiOiJ0IiwidmFsdWUiOiJ2In0sInByaXZfa2V5Ijp7InR5cGUiOiJ0IiwidmFsdWUiOiJ2In"
    "19";
constexpr std::string_view kNodeKeyFile = "eyJwcml2X2tleSI6eyJ0eXBlIjoidCIsInZhbHVlIjoidiJ9fQ==";
constexpr std::string_view kText = "eA==";

SeiNode a_node(const World& world, std::string name, std::string_view spec) {
    kube::json::Value value = kube::json::parse(spec);
    value.as_object()["chainId"] = "pacific-1";
    value.as_object()["image"] = "example.com/seid:v1";
    SeiNode node;
    node.spec = kube::json::from_json<sei::api::NodeSpec>(value);
    node.metadata.name = std::move(name);
    node.metadata.namespace_ = world.namespace_name();
    return node;
}

void create_secret(World& world, std::string name, kube::StringMap data) {
    kube::Secret secret;
    secret.metadata.name = std::move(name);
    secret.metadata.namespace_ = world.namespace_name();
    secret.data = std::move(data);
    (void)world.run(world.client().create(std::move(secret)));
}

std::string condition(const World& world, const std::string& node, std::string_view type) {
    const auto seen = world.node(node);
    const kube::Condition* found = seen ? kube::find_condition(seen->status.conditions, type) : nullptr;
    return found == nullptr ? "absent" : found->reason;
}

/// Where a node stands, for the message of a failed expectation.
std::string outline(const World& world, const std::string& name) {
    const auto node = world.node(name);
    if (!node) return "there is no " + name;
    std::string text = "submitted:";
    for (const std::string& type : world.submissions(name)) text += " " + type;
    text += "\nplan:";
    if (node->status.plan) {
        for (const auto& task : node->status.plan->tasks) {
            text +=
                " " + task.type + (task.status == sei::api::TaskStatus::Complete ? "(done)" : "(" + task.error + ")");
        }
    }
    for (const auto& told : node->status.conditions) text += "\n" + told.type + ": " + told.message;
    for (const auto& pod : world.pods()) text += "\npod " + pod.metadata.name + ": " + pod.status.phase;
    return text;
}

/// From Running to a new image to nothing.
void roll_and_delete(World& world, const std::string& name) {
    ASSERT_TRUE(world.run_until_running(name));
    world.edit(name, [](sei::api::NodeSpec& spec) { spec.image = "example.com/seid:v2"; });
    ASSERT_TRUE(world.run_until("the new image is recorded", [&] {
        return world.node(name)->status.currentImage == "example.com/seid:v2" && !world.node(name)->status.plan;
    }));
    world.delete_node(name);
    ASSERT_TRUE(world.run_until("all is gone", [&] {
        return !world.node(name) && !world.stateful_set(name) && !world.service(name) &&
               !world.config_map(name + "-rbac-proxy-config") && !world.claim("data-" + name);
    }));
}

struct Mode {
    std::string name;
    std::string spec;
    std::vector<std::string> submissions;
};

class NodeOfMode : public ::testing::TestWithParam<Mode> {};

TEST_P(NodeOfMode, comes_up_rolls_and_goes) {
    if (support::backend() == support::Backend::Cluster && GetParam().name.starts_with("archive")) {
        GTEST_SKIP() << "the real scheduler finds no machine of the archive pool there";
    }
    World world;
    world.create(a_node(world, "n0", GetParam().spec));
    ASSERT_TRUE(world.run_until_running("n0"));
    EXPECT_EQ(world.submissions("n0"), GetParam().submissions);
    roll_and_delete(world, "n0");
}

const std::vector<Mode>& modes() {
    static const auto* all = new std::vector<Mode>{
        {"archive", R"({"archive":{}})", {"configure-genesis", "config-apply", "config-validate", "mark-ready"}},
        {"archive_that_publishes",
         R"({"archive":{"snapshotGeneration":{"tendermint":{"keepRecent":5,"publish":{}}}},)"
         R"("peers":[{"static":{"addresses":["0000000000000000000000000000000000000000@h:26656"]}}]})",
         {"configure-genesis", "config-apply", "discover-peers", "config-validate", "snapshot-upload", "mark-ready"}},
        {"state_sync",
         R"({"fullNode":{"snapshot":{"stateSync":{}}},)"
         R"("peers":[{"static":{"addresses":["0000000000000000000000000000000000000000@h:26656"]}}]})",
         {"configure-genesis", "config-apply", "discover-peers", "configure-state-sync", "config-validate", "mark-ready"
         }},
        {"replayer",
         R"({"replayer":{"snapshot":{"s3":{"targetHeight":100}}},)"
         R"("peers":[{"static":{"addresses":["0000000000000000000000000000000000000000@h:26656"]}}]})",
         {"snapshot-restore",
          "configure-genesis",
          "config-apply",
          "discover-peers",
          "configure-state-sync",
          "config-validate",
          "mark-ready"}},
        {"validator", R"({"validator":{}})", {"configure-genesis", "config-apply", "config-validate", "mark-ready"}},
    };
    return *all;
}

INSTANTIATE_TEST_SUITE_P(OfTheContract, NodeOfMode, ::testing::ValuesIn(modes()), [](const auto& tested) {
    return tested.param.name;
});

TEST(Validator, waits_for_each_of_its_keys_then_comes_up_rolls_and_goes) {
    World world;
    world.create(a_node(
        world,
        "v0",
        R"({"validator":{"signingKey":{"secret":{"secretName":"sk"}},"nodeKey":{"secret":{"secretName":"nk"}},)"
        R"("operatorKeyring":{"secret":{"secretName":"kr","passphraseSecretRef":{"secretName":"pp","key":"p"}}}}})"
    ));
    ASSERT_TRUE(world.run_until("the signing key is missed", [&] {
        return condition(world, "v0", "SigningKeyReady") == "SigningKeyNotReady";
    }));
    EXPECT_FALSE(world.stateful_set("v0"));
    create_secret(world, "sk", {{"priv_validator_key.json", std::string{kSigningKeyFile}}});
    ASSERT_TRUE(world.run_until("the node key is missed", [&] {
        return condition(world, "v0", "NodeKeyReady") == "NodeKeyNotReady";
    }));
    create_secret(world, "nk", {{"node_key.json", std::string{kNodeKeyFile}}});
    ASSERT_TRUE(world.run_until("the keyring is missed", [&] {
        return condition(world, "v0", "OperatorKeyringReady") == "OperatorKeyringNotReady";
    }));
    EXPECT_FALSE(world.stateful_set("v0"));
    create_secret(world, "kr", {{"node_admin.info", std::string{kText}}, {"ab.address", std::string{kText}}});
    create_secret(world, "pp", {{"p", std::string{kText}}});
    ASSERT_TRUE(world.run_until_running("v0"));
    EXPECT_EQ(condition(world, "v0", "SigningKeyReady"), "SigningKeyValidated");
    EXPECT_EQ(condition(world, "v0", "NodeKeyReady"), "NodeKeyValidated");
    EXPECT_EQ(condition(world, "v0", "OperatorKeyringReady"), "OperatorKeyringValidated");
    roll_and_delete(world, "v0");
    EXPECT_TRUE(world.run(world.client().get<kube::Secret>(world.key("sk")))) << "Secrets are not ours to delete";
}

TEST(BootstrappedNode, never_has_two_pods_and_comes_up_rolls_and_goes) {
    World world;
    // As its script says: seid of the bootstrap pod begins when the gate is open, and ends at its height.
    auto& faults = world.workloads().faults();
    devcluster::workloads::FaultTarget seid;
    seid.namespace_ = world.namespace_name();
    seid.container = "seid";
    const auto runs_on = faults.set_exit(seid, {.code = 0, .after = std::nullopt});
    bool is_gate_open = false;
    world.create(a_node(
        world,
        "b0",
        R"({"fullNode":{"snapshot":{"s3":{"targetHeight":100},"bootstrapImage":"example.com/seid:boot"}},)"
        R"("peers":[{"static":{"addresses":["0000000000000000000000000000000000000000@h:26656"]}}]})"
    ));
    bool had_job_pod = false;
    bool had_both = false;
    bool had_workload_too_early = false;
    ASSERT_TRUE(world.run_until("it runs", [&] {
        bool has_job_pod = false;
        bool has_own_pod = false;
        for (const kube::Pod& pod : world.pods()) {
            (pod.metadata.labels.contains("sei.io/component") ? has_job_pod : has_own_pod) = true;
        }
        had_job_pod = had_job_pod || has_job_pod;
        had_both = had_both || (has_job_pod && has_own_pod);
        had_workload_too_early = had_workload_too_early || (has_job_pod && world.stateful_set("b0"));
        if (!is_gate_open && world.submissions("b0").size() == 7) {
            is_gate_open = true;
            faults.remove(runs_on);
        }
        return world.node("b0") && world.node("b0")->status.phase == NodePhase::Running;
    })) << outline(world, "b0");
    EXPECT_EQ(had_job_pod, support::backend() != support::Backend::ApiServer) << "there are no pods there";
    EXPECT_FALSE(had_both);
    EXPECT_FALSE(had_workload_too_early);
    EXPECT_FALSE(world.run(world.client().get<kube::Job>(world.key("b0-bootstrap"))));
    EXPECT_THAT(
        world.submissions("b0"),
        ElementsAre(
            "snapshot-restore",
            "configure-genesis",
            "config-apply",
            "discover-peers",
            "configure-state-sync",
            "config-validate",
            "mark-ready",
            "configure-genesis",
            "config-apply",
            "discover-peers",
            "config-validate",
            "mark-ready"
        )
    );
    roll_and_delete(world, "b0");
}

TEST(FailedNode, is_tried_again_with_its_data_when_its_spec_changes) {
    World world;
    world.sidecars().scripts().set(
        "config-apply", {.outcome = devcluster::sidecar::Script::Outcome::Fail, .error = "no such value", .times = 1}
    );
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until("it has failed", [&] {
        return world.node("n0") && world.node("n0")->status.phase == NodePhase::Failed;
    }));
    ASSERT_TRUE(world.run_until("its claim is seen", [&] { return world.claim("data-n0").has_value(); }));
    const std::string claim = world.claim("data-n0")->metadata.uid;
    world.edit("n0", [](sei::api::NodeSpec& spec) { spec.overrides["evm.http_port"] = "9545"; });
    ASSERT_TRUE(world.run_until_running("n0"));
    EXPECT_EQ(world.claim("data-n0")->metadata.uid, claim);
}

}  // namespace
