#include "sei/api/node_queries.hpp"

#include <gtest/gtest.h>

#include "sei/api/node_task_queries.hpp"

namespace sei::api {
namespace {

NodeSpec full_node() {
    return {.fullNode = FullNodeSpec{}};
}
NodeSpec archive() {
    return {.archive = ArchiveSpec{}};
}
NodeSpec replayer() {
    return {.replayer = ReplayerSpec{}};
}
NodeSpec validator() {
    return {.validator = ValidatorSpec{}};
}

TEST(NodeQueries, tell_mode_and_role) {
    struct Case {
        std::string behaviour;
        NodeSpec spec;
        std::optional<NodeMode> mode;
        std::string_view word;
        std::string_view role;
    };
    for (const auto& [behaviour, spec, mode, word, role] : std::vector<Case>{
             {"a full node", full_node(), NodeMode::FullNode, "full", "node"},
             {"an archive", archive(), NodeMode::Archive, "archive", "archive"},
             {"a replayer runs as a full node", replayer(), NodeMode::Replayer, "full", "replayer"},
             {"a validator", validator(), NodeMode::Validator, "validator", "validator"},
             {"a spec without a mode", {}, std::nullopt, "full", ""},
         }) {
        SCOPED_TRACE(behaviour);
        EXPECT_EQ(mode_of(spec), mode);
        EXPECT_EQ(mode_word(spec), word);
        EXPECT_EQ(role_of(spec), role);
    }
}

TEST(NodeQueries, find_the_snapshot_that_a_mode_may_have) {
    const SnapshotSource source{.s3 = S3Snapshot{.targetHeight = 7}};
    EXPECT_EQ(snapshot_source({.fullNode = FullNodeSpec{.snapshot = source}})->s3->targetHeight, 7);
    EXPECT_EQ(snapshot_source({.validator = ValidatorSpec{.snapshot = source}})->s3->targetHeight, 7);
    EXPECT_EQ(snapshot_source({.replayer = ReplayerSpec{.snapshot = source}})->s3->targetHeight, 7);
    EXPECT_EQ(snapshot_source(full_node()), nullptr);
    EXPECT_EQ(snapshot_source(archive()), nullptr);
}

TEST(NodeQueries, ask_for_a_bootstrap_only_with_an_image_and_a_height) {
    const SnapshotSource source{.s3 = S3Snapshot{.targetHeight = 7}, .bootstrapImage = "seid:v0"};
    EXPECT_TRUE(needs_bootstrap({.fullNode = FullNodeSpec{.snapshot = source}}));
    EXPECT_FALSE(needs_bootstrap({.fullNode = FullNodeSpec{.snapshot = SnapshotSource{.s3 = S3Snapshot{7}}}}));
    EXPECT_FALSE(needs_bootstrap(
        {.fullNode = FullNodeSpec{.snapshot = SnapshotSource{.stateSync = StateSync{}, .bootstrapImage = "seid:v0"}}}
    ));
    EXPECT_FALSE(needs_bootstrap(
        {.validator = ValidatorSpec{.snapshot = source, .genesisCeremony = GenesisCeremonyNodeConfig{}}}
    ));
    EXPECT_FALSE(needs_bootstrap(archive()));
}

TEST(NodeQueries, halt_a_bootstrap_at_its_target_unless_it_says_otherwise) {
    EXPECT_EQ(halt_height({.targetHeight = 7}), 7);
    EXPECT_EQ(halt_height({.targetHeight = 7, .haltHeight = 9}), 9);
}

TEST(NodeQueries, prefer_the_external_address_of_the_spec) {
    SeiNode node{.spec = full_node()};
    EXPECT_EQ(external_address(node), "");
    node.status.externalAddress = "status.example.com:26656";
    EXPECT_EQ(external_address(node), "status.example.com:26656");
    node.spec.externalAddress = "spec.example.com:26656";
    EXPECT_EQ(external_address(node), "spec.example.com:26656");
}

TEST(NodeQueries, name_the_key_that_signs) {
    EXPECT_EQ(operator_key_name(full_node()), "validator");
    EXPECT_EQ(operator_key_name(validator()), "validator");
    NodeSpec spec = validator();
    spec.validator->operatorKeyring.emplace();
    EXPECT_EQ(operator_key_name(spec), "validator");
    spec.validator->operatorKeyring->secret.emplace();
    EXPECT_EQ(operator_key_name(spec), "node_admin");
    spec.validator->operatorKeyring->secret->keyName = "me";
    EXPECT_EQ(operator_key_name(spec), "me");
}

TEST(NodeQueries, name_what_a_node_owns) {
    SeiNode node{.metadata = {.name = "rpc-0", .namespace_ = "sei", .uid = "u"}, .spec = full_node()};
    EXPECT_EQ(to_string(workload_key(node)), "sei/rpc-0");
    EXPECT_EQ(to_string(pod_key(node)), "sei/rpc-0-0");
    EXPECT_EQ(to_string(data_pvc_key(node)), "sei/data-rpc-0");
    EXPECT_EQ(to_string(proxy_config_key(node)), "sei/rpc-0-rbac-proxy-config");
    EXPECT_EQ(to_string(bootstrap_job_key(node)), "sei/rpc-0-bootstrap");
    EXPECT_EQ(sidecar_url(node.metadata.key()), "http://rpc-0-0.rpc-0.sei.svc.cluster.local:8443");
    node.spec.dataVolume.emplace().import_.emplace().pvcName = "old";
    EXPECT_EQ(to_string(data_pvc_key(node)), "sei/old");
    const kube::OwnerReference owner = owner_reference_to(node);
    EXPECT_EQ(owner.apiVersion, "sei.io/v1alpha1");
    EXPECT_EQ(owner.uid, "u");
    EXPECT_TRUE(owner.controller.value_or(false));
}

TEST(NodeQueries, take_the_default_port_for_none) {
    NodeSpec spec = full_node();
    EXPECT_EQ(sidecar_port(spec), 7777);
    spec.sidecar.emplace();
    EXPECT_EQ(sidecar_port(spec), 7777);
    spec.sidecar->port = 9000;
    EXPECT_EQ(sidecar_port(spec), 9000);
}

TEST(NodeQueries, see_image_drift_only_against_an_observed_image) {
    SeiNode node{.spec = {.image = "v2"}, .status = {.phase = NodePhase::Running, .currentImage = "v1"}};
    EXPECT_TRUE(has_image_drift(node.spec, node.status));
    node.status.currentImage = "v2";
    EXPECT_FALSE(has_image_drift(node.spec, node.status));
    node.status.currentImage.clear();
    EXPECT_FALSE(has_image_drift(node.spec, node.status)) << "nothing observed yet is no drift";
}

TEST(TaskQueries, fall_back_on_five_minutes_and_running) {
    const SeiNodeTask task;
    EXPECT_EQ(require_phase(task), NodePhase::Running);
    EXPECT_EQ(require_phase_timeout(task), std::chrono::minutes{5});
}

TEST(TaskQueries, say_what_is_wrong_with_a_duration) {
    SeiNodeTask task;
    task.spec.target.requirePhaseTimeout = "soon";
    const auto timeout = require_phase_timeout(task);
    ASSERT_FALSE(timeout);
    EXPECT_EQ(timeout.error(), "spec.target.requirePhaseTimeout \"soon\" is no duration; write it like 5m or 1h30m");
}

TEST(Phases, have_the_apis_words) {
    EXPECT_EQ(word_of(NodePhase::Initializing), "Initializing");
    EXPECT_EQ(word_of(std::optional<NodePhase>{}), "");
}

}  // namespace
}  // namespace sei::api
