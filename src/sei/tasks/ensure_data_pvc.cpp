#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "kube/types/persistent_volume_claim.hpp"
#include "sei/api/labels.hpp"
#include "sei/api/node_queries.hpp"
#include "sei/plan/node_plan.hpp"
#include "sei/plan/progress.hpp"
#include "sei/resources/data_volume_claim.hpp"
#include "sei/resources/retained_data.hpp"
#include "sei/tasks/claim_users.hpp"
#include "sei/tasks/operator_tasks.hpp"

namespace sei::tasks {
namespace {

using ClaimSnapshot = kube::Snapshot<kube::PersistentVolumeClaim>;

bool is_ours(const ClaimSnapshot& claim, const TaskContext& context) {
    return claim->metadata.is_controlled_by(context.node.uid()) && !claim->metadata.deletionTimestamp;
}

/// The claim is there, made at that time. A bootstrap that the plan keeps is one of this very volume, or else is gone
/// with the last one.
plan::TaskOutcome settled(TaskContext& context, const std::optional<kube::Time>& made_at) {
    const api::PlannedTask* kept = plan::find_task(*context.status.plan, plan::TaskType::AwaitBootstrapComplete);
    if (kept == nullptr || kept->status != api::TaskStatus::Complete) return plan::Complete{};
    if (!made_at || !kept->submittedAt || *made_at <= *kept->submittedAt) return plan::Complete{};
    plan::forget_bootstrap(*context.status.plan);
    return plan::StartOver{"the volume of the bootstrap is gone"};
}

/// The same of a claim that is there and the node's.
plan::TaskOutcome found(TaskContext& context, const kube::ObjectMeta& claim) {
    if (!resources::has_data_of_run(claim)) return settled(context, claim.creationTimestamp);
    plan::skip_bootstrap(*context.status.plan, kube::Time::of(context.clock.now()));
    return plan::Complete{};
}

plan::TaskOutcome foreign(const kube::ObjectMeta& claim, const std::string& what) {
    return plan::Transient{
        .error = "data PVC \"" + claim.name + "\" " + what +
                 "; set spec.dataVolume.import.pvcName to adopt it, or delete the PVC",
        .report_at_once = true
    };
}

/// A predecessor left it. The claim is read first, then whether the node is still to have it, and the write holds to
/// what was read of the claim: a node that goes meanwhile has let go of it, or finds it taken (`release`).
kube::Async<plan::TaskOutcome> take_again(ClaimSnapshot claim, TaskContext& context) {
    const api::SeiNode& node = *context.node;
    const std::string name = "data PVC \"" + claim->metadata.name + "\"";
    if (api::is_genesis_validator(node.spec)) {
        co_return foreign(claim->metadata, "holds data of an earlier node, and a genesis ceremony begins with none");
    }
    if (!resources::is_retained_for(claim->metadata, node)) {
        const std::string key{api::kRetainedDataAnnotation};
        co_return foreign(
            claim->metadata,
            "holds data of " + claim->metadata.annotations.at(key) + " (annotation " + key + "), and SeiNode \"" +
                node.metadata.name + "\" is of another chain or mode"
        );
    }
    if (auto used = co_await other_user_of_retained(context)) co_return plan::Transient{.error = *std::move(used)};
    const api::PlannedTask* task = plan::find_task(*context.status.plan, plan::TaskType::EnsureDataPvc);
    const bool is_due = co_await context.is_still_due(task->id);
    if (!is_due) co_return plan::Transient{.error = name + " is not to be taken now: the node has changed"};
    kube::PersistentVolumeClaim changed = *claim;
    resources::take_again(changed, node);
    const auto written = co_await context.client.patch(claim, std::move(changed));
    if (!written) co_return plan::Transient{.error = name + " has changed; looking at it again"};
    context.memory.adopted_claim = claim->metadata.name;
    co_return found(context, claim->metadata);
}

kube::Async<plan::TaskOutcome> judge(ClaimSnapshot claim, TaskContext& context) {
    const kube::ObjectMeta& metadata = claim->metadata;
    if (metadata.deletionTimestamp) {
        co_return plan::Transient{.error = "data PVC \"" + metadata.name + "\" is being deleted; waiting for it to go"};
    }
    if (is_ours(claim, context)) co_return found(context, metadata);
    if (resources::is_retained(metadata)) co_return co_await take_again(claim, context);
    co_return foreign(metadata, "already exists and is not owned by SeiNode \"" + context.node->metadata.name + "\"");
}

}  // namespace

kube::Async<plan::TaskOutcome> ensure_data_pvc(TaskContext& context) {
    std::optional<kube::PersistentVolumeClaim> desired =
        resources::render_data_volume_claim(*context.node, context.platform);
    if (!desired) co_return co_await check_imported_pvc(context);
    const std::optional<ClaimSnapshot> cached = context.observed.data_volume_claim();
    if (cached && is_ours(*cached, context)) co_return found(context, (*cached)->metadata);
    const kube::NamespacedName key = desired->metadata.key();
    if (!cached && co_await context.client.create_returning_metadata(std::move(*desired))) {
        co_return settled(context, kube::Time{kube::Time::of(context.clock.now()).at + std::chrono::seconds{1}});
    }

    // Something of that name is there: only an uncached read may decide whose it is.
    const auto live = co_await context.client.get<kube::PersistentVolumeClaim>(key);
    if (!live) co_return plan::Transient{.error = "data PVC \"" + key.name + "\" is just going; creating it again"};
    co_return co_await judge(*live, context);
}

}  // namespace sei::tasks
