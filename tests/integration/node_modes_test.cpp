// Nodes of every mode and variant, from their creation to Running, to a new image, to their end: the same on every
// backend. What their plans are is spec 02 §24, seen here as they are stored.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <boost/algorithm/string/replace.hpp>

#include "kube/types/job.hpp"
#include "kube/types/secret.hpp"
#include "support/nodes.hpp"

namespace {

using namespace support;
using sei::api::NodePhase;

/// What a variant needs of the world around it.
enum class Needs { Nothing, ValidatorSecrets, FinishedCeremony, ImportedClaim, LabelledNodes };

struct Variant {
    std::string name;
    std::string spec;
    /// As it is stored.
    std::string plan;
    Needs needs = Needs::Nothing;
    /// What the sidecar is told to find peers by, "NS" being the namespace of the world. Empty: not looked at.
    std::string sources = {};
};

std::vector<std::string> words(const std::string& text) {
    std::istringstream stream{text};
    return {std::istream_iterator<std::string>{stream}, {}};
}

/// The tasks of a plan that are the sidecar's, in order.
std::vector<std::string> of_the_sidecar(std::vector<std::string> types) {
    constexpr std::array<std::string_view, 11> kOperators{
        "ensure-data-pvc",
        "validate-signing-key",
        "validate-node-key",
        "validate-operator-keyring",
        "apply-rbac-proxy-config",
        "apply-statefulset",
        "apply-service",
        "deploy-bootstrap-service",
        "deploy-bootstrap-job",
        "await-bootstrap-complete",
        "teardown-bootstrap"
    };
    std::erase_if(types, [&](const std::string& type) {
        return std::ranges::find(kOperators, type) != kOperators.end();
    });
    return types;
}

std::ptrdiff_t of_type(const std::vector<std::string>& types, std::string_view type) {
    return std::ranges::count(types, type);
}

std::string with_peers(std::string_view mode) {
    return "{" + std::string{mode} + "," + std::string{kPeers} + "}";
}

/// Where no source gives peers, the configuration has to name them: state sync needs some (spec 04 §9.6).
std::string with_configured_peers(std::string_view mode) {
    return "{" + std::string{mode} + R"(,"overrides":{"network.p2p.persistent_peers":"ab@h:26656"}})";
}

constexpr std::string_view kKeys =
    R"("signingKey":{"secret":{"secretName":"sk"}},"nodeKey":{"secret":{"secretName":"nk"}})";
constexpr std::string_view kByTags = R"({"ec2Tags":{"region":"us-east-2","tags":{"chain":"pacific-1"}}})";
constexpr std::string_view kByLabel = R"({"label":{"selector":{"example.com/gives":"peers"}}})";
constexpr std::string_view kAsTags = R"({"region":"us-east-2","tags":{"chain":"pacific-1"},"type":"ec2Tags"})";
constexpr std::string_view kAsLabel =
    R"({"endpoints":["p0-0.p0.NS.svc.cluster.local","p1-0.p1.NS.svc.cluster.local"],"type":"dnsEndpoints"})";
constexpr std::string_view kAsStatic =
    R"({"addresses":["0000000000000000000000000000000000000000@h:26656"],"type":"static"})";

/// A list of these elements, as a member of a spec or by itself.
std::string list_of(std::initializer_list<std::string_view> elements) {
    std::string text;
    for (const std::string_view element : elements) text += (text.empty() ? "[" : ",") + std::string{element};
    return text + "]";
}

/// The last sources that a node's sidecar was given.
std::string sources_told(World& world, const std::string& node) {
    std::string told = "none";
    for (const auto& submission : world.sidecars().submissions()) {
        if (submission.node != world.key(node) || submission.type != "discover-peers") continue;
        told = kube::json::serialize_canonical(submission.params.at("sources"));
    }
    return told;
}

/// Nodes p0 and p1, which need nothing and have the label.
void create_labelled_nodes(World& world) {
    for (const char* name : {"p0", "p1"}) {
        auto peer = world.a_full_node(name);
        peer.spec.paused = true;
        peer.metadata.labels["example.com/gives"] = "peers";
        world.create(std::move(peer));
    }
}

void prepare(World& world, Needs needs) {
    switch (needs) {
        case Needs::Nothing:
            return;
        case Needs::ValidatorSecrets:
            return create_validator_secrets(world);
        case Needs::FinishedCeremony:
            // Under the name of the chain, and without one where no pod has told it.
            for (const char* chain : {"", "pacific-1"}) {
                world.sidecars().buckets().genesis.insert(chain + std::string{"/peers.json"});
            }
            return;
        case Needs::ImportedClaim:
            return create_claim_with_data(world, "old");
        case Needs::LabelledNodes:
            return create_labelled_nodes(world);
    }
}

/// What was there before the node, and was not ours to delete.
void expect_given_objects(World& world, Needs needs) {
    if (needs == Needs::ImportedClaim) {
        const auto claim = world.claim("old");
        ASSERT_TRUE(claim);
        EXPECT_FALSE(claim->metadata.deletionTimestamp);
    }
    if (needs == Needs::ValidatorSecrets) {
        for (const char* name : {"sk", "nk", "kr", "pp"}) {
            EXPECT_TRUE(world.run(world.client().get<kube::Secret>(world.key(name)))) << name;
        }
    }
}

class NodeOfMode : public ::testing::TestWithParam<Variant> {};

TEST_P(NodeOfMode, comes_up_rolls_and_goes) {
    World world;
    prepare(world, GetParam().needs);
    world.create(a_node(world, "n0", GetParam().spec));
    std::vector<std::string> plan;
    ASSERT_TRUE(world.run_until("it runs", [&] {
        if (plan.empty()) plan = planned(world, "n0");
        return world.node("n0") && world.node("n0")->status.phase == NodePhase::Running;
    }));
    EXPECT_EQ(plan, words(GetParam().plan));
    EXPECT_EQ(world.submissions("n0"), of_the_sidecar(words(GetParam().plan)));
    if (!GetParam().sources.empty()) {
        std::string expected = GetParam().sources;
        boost::algorithm::replace_all(expected, "NS", world.namespace_name());
        EXPECT_EQ(sources_told(world, "n0"), expected);
    }
    EXPECT_EQ(world.node("n0")->status.currentImage, kImageV1);
    ASSERT_TRUE(world.run_until("its StatefulSet is tracked", [&] { return is_tracked(world, "n0"); }));
    EXPECT_TRUE(roll(world, "n0"));
    EXPECT_TRUE(delete_and_wait(world, "n0"));
    expect_given_objects(world, GetParam().needs);
}

const std::vector<Variant>& variants() {
    static const std::string begins = "ensure-data-pvc apply-rbac-proxy-config apply-statefulset apply-service ";
    static const std::string plain = begins + "configure-genesis config-apply config-validate mark-ready";
    static const std::string finds_peers =
        begins + "configure-genesis config-apply discover-peers config-validate mark-ready";
    static const std::string restores =
        begins + "snapshot-restore configure-genesis config-apply configure-state-sync config-validate mark-ready";
    static const std::string restores_with_peers = begins +
                                                   "snapshot-restore configure-genesis config-apply discover-peers "
                                                   "configure-state-sync config-validate mark-ready";
    static const std::string keys{kKeys};
    static const auto* all = new std::vector<Variant>{
        {"full_node", R"({"fullNode":{}})", plain},
        {"full_node_with_static_peers", with_peers(R"("fullNode":{})"), finds_peers, {}, list_of({kAsStatic})},
        {"full_node_with_peers_by_label",
         R"({"fullNode":{},"peers":)" + list_of({kByLabel}) + "}",
         finds_peers,
         Needs::LabelledNodes,
         list_of({kAsLabel})},
        {"full_node_with_peers_by_tags",
         R"({"fullNode":{},"peers":)" + list_of({kByTags}) + "}",
         finds_peers,
         {},
         list_of({kAsTags})},
        {"full_node_with_peers_of_every_kind",
         R"({"fullNode":{},"peers":)" + list_of({kByTags, kByLabel, R"({"static":{"addresses":["ab@h:1"]}})"}) + "}",
         finds_peers,
         Needs::LabelledNodes,
         list_of({kAsTags, kAsLabel, R"({"addresses":["ab@h:1"],"type":"static"})"})},
        {"full_node_of_a_snapshot",
         with_peers(R"("fullNode":{"snapshot":{"s3":{"targetHeight":100},"trustPeriod":"9999h0m0s"}})"),
         restores_with_peers},
        {"full_node_of_a_snapshot_without_peers",
         with_configured_peers(R"("fullNode":{"snapshot":{"s3":{"targetHeight":100},"trustPeriod":"9999h0m0s"}})"),
         restores},
        {"full_node_that_syncs_state",
         with_peers(R"("fullNode":{"snapshot":{"stateSync":{}}})"),
         begins + "configure-genesis config-apply discover-peers configure-state-sync config-validate mark-ready"},
        {"full_node_that_syncs_state_without_peers_and_publishes",
         with_configured_peers(R"("fullNode":{"snapshot":{"stateSync":{}},)"
                               R"("snapshotGeneration":{"tendermint":{"keepRecent":5,"publish":{}}}})"),
         begins + "configure-genesis config-apply configure-state-sync config-validate snapshot-upload mark-ready"},
        {"full_node_that_publishes",
         R"({"fullNode":{"snapshotGeneration":{"tendermint":{"keepRecent":5,"publish":{}}}}})",
         begins + "configure-genesis config-apply config-validate snapshot-upload mark-ready"},
        {"full_node_on_an_imported_claim",
         R"({"fullNode":{},"dataVolume":{"import":{"pvcName":"old"}}})",
         plain,
         Needs::ImportedClaim},
        {"archive", R"({"archive":{}})", plain},
        {"archive_with_peers_that_keeps_its_snapshots",
         with_peers(R"("archive":{"snapshotGeneration":{"tendermint":{"keepRecent":5}}})"),
         finds_peers},
        {"archive_that_publishes",
         with_peers(R"("archive":{"snapshotGeneration":{"tendermint":{"keepRecent":5,"publish":{}}}})"),
         begins + "configure-genesis config-apply discover-peers config-validate snapshot-upload mark-ready"},
        {"archive_on_an_imported_claim",
         R"({"archive":{},"dataVolume":{"import":{"pvcName":"old"}}})",
         plain,
         Needs::ImportedClaim},
        {"replayer",
         R"({"replayer":{"snapshot":{"s3":{"targetHeight":100000000}}},"peers":)" + list_of({kByTags}) + "}",
         restores_with_peers,
         {},
         list_of({kAsTags})},
        {"replayer_that_exports_results",
         with_peers(R"("replayer":{"snapshot":{"s3":{"targetHeight":100}},)"
                    R"("resultExport":{"shadowResult":{"canonicalRpc":"http://h"}}})"),
         restores_with_peers},
        {"validator", R"({"validator":{}})", plain},
        {"validator_with_all_its_keys",
         std::string{kValidatorWithKeys},
         "ensure-data-pvc validate-signing-key validate-node-key validate-operator-keyring apply-rbac-proxy-config "
         "apply-statefulset apply-service configure-genesis config-apply config-validate mark-ready",
         Needs::ValidatorSecrets},
        {"validator_with_keys_and_a_peer",
         with_peers(R"("validator":{)" + keys + "}"),
         "ensure-data-pvc validate-signing-key validate-node-key apply-rbac-proxy-config apply-statefulset "
         "apply-service configure-genesis config-apply discover-peers config-validate mark-ready",
         Needs::ValidatorSecrets,
         list_of({kAsStatic})},
        {"validator_with_keys_that_restores_a_snapshot",
         with_peers(R"("validator":{)" + keys + R"(,"snapshot":{"s3":{"targetHeight":100}}})"),
         "ensure-data-pvc validate-signing-key validate-node-key apply-rbac-proxy-config apply-statefulset "
         "apply-service snapshot-restore configure-genesis config-apply discover-peers configure-state-sync "
         "config-validate mark-ready",
         Needs::ValidatorSecrets},
        {"validator_without_keys_that_restores_a_snapshot",
         with_configured_peers(R"("validator":{"snapshot":{"s3":{"targetHeight":100}}})"),
         restores},
        {"validator_without_keys_that_syncs_state",
         with_configured_peers(R"("validator":{"snapshot":{"stateSync":{}}})"),
         begins + "configure-genesis config-apply configure-state-sync config-validate mark-ready"},
        {"validator_of_a_ceremony",
         R"({"validator":{"genesisCeremony":{"chainId":"pacific-1","stakingAmount":"1usei","accountBalance":"2usei",)"
         R"("index":0}}})",
         begins + "generate-identity generate-gentx upload-genesis-artifacts configure-genesis config-apply "
                  "set-genesis-peers config-validate mark-ready",
         Needs::FinishedCeremony},
    };
    return *all;
}

INSTANTIATE_TEST_SUITE_P(OfTheContract, NodeOfMode, ::testing::ValuesIn(variants()), [](const auto& tested) {
    return tested.param.name;
});

/// Nodes that begin with a bootstrap Job.
class BootstrappedNode : public ::testing::TestWithParam<Variant> {};

TEST_P(BootstrappedNode, never_has_two_pods_and_comes_up_rolls_and_goes) {
    World world;
    prepare(world, GetParam().needs);
    // As its script says: seid of the bootstrap pod begins when the gate is open, and ends at its height.
    devcluster::workloads::FaultTarget seid;
    seid.namespace_ = world.namespace_name();
    seid.container = "seid";
    const auto runs_on = world.workloads().faults().set_exit(seid, {.code = 0, .after = std::nullopt});
    bool is_gate_open = false;
    bool had_job_pod = false;
    bool had_both = false;
    bool had_workload_too_early = false;
    // This test's watches of pods and of StatefulSets do not wait for each other: the server itself is asked.
    const auto has_job_pod_still = [&] {
        const auto pods = world.run(world.client().list<kube::Pod>({.namespace_ = world.namespace_name()}));
        return std::ranges::any_of(pods.items, [](const auto& pod) {
            return pod->metadata.labels.contains("sei.io/component");
        });
    };
    std::vector<std::string> plan;
    world.create(a_node(world, "b0", GetParam().spec));
    ASSERT_TRUE(world.run_until("it runs", [&] {
        if (plan.empty()) plan = planned(world, "b0");
        bool has_job_pod = false;
        bool has_own_pod = false;
        for (const kube::Pod& pod : world.pods()) {
            (pod.metadata.labels.contains("sei.io/component") ? has_job_pod : has_own_pod) = true;
        }
        had_job_pod = had_job_pod || has_job_pod;
        had_both = had_both || (has_job_pod && has_own_pod);
        had_workload_too_early =
            had_workload_too_early || (has_job_pod && world.stateful_set("b0") && has_job_pod_still());
        if (!is_gate_open && of_type(world.submissions("b0"), "mark-ready") > 0) {
            is_gate_open = true;
            world.workloads().faults().remove(runs_on);
        }
        return world.node("b0") && world.node("b0")->status.phase == NodePhase::Running;
    }));
    EXPECT_EQ(had_job_pod, backend() != Backend::ApiServer) << "there are no pods there";
    EXPECT_FALSE(had_both);
    EXPECT_FALSE(had_workload_too_early);
    EXPECT_FALSE(world.run(world.client().get<kube::Job>(world.key("b0-bootstrap"))));
    EXPECT_EQ(plan, words(GetParam().plan));
    EXPECT_EQ(world.submissions("b0"), of_the_sidecar(words(GetParam().plan)));
    EXPECT_EQ(world.node("b0")->status.currentImage, kImageV1) << "not that of the bootstrap";
    EXPECT_TRUE(roll(world, "b0"));
    EXPECT_TRUE(delete_and_wait(world, "b0"));
    expect_given_objects(world, GetParam().needs);
}

const std::vector<Variant>& bootstrapped() {
    static const std::string job = "deploy-bootstrap-service deploy-bootstrap-job snapshot-restore ";
    static const std::string done =
        " mark-ready await-bootstrap-complete teardown-bootstrap apply-statefulset "
        "apply-service ";
    static const std::string snapshot = R"("snapshot":{"s3":{"targetHeight":100},"bootstrapImage":"example.com/boot"})";
    static const auto* all = new std::vector<Variant>{
        {"full_node_that_publishes",
         with_peers(
             R"("fullNode":{)" + snapshot + R"(,"snapshotGeneration":{"tendermint":{"keepRecent":5,"publish":{}}}})"
         ),
         "ensure-data-pvc apply-rbac-proxy-config " + job +
             "configure-genesis config-apply discover-peers configure-state-sync config-validate" + done +
             "configure-genesis config-apply discover-peers config-validate snapshot-upload mark-ready"},
        {"replayer",
         with_peers(R"("replayer":{)" + snapshot + "}"),
         "ensure-data-pvc apply-rbac-proxy-config " + job +
             "configure-genesis config-apply discover-peers configure-state-sync config-validate" + done +
             "configure-genesis config-apply discover-peers config-validate mark-ready"},
        {"validator_with_keys",
         with_peers(R"("validator":{)" + std::string{kKeys} + "," + snapshot + "}"),
         "ensure-data-pvc apply-rbac-proxy-config validate-signing-key validate-node-key " + job +
             "configure-genesis config-apply discover-peers configure-state-sync config-validate" + done +
             "configure-genesis config-apply discover-peers config-validate mark-ready",
         Needs::ValidatorSecrets},
        {"validator_with_keys_without_peers",
         with_configured_peers(R"("validator":{)" + std::string{kKeys} + "," + snapshot + "}"),
         "ensure-data-pvc apply-rbac-proxy-config validate-signing-key validate-node-key " + job +
             "configure-genesis config-apply configure-state-sync config-validate" + done +
             "configure-genesis config-apply config-validate mark-ready",
         Needs::ValidatorSecrets},
        {"full_node_on_an_imported_claim",
         with_configured_peers(R"("fullNode":{)" + snapshot + R"(},"dataVolume":{"import":{"pvcName":"old"}})"),
         "ensure-data-pvc apply-rbac-proxy-config " + job +
             "configure-genesis config-apply configure-state-sync config-validate" + done +
             "configure-genesis config-apply config-validate mark-ready",
         Needs::ImportedClaim},
    };
    return *all;
}

INSTANTIATE_TEST_SUITE_P(OfTheContract, BootstrappedNode, ::testing::ValuesIn(bootstrapped()), [](const auto& tested) {
    return tested.param.name;
});

TEST(NodeWithoutPeers, fails_where_state_sync_needs_some_and_comes_up_rolls_and_goes_once_it_is_given_them) {
    World world;
    world.create(a_node(world, "n0", R"({"fullNode":{"snapshot":{"s3":{"targetHeight":100}}}})"));
    ASSERT_TRUE(world.run_until("it has failed", [&] { return world.node("n0")->status.phase == NodePhase::Failed; }));
    const auto plan = world.node("n0")->status.plan;
    ASSERT_TRUE(plan && plan->failedTaskDetail);
    EXPECT_EQ(plan->failedTaskDetail->error, "configure-state-sync: no peers in config.toml");
    world.edit("n0", [](sei::api::NodeSpec& spec) {
        spec.peers.emplace_back().static_.emplace().addresses = {"ab@h:26656"};
    });
    ASSERT_TRUE(world.run_until_running("n0"));
    EXPECT_TRUE(roll(world, "n0"));
    EXPECT_TRUE(delete_and_wait(world, "n0"));
}

TEST(PausedNode, has_no_workload_before_it_is_released_then_comes_up_rolls_and_goes) {
    World world;
    auto node = world.a_full_node("n0");
    node.spec.paused = true;
    world.create(std::move(node));
    ASSERT_TRUE(world.run_until("it says that it is paused", [&] {
        return condition(world, "n0", "Paused") == "True/Paused";
    }));
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_FALSE(world.stateful_set("n0"));
    EXPECT_FALSE(world.node("n0")->status.plan);
    EXPECT_FALSE(world.node("n0")->status.phase);
    world.edit("n0", [](sei::api::NodeSpec& spec) { spec.paused = false; });
    ASSERT_TRUE(world.run_until_running("n0"));
    EXPECT_TRUE(roll(world, "n0"));
    EXPECT_TRUE(delete_and_wait(world, "n0"));
}

}  // namespace
