// One node's objects, as the manager's caches have them.
#pragma once

#include <string_view>

#include "kube/runtime/cache.hpp"
#include "kube/runtime/manager.hpp"
#include "sei/api/node.hpp"
#include "sei/tasks/observed.hpp"

namespace sei::node {

/// The caches that the node controller reads.
struct NodeCaches {
    kube::Cache<api::SeiNode> nodes;
    kube::Cache<kube::StatefulSet> stateful_sets;
    kube::Cache<kube::PersistentVolumeClaim> claims;
    kube::Cache<kube::Pod> pods;
    kube::Cache<kube::Service> services;
    kube::Cache<kube::ConfigMap> config_maps;
};

/// Adds the index that `CachedObjects::pods` uses. Before the manager starts, once for a pod cache.
void add_pods_of_node_index(kube::Cache<kube::Pod>& pods);

/// The key of the node that a pod says it belongs to, by its label; empty name when it says nothing.
[[nodiscard]] kube::NamespacedName node_of_pod(const kube::Pod& pod);

class CachedObjects final : public tasks::Observed {
public:
    /// `node` and `caches` outlive this.
    CachedObjects(const api::SeiNode& node, const NodeCaches& caches) : node_{node}, caches_{caches} {}
    [[nodiscard]] std::optional<kube::Snapshot<kube::StatefulSet>> stateful_set() const override;
    [[nodiscard]] std::vector<kube::Snapshot<kube::Pod>> pods() const override;
    [[nodiscard]] std::optional<kube::Snapshot<kube::PersistentVolumeClaim>> data_volume_claim() const override;
    [[nodiscard]] std::optional<kube::Snapshot<kube::Service>> service() const override;
    [[nodiscard]] std::optional<kube::Snapshot<kube::ConfigMap>> proxy_config() const override;

private:
    const api::SeiNode& node_;
    const NodeCaches& caches_;
};

}  // namespace sei::node
