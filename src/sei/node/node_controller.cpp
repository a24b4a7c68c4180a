#include "sei/node/node_controller.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "kube/runtime/controller.hpp"
#include "kube/runtime/predicate.hpp"
#include "kube/types/config_map.hpp"
#include "kube/types/job.hpp"
#include "kube/types/persistent_volume_claim.hpp"
#include "kube/types/pod.hpp"
#include "kube/types/service.hpp"
#include "kube/types/stateful_set.hpp"
#include "sei/api/labels.hpp"
#include "sei/tasks/rollout.hpp"

namespace sei::node {
namespace {

/// Somebody asks for a failed node to be tried again.
bool retry_requested(const api::SeiNode& before, const api::SeiNode& after) {
    const std::string key{api::kRetryAnnotation};
    return !before.metadata.annotations.contains(key) && after.metadata.annotations.contains(key);
}

/// Whether the pod is ready and scheduled, and why not.
std::vector<std::string> condition_states(const std::vector<kube::WorkloadCondition>& conditions) {
    std::vector<std::string> states;
    for (const char* type : {"Ready", "PodScheduled", "PodReadyToStartContainers"}) {
        const kube::WorkloadCondition* found = kube::find_condition(conditions, type);
        states.push_back(found == nullptr ? "" : found->status + "/" + found->reason);
    }
    return states;
}

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
           condition_states(before.status.conditions) != condition_states(after.status.conditions) ||
           states(before.status.containerStatuses) != states(after.status.containerStatuses) ||
           states(before.status.initContainerStatuses) != states(after.status.initContainerStatuses);
}

std::vector<kube::NamespacedName> nodes_of_pod(const kube::Pod& pod) {
    kube::NamespacedName node = node_of_pod(pod);
    if (node.name.empty()) return {};
    return {std::move(node)};
}

/// One that stands where the node's own is to be need not have an owner: that it comes and goes is seen by its name.
std::vector<kube::NamespacedName> node_of_the_same_name(const kube::StatefulSet& set) {
    return {set.metadata.key()};
}

/// Comings and goings only.
bool no_update(const kube::StatefulSet&, const kube::StatefulSet&) {
    return false;
}

/// Of a container only its name and image are looked at.
constexpr std::array kUnreadOfPods = std::to_array<std::string_view>(
    {"affinity",
     "args",
     "command",
     "env",
     "lifecycle",
     "livenessProbe",
     "ports",
     "readinessProbe",
     "resources",
     "securityContext",
     "startupProbe",
     "tolerations",
     "volumeMounts",
     "volumes"}
);
constexpr std::array kUnreadOfJobs = std::to_array<std::string_view>({"selector", "template"});

void keep_what_is_read_of_set(kube::StatefulSet& set) {
    set.spec = tasks::read_part_of(set.spec);
}
void keep_images_of_pod(kube::Pod& pod) {
    pod.spec = tasks::images_of(pod.spec);
}

/// Of the Jobs of a cluster only those of nodes matter, and of those how they end.
void keep_outcome(kube::Job& job) {
    job.spec = {};
    job.metadata.labels.clear();
    job.metadata.annotations.clear();
}

bool is_of_sei(const kube::ObjectMeta& metadata) {
    return std::ranges::any_of(metadata.ownerReferences, [](const kube::OwnerReference& owner) {
        return owner.kind.starts_with("SeiNode");
    });
}

/// Of the ConfigMaps of a cluster only those of nodes matter.
void keep_ours_of_configs(kube::ConfigMap& config) {
    config.metadata.annotations.clear();
    if (is_of_sei(config.metadata)) return;
    config.metadata.labels.clear();
    config.data.clear();
    config.binaryData.clear();
}

/// Of the Services of a cluster only those of nodes and deployments matter. Both controllers read this cache; whether
/// one that nobody owns is a deployment's to take is asked of the API server.
void keep_ours_of_services(kube::Service& service) {
    if (is_of_sei(service.metadata)) return;
    service.metadata.annotations.clear();
    service.metadata.labels.clear();
    service.spec = {};
}

/// What somebody may have changed by hand.
bool service_changed(const kube::Service& before, const kube::Service& after) {
    return before.spec != after.spec || before.metadata.labels != after.metadata.labels ||
           before.metadata.ownerReferences != after.metadata.ownerReferences;
}
bool config_changed(const kube::ConfigMap& before, const kube::ConfigMap& after) {
    return before.data != after.data || before.metadata.labels != after.metadata.labels ||
           before.metadata.ownerReferences != after.metadata.ownerReferences;
}

bool job_outcome_changed(const kube::Job& before, const kube::Job& after) {
    return before.status.conditions != after.status.conditions ||
           before.metadata.deletionTimestamp != after.metadata.deletionTimestamp;
}

}  // namespace

std::unique_ptr<NodeReconciler> make_reconciler(kube::Manager& manager, NodeReconcilerDependencies dependencies) {
    NodeCaches caches{
        .nodes = manager.cache<api::SeiNode>(),
        .stateful_sets =
            manager.trimmed_cache<kube::StatefulSet>({.trim = keep_what_is_read_of_set, .unread = kUnreadOfPods}),
        .claims = manager.cache<kube::PersistentVolumeClaim>(),
        .pods = manager.trimmed_cache<kube::Pod>({.trim = keep_images_of_pod, .unread = kUnreadOfPods}),
        .services = manager.trimmed_cache<kube::Service>({.trim = keep_ours_of_services}),
        .config_maps = manager.trimmed_cache<kube::ConfigMap>({.trim = keep_ours_of_configs})
    };
    static_cast<void>(manager.trimmed_cache<kube::Job>({.trim = keep_outcome, .unread = kUnreadOfJobs}));
    add_pods_of_node_index(caches.pods);
    return std::make_unique<NodeReconciler>(
        manager.client(),
        manager.clock(),
        manager.event_recorder(std::string{api::kNodeEventSource}),
        manager.metrics(),
        std::move(caches),
        std::move(dependencies)
    );
}

void build_controller(kube::Manager& manager, kube::Reconciler<api::SeiNode>& reconciler) {
    // That a claim gets bound moves nothing here.
    kube::ControllerBuilder<api::SeiNode>{manager, std::string{api::kNodeControllerName}}
        .when(kube::any_of(kube::generation_changed, kube::deletion_requested, retry_requested))
        .owns<kube::StatefulSet>()
        .watches<kube::StatefulSet>(node_of_the_same_name, no_update)
        .owns<kube::Job>(job_outcome_changed)
        .owns<kube::PersistentVolumeClaim>(kube::deletion_requested)
        .owns<kube::Service>(service_changed)
        .owns<kube::ConfigMap>(config_changed)
        .watches<kube::Pod>(nodes_of_pod, rollout_facts_changed)
        .build(reconciler);
}

std::unique_ptr<NodeReconciler> add_controller(kube::Manager& manager, NodeReconcilerDependencies dependencies) {
    auto reconciler = make_reconciler(manager, std::move(dependencies));
    build_controller(manager, *reconciler);
    return reconciler;
}

}  // namespace sei::node
