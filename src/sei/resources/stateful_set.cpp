#include "sei/resources/stateful_set.hpp"

#include <utility>

#include "sei/api/node_queries.hpp"
#include "sei/resources/container_parts.hpp"
#include "sei/resources/containers.hpp"
#include "sei/resources/identity.hpp"
#include "sei/resources/pod_parts.hpp"

namespace sei::resources {

namespace {

/// Octal 0400.
constexpr std::int32_t kOwnerReads = 256;

kube::Volume secret_volume(std::string_view name, std::string secret) {
    kube::Volume volume{.name = std::string{name}};
    volume.secret = kube::SecretVolume{.secretName = std::move(secret), .defaultMode = kOwnerReads};
    return volume;
}

kube::Volume key_volume(std::string_view name, std::string secret, std::string file) {
    kube::Volume volume = secret_volume(name, std::move(secret));
    volume.secret->items = {{.key = file, .path = file}};
    return volume;
}

std::vector<kube::Volume> volumes_of(const api::SeiNode& node) {
    std::vector<kube::Volume> volumes{data_volume(node), temporary_volume(), proxy_config_volume(node)};
    if (const api::KeySecret* key = api::signing_key_secret(node.spec)) {
        volumes.push_back(key_volume(kSigningKeyVolume, key->secretName, "priv_validator_key.json"));
    }
    if (const api::KeySecret* key = api::node_key_secret(node.spec)) {
        volumes.push_back(key_volume(kNodeKeyVolume, key->secretName, "node_key.json"));
    }
    if (const api::SecretOperatorKeyring* keyring = api::operator_keyring_secret(node.spec)) {
        // The whole Secret: its keys are the files of the keyring.
        volumes.push_back(secret_volume(kKeyringVolume, keyring->secretName));
    }
    return volumes;
}

kube::PodSpec pod_of(const api::SeiNode& node, const platform::Platform& platform) {
    kube::PodSpec pod;
    pod.volumes = volumes_of(node);
    pod.initContainers = {
        seid_init_container(node), sidecar_container(node, platform), rbac_proxy_container(node, platform)
    };
    pod.containers = {seid_container(node, platform), exporter_container(platform)};
    pod.automountServiceAccountToken = true;
    pod.securityContext = kube::PodSecurityContext{.fsGroup = kNonRoot, .fsGroupChangePolicy = "OnRootMismatch"};
    place(node, platform, pod);
    return pod;
}

}  // namespace

std::expected<kube::StatefulSet, RenderError> render_stateful_set(
    const api::SeiNode& node, const platform::Platform& platform
) {
    if (platform.kube_rbac_proxy_image.empty()) {
        return std::unexpected(RenderError{"SEI_KUBE_RBAC_PROXY_IMAGE is not configured on the controller"});
    }
    if (platform.cosmos_exporter_image.empty()) {
        return std::unexpected(RenderError{"SEI_COSMOS_EXPORTER_IMAGE is required on the operator Deployment"});
    }
    kube::StatefulSet set;
    set.metadata = owned_metadata(node, api::workload_key(node), resource_labels(node));
    // Never more than one: two pods with one consensus key sign twice (spec 05 §15.4, S2).
    set.spec.replicas = node.spec.paused ? 0 : 1;
    set.spec.serviceName = node.metadata.name;
    set.spec.selector.matchLabels = selector_labels(node);
    set.spec.updateStrategy.type = "OnDelete";
    set.spec.template_.metadata.labels = resource_labels(node);
    set.spec.template_.metadata.annotations = pod_annotations();
    set.spec.template_.spec = pod_of(node, platform);

    for (const auto& check : {check_keyring_containment, check_secret_use, check_amounts}) {
        if (auto checked = check(node, set.spec.template_.spec); !checked) return std::unexpected(checked.error());
    }
    return set;
}

}  // namespace sei::resources
