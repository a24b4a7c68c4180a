#include "devcluster/workloads/stateful_set_pod.hpp"

#include <algorithm>

namespace devcluster::workloads {

namespace {

std::string claim_template_name(const kube::json::Value& claim_template) {
    return std::string{kube::json::find_string(claim_template, {"metadata", "name"})};
}

std::string claim_name(const StatefulSet& set, const kube::json::Value& claim_template, int ordinal) {
    return fmt::format("{}-{}", claim_template_name(claim_template), pod_name(set, ordinal));
}

/// The claims' volumes, then those of the template that no claim replaces.
kube::json::Array volumes_of(const StatefulSet& set, const kube::json::Value& pod_spec, int ordinal) {
    kube::json::Array volumes;
    std::vector<std::string> replaced;
    for (const auto& claim_template : set.spec.volumeClaimTemplates) {
        replaced.push_back(claim_template_name(claim_template));
        kube::json::Object source;
        source["claimName"] = claim_name(set, claim_template, ordinal);
        kube::json::Object volume;
        volume["name"] = replaced.back();
        volume["persistentVolumeClaim"] = std::move(source);
        volumes.push_back(std::move(volume));
    }
    const kube::json::Value* present = kube::json::find(pod_spec, {"volumes"});
    if (present == nullptr || !present->is_array()) return volumes;
    for (const auto& volume : present->get_array()) {
        const std::string_view name = kube::json::find_string(volume, {"name"});
        if (std::ranges::find(replaced, name) == replaced.end()) volumes.push_back(volume);
    }
    return volumes;
}

}  // namespace

std::string pod_name(const StatefulSet& set, int ordinal) {
    return fmt::format("{}-{}", set.metadata.name, ordinal);
}

NewPod new_stateful_set_pod(
    const StatefulSet& set, const kube::json::Value& pod_template, const std::string& revision, int ordinal
) {
    NewPod pod;
    pod.metadata = template_metadata(pod_template);
    pod.metadata.name = pod_name(set, ordinal);
    pod.metadata.generateName = set.metadata.name + "-";
    pod.metadata.namespace_ = set.metadata.namespace_;
    pod.metadata.labels["controller-revision-hash"] = revision;
    pod.metadata.labels["statefulset.kubernetes.io/pod-name"] = pod.metadata.name;
    pod.metadata.labels["apps.kubernetes.io/pod-index"] = std::to_string(ordinal);
    pod.metadata.ownerReferences.push_back(controller_reference(set));
    const kube::json::Value* spec = kube::json::find(pod_template, {"spec"});
    pod.spec = spec != nullptr && spec->is_object() ? *spec : kube::json::Value{kube::json::Object{}};
    kube::json::Array volumes = volumes_of(set, pod.spec, ordinal);
    kube::json::Object& written = pod.spec.get_object();
    if (!volumes.empty()) written["volumes"] = std::move(volumes);
    written["hostname"] = pod.metadata.name;
    if (!set.spec.serviceName.empty()) written["subdomain"] = set.spec.serviceName;
    return pod;
}

std::vector<NewClaim> claims_of_pod(const StatefulSet& set, int ordinal) {
    std::vector<NewClaim> claims;
    for (const auto& claim_template : set.spec.volumeClaimTemplates) {
        NewClaim claim;
        claim.metadata = template_metadata(claim_template);
        claim.metadata.name = claim_name(set, claim_template, ordinal);
        claim.metadata.namespace_ = set.metadata.namespace_;
        for (const auto& [key, value] : set.spec.selector.matchLabels) claim.metadata.labels[key] = value;
        claim.metadata.ownerReferences = claim_owners(set, {}, pod_name(set, ordinal), nullptr);
        if (const auto* spec = kube::json::find(claim_template, {"spec"})) claim.spec = *spec;
        claims.push_back(std::move(claim));
    }
    return claims;
}

std::vector<kube::OwnerReference> claim_owners(
    const StatefulSet& set,
    std::vector<kube::OwnerReference> present,
    const std::string& pod,
    const kube::Pod* condemned
) {
    const ClaimRetention policy = set.spec.persistentVolumeClaimRetentionPolicy.value_or(ClaimRetention{});
    std::erase_if(present, [&](const kube::OwnerReference& owner) {
        return owner.uid == set.metadata.uid || (owner.kind == "Pod" && owner.name == pod);
    });
    if (policy.whenDeleted == "Delete") {
        kube::OwnerReference owner = controller_reference(set);
        owner.controller.reset();
        owner.blockOwnerDeletion.reset();
        present.push_back(std::move(owner));
    }
    if (policy.whenScaled == "Delete" && condemned != nullptr) {
        present.push_back({.apiVersion = "v1", .kind = "Pod", .name = pod, .uid = condemned->metadata.uid});
    }
    return present;
}

}  // namespace devcluster::workloads
