#include "sei/deployment/deployment_controller.hpp"

#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "kube/runtime/controller.hpp"
#include "kube/runtime/predicate.hpp"
#include "sei/api/labels.hpp"

namespace sei::deployment {
namespace {

/// The deployment that this node's name is reserved for: a node of somebody else in the way is seen to come and go.
std::vector<kube::NamespacedName> deployment_of_name(const api::SeiNode& node) {
    const std::string& name = node.metadata.name;
    const std::size_t dash = name.rfind('-');
    if (dash == std::string::npos || dash == 0) return {};
    if (!parse_ordinal(std::string_view{name}.substr(dash + 1))) return {};
    return {{node.metadata.namespace_, name.substr(0, dash)}};
}

/// The deployment of the node whose workload this is. A bounded rollout goes on when its pod is ready.
std::vector<kube::NamespacedName> deployment_of_workload(const kube::StatefulSet& workload) {
    const auto found = workload.metadata.labels.find(std::string{api::kDeploymentLabel});
    if (found == workload.metadata.labels.end()) return {};
    return {{workload.metadata.namespace_, found->second}};
}

bool readiness_changed(const kube::StatefulSet& before, const kube::StatefulSet& after) {
    const auto facts = [](const kube::StatefulSet& workload) {
        const kube::StatefulSetStatus& status = workload.status;
        return std::tuple{
            status.readyReplicas, status.updatedReplicas, status.observedGeneration, workload.metadata.generation
        };
    };
    return facts(before) != facts(after);
}

bool owner_changed(const api::SeiNode& before, const api::SeiNode& after) {
    return before.metadata.ownerReferences != after.metadata.ownerReferences;
}

}  // namespace

std::unique_ptr<DeploymentReconciler> make_reconciler(
    kube::Manager& manager, DeploymentReconcilerDependencies dependencies
) {
    DeploymentCaches caches{
        .nodes = manager.cache<api::SeiNode>(),
        .services = manager.cache<kube::Service>(),
        .routes = manager.cache<kube::HttpRoute>(kube::KindNeed::Optional),
        .stateful_sets = manager.cache<kube::StatefulSet>()
    };
    add_nodes_of_deployment_index(caches.nodes);
    return std::make_unique<DeploymentReconciler>(
        manager.client(),
        manager.clock(),
        manager.event_recorder(std::string{api::kDeploymentEventSource}),
        manager.metrics(),
        std::move(caches),
        std::move(dependencies)
    );
}

void build_controller(kube::Manager& manager, kube::Reconciler<api::SeiNodeDeployment>& reconciler) {
    kube::ControllerBuilder<api::SeiNodeDeployment>{manager, std::string{api::kDeploymentControllerName}}
        .when(kube::any_of(kube::generation_changed, kube::deletion_requested))
        .owns<api::SeiNode>(reported_facts_changed)
        .watches<api::SeiNode>(deployment_of_name, owner_changed)
        .watches<kube::StatefulSet>(deployment_of_workload, readiness_changed)
        .owns<kube::Service>()
        .owns<kube::HttpRoute>(kube::every_update, kube::KindNeed::Optional)
        .build(reconciler);
}

std::unique_ptr<DeploymentReconciler> add_controller(
    kube::Manager& manager, DeploymentReconcilerDependencies dependencies
) {
    auto reconciler = make_reconciler(manager, std::move(dependencies));
    build_controller(manager, *reconciler);
    return reconciler;
}

}  // namespace sei::deployment
