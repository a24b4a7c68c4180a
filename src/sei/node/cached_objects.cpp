#include "sei/node/cached_objects.hpp"

#include <string>

#include "sei/api/labels.hpp"
#include "sei/api/node_queries.hpp"

namespace sei::node {
namespace {

constexpr const char* kPodsOfNode = "pods-of-node";

}  // namespace

kube::NamespacedName node_of_pod(const kube::Pod& pod) {
    const auto label = pod.metadata.labels.find(std::string{api::kNodeLabel});
    if (label == pod.metadata.labels.end()) return {};
    return {pod.metadata.namespace_, label->second};
}

void add_pods_of_node_index(kube::Cache<kube::Pod>& pods) {
    pods.add_index(kPodsOfNode, [](const kube::Pod& pod) -> std::vector<std::string> {
        const kube::NamespacedName node = node_of_pod(pod);
        if (node.name.empty()) return {};
        return {to_string(node)};
    });
}

std::optional<kube::Snapshot<kube::StatefulSet>> CachedObjects::stateful_set() const {
    return caches_.stateful_sets.get(api::workload_key(node_));
}

std::vector<kube::Snapshot<kube::Pod>> CachedObjects::pods() const {
    return caches_.pods.by_index(kPodsOfNode, to_string(node_.metadata.key()));
}

std::optional<kube::Snapshot<kube::PersistentVolumeClaim>> CachedObjects::data_volume_claim() const {
    return caches_.claims.get(api::data_pvc_key(node_));
}

std::optional<kube::Snapshot<kube::Service>> CachedObjects::service() const {
    return caches_.services.get(api::workload_key(node_));
}

std::optional<kube::Snapshot<kube::ConfigMap>> CachedObjects::proxy_config() const {
    return caches_.config_maps.get(api::proxy_config_key(node_));
}

}  // namespace sei::node
