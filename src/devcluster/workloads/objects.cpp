#include "devcluster/workloads/objects.hpp"

#include <algorithm>

#include "kube/json/codec.hpp"

namespace devcluster::workloads {

bool matches(const kube::LabelSelector& selector, const kube::StringMap& labels) {
    for (const auto& [key, value] : selector.matchLabels) {
        const auto found = labels.find(key);
        if (found == labels.end() || found->second != value) return false;
    }
    return std::ranges::all_of(selector.matchExpressions, [&](const kube::SelectorRequirement& requirement) {
        const auto found = labels.find(requirement.key);
        const bool exists = found != labels.end();
        const bool is_listed =
            exists && std::ranges::find(requirement.values, found->second) != requirement.values.end();
        if (requirement.operator_ == "In") return is_listed;
        if (requirement.operator_ == "NotIn") return !is_listed;
        if (requirement.operator_ == "Exists") return exists;
        return requirement.operator_ == "DoesNotExist" && !exists;
    });
}

kube::ObjectMeta template_metadata(const kube::json::Value& template_) {
    kube::ObjectMeta taken;
    const kube::json::Value* written = kube::json::find(template_, {"metadata"});
    if (written == nullptr || !written->is_object()) return taken;
    auto metadata = kube::json::from_json<kube::ObjectMeta>(*written);
    taken.labels = std::move(metadata.labels);
    taken.annotations = std::move(metadata.annotations);
    taken.finalizers = std::move(metadata.finalizers);
    return taken;
}

}  // namespace devcluster::workloads

namespace workloads = devcluster::workloads;

template void kube::json::write_json(const workloads::StatefulSet&, kube::json::Value&);
template workloads::StatefulSet kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const workloads::Job&, kube::json::Value&);
template workloads::Job kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const workloads::NewPod&, kube::json::Value&);
template workloads::NewPod kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const workloads::NewClaim&, kube::json::Value&);
template workloads::NewClaim kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const workloads::NewVolume&, kube::json::Value&);
template workloads::NewVolume kube::json::from_json(const kube::json::Value&);
