#include "sei/resources/pod_parts.hpp"

#include "sei/api/labels.hpp"
#include "sei/api/node_queries.hpp"
#include "sei/resources/container_parts.hpp"
#include "sei/resources/footprint.hpp"

namespace sei::resources {

kube::Volume data_volume(const api::SeiNode& node) {
    kube::Volume volume{.name = std::string{kDataVolume}};
    volume.persistentVolumeClaim = kube::PersistentVolumeClaimVolume{.claimName = api::data_pvc_key(node).name};
    return volume;
}

kube::Volume temporary_volume() {
    kube::Volume volume{.name = std::string{kTemporaryVolume}};
    volume.emptyDir = kube::EmptyDirVolume{};
    return volume;
}

kube::Volume proxy_config_volume(const api::SeiNode& node) {
    kube::Volume volume{.name = std::string{kProxyConfigVolume}};
    volume.configMap = kube::ConfigMapVolume{.name = api::proxy_config_key(node).name};
    return volume;
}

void place(const api::SeiNode& node, const platform::Platform& platform, kube::PodSpec& pod) {
    const std::string& pool = footprint_of(node, platform).node_pool;
    kube::NodeSelectorTerm term;
    term.matchExpressions = {{.key = std::string{api::kNodePoolKey}, .operator_ = "In", .values = {pool}}};
    kube::NodeAffinity affinity;
    affinity.requiredDuringSchedulingIgnoredDuringExecution = kube::NodeSelector{.nodeSelectorTerms = {term}};

    pod.serviceAccountName = platform.service_account;
    pod.shareProcessNamespace = true;
    pod.affinity = kube::Affinity{.nodeAffinity = std::move(affinity)};
    // No operator, which means Equal.
    pod.tolerations = {{.key = platform.toleration_key, .value = pool, .effect = "NoSchedule"}};
}

kube::StringMap pod_annotations() {
    return {{std::string{api::kDoNotDisruptAnnotation}, "true"}};
}

}  // namespace sei::resources
