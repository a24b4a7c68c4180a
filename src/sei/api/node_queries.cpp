#include "sei/api/node_queries.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "kube/meta/condition.hpp"
#include "sei/api/conditions.hpp"

namespace sei::api {

std::optional<NodeMode> mode_of(const NodeSpec& spec) {
    if (spec.validator) return NodeMode::Validator;
    if (spec.archive) return NodeMode::Archive;
    if (spec.replayer) return NodeMode::Replayer;
    if (spec.fullNode) return NodeMode::FullNode;
    return std::nullopt;
}

std::string_view mode_word(const NodeSpec& spec) {
    // The archive goes first here, the validator in the role: both as the contract says.
    if (spec.archive) return "archive";
    if (spec.validator) return "validator";
    return "full";
}

std::string_view role_of(const NodeSpec& spec) {
    const auto mode = mode_of(spec);
    if (!mode) return {};
    switch (*mode) {
        case NodeMode::FullNode:
            return "node";
        case NodeMode::Archive:
            return "archive";
        case NodeMode::Replayer:
            return "replayer";
        case NodeMode::Validator:
            return "validator";
    }
    return {};
}

const SnapshotSource* snapshot_source(const NodeSpec& spec) {
    if (spec.fullNode && spec.fullNode->snapshot) return &*spec.fullNode->snapshot;
    if (spec.validator && spec.validator->snapshot) return &*spec.validator->snapshot;
    if (spec.replayer) return &spec.replayer->snapshot;
    return nullptr;
}

const SnapshotGenerationConfig* snapshot_generation(const NodeSpec& spec) {
    if (spec.fullNode && spec.fullNode->snapshotGeneration) return &*spec.fullNode->snapshotGeneration;
    if (spec.archive && spec.archive->snapshotGeneration) return &*spec.archive->snapshotGeneration;
    return nullptr;
}

bool is_genesis_validator(const NodeSpec& spec) {
    return spec.validator.has_value() && spec.validator->genesisCeremony.has_value();
}

bool needs_bootstrap(const NodeSpec& spec) {
    const SnapshotSource* source = snapshot_source(spec);
    return source != nullptr && !source->bootstrapImage.empty() && source->s3 && source->s3->targetHeight > 0 &&
           !is_genesis_validator(spec);
}

std::int64_t halt_height(const S3Snapshot& snapshot) {
    return snapshot.haltHeight > 0 ? snapshot.haltHeight : snapshot.targetHeight;
}

const std::string& external_address(const SeiNode& node) {
    return node.spec.externalAddress.empty() ? node.status.externalAddress : node.spec.externalAddress;
}

const KeySecret* signing_key_secret(const NodeSpec& spec) {
    if (!spec.validator || !spec.validator->signingKey || !spec.validator->signingKey->secret) return nullptr;
    return &*spec.validator->signingKey->secret;
}

const KeySecret* node_key_secret(const NodeSpec& spec) {
    if (!spec.validator || !spec.validator->nodeKey || !spec.validator->nodeKey->secret) return nullptr;
    return &*spec.validator->nodeKey->secret;
}

const SecretOperatorKeyring* operator_keyring_secret(const NodeSpec& spec) {
    if (!spec.validator || !spec.validator->operatorKeyring || !spec.validator->operatorKeyring->secret) return nullptr;
    return &*spec.validator->operatorKeyring->secret;
}

std::string operator_key_name(const NodeSpec& spec) {
    const SecretOperatorKeyring* keyring = operator_keyring_secret(spec);
    if (keyring == nullptr) return "validator";
    return keyring->keyName.empty() ? "node_admin" : keyring->keyName;
}

std::string_view imported_pvc_name(const NodeSpec& spec) {
    if (!spec.dataVolume || !spec.dataVolume->import_) return {};
    return spec.dataVolume->import_->pvcName;
}

bool was_granted_import(const SeiNode& node) {
    return kube::is_condition_true(node.status.conditions, node_condition::kImportPvcReady);
}

std::int32_t sidecar_port(const NodeSpec& spec) {
    constexpr std::int32_t kDefaultPort = 7777;
    return spec.sidecar && spec.sidecar->port != 0 ? spec.sidecar->port : kDefaultPort;
}

std::string sidecar_url(const kube::NamespacedName& node) {
    return fmt::format("http://{0}-0.{0}.{1}.svc.cluster.local:{2}", node.name, node.namespace_, kProxyPort);
}

bool has_image_drift(const NodeSpec& spec, const SeiNodeStatus& status) {
    return !status.currentImage.empty() && spec.image != status.currentImage;
}

bool is_halted_by_intention(const NodeSpec& spec) {
    return std::ranges::any_of(std::array{"chain.halt_height", "chain.halt_time"}, [&](const char* key) {
        const auto found = spec.overrides.find(key);
        return found != spec.overrides.end() && !found->second.empty() && found->second != "0";
    });
}

bool is_failed(const SeiNode& node) {
    return node.status.phase == NodePhase::Failed;
}

kube::NamespacedName workload_key(const SeiNode& node) {
    return node.metadata.key();
}

kube::NamespacedName pod_key(const SeiNode& node) {
    return {node.metadata.namespace_, node.metadata.name + "-0"};
}

kube::NamespacedName data_pvc_key(const SeiNode& node) {
    const std::string_view imported = imported_pvc_name(node.spec);
    return {node.metadata.namespace_, imported.empty() ? "data-" + node.metadata.name : std::string{imported}};
}

kube::NamespacedName proxy_config_key(const SeiNode& node) {
    return {node.metadata.namespace_, node.metadata.name + "-rbac-proxy-config"};
}

kube::NamespacedName bootstrap_job_key(const SeiNode& node) {
    return {node.metadata.namespace_, node.metadata.name + "-bootstrap"};
}

kube::OwnerReference owner_reference_to(const SeiNode& node) {
    constexpr const kube::ResourceType& kType = kube::KindOf<SeiNode>::type;
    return {
        .apiVersion = kType.api_version(),
        .kind = std::string{kType.kind},
        .name = node.metadata.name,
        .uid = node.metadata.uid,
        .controller = true,
        .blockOwnerDeletion = true
    };
}

}  // namespace sei::api
