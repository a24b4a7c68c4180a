#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "kube/types/persistent_volume_claim.hpp"
#include "sei/plan/node_plan.hpp"
#include "sei/plan/progress.hpp"
#include "sei/resources/data_volume_claim.hpp"
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

plan::TaskOutcome judge(const ClaimSnapshot& claim, TaskContext& context) {
    if (claim->metadata.deletionTimestamp) {
        return plan::Transient{
            .error = "data PVC \"" + claim->metadata.name + "\" is being deleted; waiting for it to go"
        };
    }
    if (is_ours(claim, context)) return settled(context, claim->metadata.creationTimestamp);
    return plan::Transient{
        .error = "data PVC \"" + claim->metadata.name + "\" already exists and is not owned by SeiNode \"" +
                 context.node->metadata.name + "\"; set spec.dataVolume.import.pvcName to adopt it, or delete the PVC",
        .report_at_once = true
    };
}

}  // namespace

kube::Async<plan::TaskOutcome> ensure_data_pvc(TaskContext& context) {
    std::optional<kube::PersistentVolumeClaim> desired =
        resources::render_data_volume_claim(*context.node, context.platform);
    if (!desired) co_return co_await check_imported_pvc(context);
    const std::optional<ClaimSnapshot> cached = context.observed.data_volume_claim();
    if (cached && is_ours(*cached, context)) co_return settled(context, (*cached)->metadata.creationTimestamp);
    const kube::NamespacedName key = desired->metadata.key();
    if (!cached && co_await context.client.create_returning_metadata(std::move(*desired))) {
        co_return settled(context, kube::Time{kube::Time::of(context.clock.now()).at + std::chrono::seconds{1}});
    }

    // Something of that name is there: only an uncached read may decide whose it is.
    const auto live = co_await context.client.get<kube::PersistentVolumeClaim>(key);
    if (!live) co_return plan::Transient{.error = "data PVC \"" + key.name + "\" is just going; creating it again"};
    co_return judge(*live, context);
}

}  // namespace sei::tasks
