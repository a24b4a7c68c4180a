#include "sei/tasks/claim_users.hpp"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "kube/types/job.hpp"
#include "planted/planted.hpp"
#include "sei/api/labels.hpp"
#include "sei/api/node_queries.hpp"

namespace sei::tasks {
namespace {

using NodeSnapshot = kube::Snapshot<api::SeiNode>;
using PodSnapshot = kube::Snapshot<kube::Pod>;

/// How far a node has got with a claim, as its stored status tells: what comes first has the better right.
enum class Standing { MadeForIt, WorksOnIt, WasGrantedIt, WorksElsewhere, AsksForIt };

Standing standing_of(const api::SeiNode& node) {
    if (api::imported_pvc_name(node.spec).empty()) return Standing::MadeForIt;
    const bool has_workload = node.status.statefulSet.has_value();
    if (api::was_granted_import(node)) return has_workload ? Standing::WorksOnIt : Standing::WasGrantedIt;
    return has_workload ? Standing::WorksElsewhere : Standing::AsksForIt;
}

/// Of any two nodes exactly one goes before the other: of two that wait for each other, one goes on.
bool goes_before(const api::SeiNode& other, const api::SeiNode& node) {
    const auto rank = [](const api::SeiNode& of) {
        return std::tuple{standing_of(of), of.metadata.creationTimestamp, of.metadata.name};
    };
    return rank(other) < rank(node);
}

kube::Async<std::vector<NodeSnapshot>> others_with_claim(TaskContext& context) {
    const kube::NamespacedName claim = api::data_pvc_key(*context.node);
    kube::ListOptions options;
    options.namespace_ = claim.namespace_;
    kube::List<api::SeiNode> nodes = co_await context.client.list<api::SeiNode>(std::move(options));
    std::erase_if(nodes.items, [&](const NodeSnapshot& other) {
        return other->metadata.uid == context.node->metadata.uid || api::data_pvc_key(*other) != claim;
    });
    co_return std::move(nodes.items);
}

bool has_ended(const kube::Pod& pod) {
    return pod.status.phase == "Succeeded" || pod.status.phase == "Failed";
}

/// Is the live object of this name the controller of the pod, and the node's own?
template <class K>
kube::Async<bool> is_made_by(TaskContext& context, kube::NamespacedName key, std::string controller) {
    const auto live = co_await context.client.get<K>(std::move(key));
    co_return live && (*live)->metadata.uid == controller && (*live)->metadata.is_controlled_by(context.node.uid());
}

/// Of its StatefulSet or its bootstrap Job. The label alone says little: a predecessor of the same name had the same.
kube::Async<bool> is_own(TaskContext& context, PodSnapshot pod) {
    const auto label = pod->metadata.labels.find(std::string{api::kNodeLabel});
    if (label == pod->metadata.labels.end() || label->second != context.node->metadata.name) co_return false;
    const kube::OwnerReference* controller = pod->metadata.controller();
    if (controller == nullptr) co_return pod.key() == api::pod_key(*context.node);  // the StatefulSet adopts it
    if (controller->kind == "StatefulSet") {
        co_return co_await is_made_by<kube::StatefulSet>(context, api::workload_key(*context.node), controller->uid);
    }
    if (controller->kind == "Job") {
        co_return co_await is_made_by<kube::Job>(context, api::bootstrap_job_key(*context.node), controller->uid);
    }
    co_return false;
}

/// "pod "a-0" of SeiNode "a" on cluster node "m1"".
std::string words_for(const kube::Pod& pod) {
    std::string words = "pod \"" + pod.metadata.name + "\"";
    const auto label = pod.metadata.labels.find(std::string{api::kNodeLabel});
    if (label != pod.metadata.labels.end()) words += " of SeiNode \"" + label->second + "\"";
    if (!pod.spec.nodeName.empty()) words += " on cluster node \"" + pod.spec.nodeName + "\"";
    return words;
}

kube::Async<std::optional<std::string>> foreign_pod_on(TaskContext& context, kube::NamespacedName claim) {
    kube::ListOptions options;
    options.namespace_ = claim.namespace_;
    const kube::List<kube::Pod> pods = co_await context.client.list<kube::Pod>(std::move(options));
    for (const PodSnapshot& pod : pods.items) {
        if (has_ended(*pod) || !is_on_claim(*pod, claim.name)) continue;
        const bool is_ours = co_await is_own(context, pod);
        if (is_ours) continue;
        co_return "PVC \"" + claim.name + "\" is mounted by " + words_for(*pod) +
            ": two pods must not write to it, waiting for that one to end";
    }
    co_return std::nullopt;
}

}  // namespace

bool is_on_claim(const kube::Pod& pod, const std::string& claim) {
    return std::ranges::any_of(pod.spec.volumes, [&](const kube::Volume& volume) {
        return volume.persistentVolumeClaim && volume.persistentVolumeClaim->claimName == claim;
    });
}

kube::Async<std::optional<std::string>> other_user_of_import(TaskContext& context) {
    const kube::NamespacedName claim = api::data_pvc_key(*context.node);
    const std::vector<NodeSnapshot> others = co_await others_with_claim(context);
    for (const NodeSnapshot& other : others) {
        if (!goes_before(*other, *context.node)) continue;
        co_return "PVC \"" + claim.name + "\" is the data volume of SeiNode \"" + other->metadata.name +
            "\": two nodes must not write to it, delete one of the two";
    }
    if (planted::has(planted::Bug::PodsOnClaimUnasked)) co_return std::nullopt;
    co_return co_await foreign_pod_on(context, claim);
}

kube::Async<std::optional<std::string>> other_user_of_retained(TaskContext& context) {
    const kube::NamespacedName claim = api::data_pvc_key(*context.node);
    const std::vector<NodeSnapshot> others = co_await others_with_claim(context);
    for (const NodeSnapshot& other : others) {
        if (standing_of(*other) > Standing::WasGrantedIt) continue;
        co_return "PVC \"" + claim.name + "\" was imported by SeiNode \"" + other->metadata.name +
            "\": two nodes must not write to it, delete one of the two";
    }
    co_return co_await foreign_pod_on(context, claim);
}

kube::Async<std::optional<std::string>> rival_for_import(TaskContext& context) {
    const std::string claim = "PVC \"" + api::data_pvc_key(*context.node).name + "\"";
    const std::vector<NodeSnapshot> others = co_await others_with_claim(context);
    // Also where nobody else asks: somebody may come while the workload is being made, and sees what is stored.
    if (!api::was_granted_import(*context.node)) co_return "ImportPVCReady to be stored";
    for (const NodeSnapshot& other : others) {
        if (standing_of(*other) > Standing::WasGrantedIt) continue;
        co_return "SeiNode \"" + other->metadata.name + "\" to give " + claim +
            " up: two nodes must not write to it, delete one of the two";
    }
    co_return std::nullopt;
}

}  // namespace sei::tasks
