#include "sim/sidecars_on_claims.hpp"

namespace sim {

void SidecarsOnClaims::container_started(const kube::Pod& pod, const std::string& container) {
    const kube::NamespacedName node = devcluster::sidecar::node_of_pod(pod);
    for (const kube::Volume& volume : pod.spec.volumes) {
        if (!volume.persistentVolumeClaim || container != devcluster::sidecar::kSidecarContainer) continue;
        auto& holder = holders_[{pod.metadata.namespace_, volume.persistentVolumeClaim->claimName}];
        if (!holder.name.empty() && holder != node) host_.node(node).take_volume_of(host_.node(holder));
        holder = node;
    }
    pods_.container_started(pod, container);
}

void SidecarsOnClaims::container_stopped(const kube::Pod& pod, const std::string& container) {
    pods_.container_stopped(pod, container);
}

void SidecarsOnClaims::claim_is_gone(const kube::NamespacedName& claim) {
    holders_.erase(claim);
}

}  // namespace sim
