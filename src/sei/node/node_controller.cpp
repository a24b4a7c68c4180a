#include "sei/node/node_controller.hpp"

#include <utility>
#include <vector>

#include "kube/runtime/controller.hpp"
#include "kube/runtime/predicate.hpp"
#include "kube/types/persistent_volume_claim.hpp"
#include "kube/types/pod.hpp"
#include "kube/types/service.hpp"
#include "kube/types/stateful_set.hpp"
#include "sei/api/labels.hpp"

namespace sei::node {
namespace {

/// The facts of a pod that a rollout is judged by.
bool rollout_facts_changed(const kube::Pod& before, const kube::Pod& after) {
    const auto states = [](const std::vector<kube::ContainerStatus>& statuses) {
        std::vector<std::optional<kube::ContainerState>> out;
        for (const auto& status : statuses) out.push_back(status.state);
        return out;
    };
    return before.metadata.labels != after.metadata.labels ||
           before.metadata.deletionTimestamp != after.metadata.deletionTimestamp ||
           before.status.phase != after.status.phase ||
           states(before.status.containerStatuses) != states(after.status.containerStatuses) ||
           states(before.status.initContainerStatuses) != states(after.status.initContainerStatuses);
}

std::vector<kube::NamespacedName> nodes_of_pod(const kube::Pod& pod) {
    kube::NamespacedName node = node_of_pod(pod);
    if (node.name.empty()) return {};
    return {std::move(node)};
}

}  // namespace

std::unique_ptr<NodeReconciler> add_controller(kube::Manager& manager, NodeReconcilerDependencies dependencies) {
    NodeCaches caches{
        .nodes = manager.cache<api::SeiNode>(),
        .stateful_sets = manager.cache<kube::StatefulSet>(),
        .claims = manager.cache<kube::PersistentVolumeClaim>(),
        .pods = manager.cache<kube::Pod>()
    };
    add_pods_of_node_index(caches.pods);
    auto reconciler = std::make_unique<NodeReconciler>(
        manager.client(),
        manager.clock(),
        manager.event_recorder(std::string{api::kNodeEventSource}),
        manager.metrics(),
        std::move(caches),
        std::move(dependencies)
    );
    // That a claim gets bound, or a Service its address, moves nothing here.
    kube::ControllerBuilder<api::SeiNode>{manager, std::string{api::kNodeControllerName}}
        .when(kube::any_of(kube::generation_changed, kube::deletion_requested))
        .owns<kube::StatefulSet>()
        .owns<kube::PersistentVolumeClaim>(kube::deletion_requested)
        .owns<kube::Service>(kube::deletion_requested)
        .watches<kube::Pod>(nodes_of_pod, rollout_facts_changed)
        .build(*reconciler);
    return reconciler;
}

}  // namespace sei::node
