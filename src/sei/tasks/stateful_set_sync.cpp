#include "sei/tasks/stateful_set_sync.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "kube/client/api_error.hpp"
#include "planted/planted.hpp"
#include "sei/api/labels.hpp"
#include "sei/api/node_queries.hpp"
#include "sei/plan/progress.hpp"
#include "sei/resources/drift.hpp"
#include "sei/resources/identity.hpp"
#include "sei/resources/stateful_set.hpp"
#include "sei/tasks/rollout.hpp"

namespace sei::tasks {
namespace {

using SeenSet = std::shared_ptr<const kube::StatefulSet>;

/// Is what is ours in the metadata still there? Edits of labels and references do not move the generation.
bool keeps_our_metadata(const kube::ObjectMeta& live, const kube::ObjectMeta& desired) {
    const bool has_labels = std::ranges::all_of(desired.labels, [&](const auto& label) {
        const auto found = live.labels.find(label.first);
        return found != live.labels.end() && found->second == label.second;
    });
    const bool has_owners = std::ranges::all_of(desired.ownerReferences, [&](const kube::OwnerReference& owner) {
        return std::ranges::find(live.ownerReferences, owner) != live.ownerReferences.end();
    });
    return has_labels && has_owners;
}

/// Is what was applied last still there as it was?
bool is_as_applied(const TaskContext& context, const kube::StatefulSet& live) {
    if (planted::has(planted::Bug::SetComparedWithDefaults)) return false;  // what was rendered has no defaults
    const std::optional<AppliedWorkload>& applied = context.memory.applied;
    if (!applied || applied->uid != live.metadata.uid || live.metadata.generation > applied->generation) return false;
    const kube::ObjectMeta ours = resources::owned_metadata(
        *context.node, api::workload_key(*context.node), resources::resource_labels(*context.node)
    );
    return keeps_our_metadata(live.metadata, ours);
}

/// Would rendering again give what was applied last? It is a function of the node's spec and the platform alone (spec
/// 05 §13.4, I4), so that at rest it need not be done.
bool is_rendered_from_this(const TaskContext& context, const AppliedWorkload& applied) {
    return applied.node_generation == context.node->metadata.generation &&
           applied.is_held == plan::has_bootstrap_left(context.status.plan);
}

/// What an apply asks the API server about the node first: this process may have begun with an old view, or have one.
enum class Asks {
    /// A StatefulSet that is made for a node that is gone would be collected, but its pod would run for a while, with a
    /// key or a claim that is another node's by now.
    IsItThere,
    /// And one that is not as this process left it may have been paused, with its key in use elsewhere, or brought to a
    /// newer spec, which whoever did that would do again in turn, at once.
    IsItTheNewest,
};

/// ApiError and TransportError pass through.
kube::Async<bool> may_apply(TaskContext& context, Asks asks) {
    const auto read = co_await context.client.get<api::SeiNode>(context.node.key());
    if (!read || read->uid() != context.node.uid() || (*read)->metadata.deletionTimestamp) co_return false;
    if (asks == Asks::IsItThere) co_return true;
    const api::SeiNode& live = **read;
    if (live.metadata.generation != context.node->metadata.generation) co_return false;
    co_return plan::has_bootstrap_left(live.status.plan) == plan::has_bootstrap_left(context.node->status.plan);
}

/// Has this process stored the plan? Then its view of the node is no older than that.
bool is_plan_ours(const TaskContext& context) {
    return context.node->status.plan && context.node->status.plan->id == context.memory.stored_plan;
}

/// The claim of the data volume; nullptr where the template has none. Of a StatefulSet that may be changed or not.
template <class StatefulSet>
auto claim_in(StatefulSet& stateful_set) -> decltype(&stateful_set.metadata.name) {
    for (auto& volume : stateful_set.spec.template_.spec.volumes) {
        if (volume.persistentVolumeClaim) return &volume.persistentVolumeClaim->claimName;
    }
    return nullptr;
}

/// The claim that the node's workload has now. One that is gone had the import, if that was granted.
kube::Async<std::string> claim_of_workload(TaskContext& context) {
    const auto live = co_await context.client.get<kube::StatefulSet>(api::workload_key(*context.node));
    if (live && (*live)->metadata.is_controlled_by(context.node.uid())) {
        if (const std::string* claim = claim_in(**live)) co_return *claim;
    }
    api::SeiNode node = *context.node;
    if (!api::was_granted_import(node)) node.spec.dataVolume.reset();
    co_return api::data_pvc_key(node).name;
}

/// What uncached reads say about a tracked StatefulSet that the cache does not show.
struct Confirmation {
    /// Not null: it is there after all.
    SeenSet tracked;
    SyncOutcome outcome = Synced{};
};

kube::Async<Confirmation> confirm_mismatch(TaskContext& context, api::StatefulSetIdentity tracked) {
    const kube::NamespacedName key = context.node.key();
    auto live = co_await context.client.get<kube::StatefulSet>(key);
    // The node last: whoever made the StatefulSet that was found may have recorded it meanwhile.
    auto node = co_await context.client.get<api::SeiNode>(key);
    if (planted::has(planted::Bug::ImpostorJudgedFromCache)) node = context.node;
    if (planted::has(planted::Bug::ImpostorJudgedFromCache)) live = context.observed.stateful_set();
    if (!node || (*node)->metadata.uid != context.node->metadata.uid || (*node)->status.statefulSet != tracked) {
        co_return Confirmation{nullptr, SyncWaits{"the newest version of the node"}};
    }
    if (live && (*live)->metadata.uid == tracked.uid) co_return Confirmation{live->shared(), Synced{}};
    if (!live) {
        co_return Confirmation{nullptr, TrackingCleared{"StatefulSet " + key.name + " was deleted"}};
    }
    const kube::DeletePrecondition precondition{.uid = live->uid(), .resource_version = std::nullopt};
    const kube::DeleteOutcome outcome = co_await context.client.delete_object<kube::StatefulSet>(key, precondition);
    if (outcome == kube::DeleteOutcome::PreconditionFailed) {
        co_return Confirmation{nullptr, SyncWaits{"the newest version of StatefulSet " + key.name}};
    }
    co_return Confirmation{
        nullptr,
        TrackingCleared{
            "StatefulSet " + key.name + " had the uid " + live->uid().value() + " instead of " + tracked.uid +
            " and was deleted"
        }
    };
}

}  // namespace

bool is_left_to_plan(const TaskContext& context) {
    const auto& plan = context.status.plan;
    const api::PlannedTask* task = plan ? plan::find_task(*plan, plan::TaskType::ApplyStatefulSet) : nullptr;
    return task != nullptr && task->status != api::TaskStatus::Complete;
}

kube::Async<bool> is_import_new(TaskContext& context) {
    const std::string_view imported = api::imported_pvc_name(context.node->spec);
    if (imported.empty()) co_return false;
    const std::string claim = co_await claim_of_workload(context);
    co_return claim != imported;
}

kube::Async<SyncOutcome> sync_stateful_set(TaskContext& context, ImportIs import) {
    SeenSet live = context.live_stateful_set;
    if (const auto observed = context.observed.stateful_set(); !live && observed) live = observed->shared();
    // An identity without a uid tells none apart: nothing is tracked (spec 05 §19.4).
    if (const auto tracked = context.status.statefulSet; tracked && !tracked->uid.empty()) {
        if (!live || live->metadata.uid != tracked->uid) {
            Confirmation confirmation = co_await confirm_mismatch(context, *tracked);
            if (std::holds_alternative<TrackingCleared>(confirmation.outcome)) {
                context.status.statefulSet.reset();
                context.memory.applied.reset();
            }
            if (!confirmation.tracked) co_return confirmation.outcome;
            live = std::move(confirmation.tracked);
        }
    }
    if (live && live->metadata.deletionTimestamp) {
        co_return SyncWaits{"StatefulSet " + live->metadata.name + ", which is being deleted, to go"};
    }
    const bool is_tracked = context.status.statefulSet && !context.status.statefulSet->uid.empty();
    const bool is_kept = live && is_tracked && is_as_applied(context, *live);
    const bool is_imported = !api::imported_pvc_name(context.node->spec).empty();
    const bool is_confirmed = import == ImportIs::Confirmed ||
                              (api::was_granted_import(*context.node) && !is_left_to_plan(context)) ||
                              planted::has(planted::Bug::ImportInTemplateAtOnce);
    const bool keeps_claim = is_imported && !is_confirmed;
    std::string claim = api::data_pvc_key(*context.node).name;
    if (keeps_claim && is_kept) claim = context.memory.applied->claim;
    if (is_kept && is_rendered_from_this(context, *context.memory.applied) && context.memory.applied->claim == claim) {
        context.live_stateful_set = std::move(live);
        co_return Synced{};
    }

    auto desired = resources::render_stateful_set(*context.node, context.platform);
    if (!desired) co_return SyncRefused{desired.error().text};
    const bool is_held = plan::has_bootstrap_left(context.status.plan);
    if (is_held) desired->spec.replicas = 0;
    if (std::string* rendered = claim_in(*desired)) *rendered = claim;
    std::size_t rendering_hash = resources::hash_of_rendering(*desired);
    if (is_kept && context.memory.applied->rendering_hash == rendering_hash) {
        context.memory.applied->node_generation = context.node->metadata.generation;
        context.memory.applied->is_held = is_held;
        context.live_stateful_set = std::move(live);
        co_return Synced{};
    }
    if (keeps_claim) {
        // The caches do not tell it, and another operator may have moved it.
        claim = co_await claim_of_workload(context);
        if (std::string* rendered = claim_in(*desired)) *rendered = claim;
        rendering_hash = resources::hash_of_rendering(*desired);
    }
    std::optional<Asks> asks;
    if (!live && !is_plan_ours(context)) asks = Asks::IsItThere;
    if (live && !is_kept) asks = Asks::IsItTheNewest;
    if (asks && !co_await may_apply(context, *asks)) co_return SyncWaits{"the newest version of the node"};
    // One that is gone is not made anew by an operator that still sees it.
    if (live) desired->metadata.uid = live->metadata.uid;
    kube::StatefulSet now;
    now.spec = read_part_of(desired->spec);
    try {
        now.metadata = co_await context.client.apply_returning_metadata(
            std::move(*desired), kube::FieldManager{std::string{api::kNodeFieldManager}}, kube::Force::Yes
        );
    } catch (const kube::ApiError& error) {
        if (error.reason() != "Conflict") throw;
        co_return SyncWaits{"the newest version of StatefulSet " + context.node.key().name};
    }
    // What its controller has last said of it: of an older generation, when the apply changed something.
    if (live && live->metadata.uid == now.metadata.uid) now.status = live->status;
    context.memory.applied = AppliedWorkload{
        .node_generation = context.node->metadata.generation,
        .rendering_hash = rendering_hash,
        .uid = now.metadata.uid,
        .generation = now.metadata.generation,
        .is_held = is_held,
        .claim = std::move(claim)
    };
    context.status.statefulSet = api::StatefulSetIdentity{.name = now.metadata.name, .uid = now.metadata.uid};
    context.live_stateful_set = std::make_shared<const kube::StatefulSet>(std::move(now));
    co_return Synced{};
}

kube::Async<std::size_t> delete_outdated_pods(TaskContext& context, std::vector<kube::Snapshot<kube::Pod>> outdated) {
    std::size_t deleted = 0;
    if (outdated.empty() || !context.live_stateful_set) co_return deleted;
    // The cache of StatefulSets may be behind that of pods: to it the newest pod is an older one, and so is the next.
    const auto live = co_await context.client.get<kube::StatefulSet>(context.live_stateful_set->metadata.key());
    if (!live || (*live)->metadata.uid != context.live_stateful_set->metadata.uid || !has_been_observed(**live))
        co_return deleted;
    const std::string update_revision = (*live)->status.updateRevision;
    for (const kube::Snapshot<kube::Pod>& cached : outdated) {
        const auto pod = co_await context.client.get<kube::Pod>(cached.key());
        if (!pod || pod->uid() != cached.uid() || (*pod)->metadata.deletionTimestamp) continue;
        const auto revision = (*pod)->metadata.labels.find(std::string{api::kControllerRevisionHashLabel});
        if (revision == (*pod)->metadata.labels.end() || revision->second == update_revision) continue;
        const kube::DeletePrecondition precondition{.uid = pod->uid(), .resource_version = std::nullopt};
        if (co_await context.client.delete_object<kube::Pod>(pod->key(), precondition) ==
            kube::DeleteOutcome::Accepted) {
            ++deleted;
        }
    }
    co_return deleted;
}

}  // namespace sei::tasks
