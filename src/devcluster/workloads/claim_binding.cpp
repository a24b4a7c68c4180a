#include "devcluster/workloads/claim_binding.hpp"

namespace devcluster::workloads {

namespace {

kube::json::Array strings(const std::vector<std::string>& values) {
    kube::json::Array array;
    for (const std::string& value : values) array.emplace_back(value);
    return array;
}

}  // namespace

NewVolume volume_for(const kube::PersistentVolumeClaim& claim) {
    NewVolume volume;
    volume.metadata.name = "pvc-" + claim.metadata.uid;
    volume.metadata.annotations["pv.kubernetes.io/provisioned-by"] = "devcluster/simulated";
    volume.metadata.finalizers = {kVolumeProtection};
    kube::json::Object capacity;
    if (claim.spec.resources) {
        for (const auto& [resource, quantity] : claim.spec.resources->requests) capacity[resource] = quantity.text();
    }
    kube::json::Object reference;
    reference["apiVersion"] = "v1";
    reference["kind"] = "PersistentVolumeClaim";
    reference["namespace"] = claim.metadata.namespace_;
    reference["name"] = claim.metadata.name;
    reference["uid"] = claim.metadata.uid;
    kube::json::Object path;
    path["path"] = "/simulated/" + volume.metadata.name;
    kube::json::Object spec;
    spec["capacity"] = std::move(capacity);
    spec["accessModes"] = strings(claim.spec.accessModes);
    spec["claimRef"] = std::move(reference);
    spec["persistentVolumeReclaimPolicy"] = "Delete";
    spec["volumeMode"] = claim.spec.volumeMode.value_or("Filesystem");
    spec["hostPath"] = std::move(path);
    if (!claim.spec.storageClassName.value_or("").empty()) spec["storageClassName"] = *claim.spec.storageClassName;
    volume.spec = std::move(spec);
    return volume;
}

kube::PersistentVolumeClaim bound_claim(kube::PersistentVolumeClaim claim, const std::string& volume) {
    const bool is_chosen_by_user = !claim.spec.volumeName.empty();
    claim.spec.volumeName = volume;
    claim.metadata.annotations["pv.kubernetes.io/bind-completed"] = "yes";
    if (!is_chosen_by_user) claim.metadata.annotations["pv.kubernetes.io/bound-by-controller"] = "yes";
    if (!claim.metadata.has_finalizer(kClaimProtection)) claim.metadata.finalizers.emplace_back(kClaimProtection);
    return claim;
}

kube::PersistentVolumeClaimStatus bound_status(
    const kube::PersistentVolumeClaim& claim, const kube::PersistentVolume& volume
) {
    kube::PersistentVolumeClaimStatus status = claim.status;
    status.phase = "Bound";
    status.accessModes = volume.spec.accessModes;
    status.capacity = volume.spec.capacity;
    return status;
}

bool may_bind(const kube::PersistentVolumeClaim& claim, const kube::PersistentVolume& volume) {
    if (volume.metadata.deletionTimestamp || volume.status.phase == "Released") return false;
    if (!volume.spec.claimRef) return true;
    const kube::ObjectReference& holder = *volume.spec.claimRef;
    if (holder.namespace_ != claim.metadata.namespace_ || holder.name != claim.metadata.name) return false;
    return holder.uid.empty() || holder.uid == claim.metadata.uid;
}

}  // namespace devcluster::workloads
