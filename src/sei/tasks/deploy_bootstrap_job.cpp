#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "kube/types/persistent_volume_claim.hpp"
#include "sei/api/node_queries.hpp"
#include "sei/plan/progress.hpp"
#include "sei/resources/bootstrap_job.hpp"
#include "sei/tasks/bootstrap.hpp"
#include "sei/tasks/operator_tasks.hpp"

namespace sei::tasks {
namespace {

/// A pod of it may come at any moment.
bool has_replicas(const std::optional<kube::Snapshot<kube::StatefulSet>>& workload, const TaskContext& context) {
    if (!workload || !(*workload)->metadata.is_controlled_by(context.node.uid())) return false;
    return !(*workload)->metadata.deletionTimestamp && (*workload)->spec.replicas.value_or(1) > 0;
}

/// Did the Job end well with a volume that is no more? The claim of now came after it.
kube::Async<bool> is_of_earlier_volume(TaskContext& context, kube::Snapshot<kube::Job> job) {
    if (!kube::is_condition_true(job->status.conditions, "Complete")) co_return false;
    const auto claim = co_await context.client.get<kube::PersistentVolumeClaim>(api::data_pvc_key(*context.node));
    if (!claim || !job->metadata.creationTimestamp) co_return false;
    co_return (*claim)->metadata.creationTimestamp > job->metadata.creationTimestamp;
}

}  // namespace

kube::Async<plan::TaskOutcome> deploy_bootstrap_job(TaskContext& context) {
    auto desired = resources::render_bootstrap_job(*context.node, context.platform);
    if (!desired) co_return plan::Terminal{"generating bootstrap job spec: " + desired.error().text};
    const kube::NamespacedName key = desired->metadata.key();
    const std::string name = "Job " + key.name;

    // Before the pods: one that comes after they were listed comes of a StatefulSet that had replicas here.
    const auto workload = co_await context.client.get<kube::StatefulSet>(api::workload_key(*context.node));
    const NodePods pods = co_await read_pods(context);
    if (pods.has_own_pod) {
        co_return plan::Transient{.error = "the node's own pod is there; waiting for it to go, the data is its alone"};
    }
    const auto live = co_await context.client.get<kube::Job>(key);
    if (!live) {
        if (pods.has_bootstrap_pod) {
            co_return plan::Transient{.error = "a pod of an earlier bootstrap is there; waiting for it to go"};
        }
        if (has_replicas(workload, context)) {
            co_return plan::Running{
                .waits_for = "StatefulSet " + (*workload)->metadata.name +
                             " to be held at no replicas: its pod and that of the bootstrap must not share the data",
                .watched = plan::Running::Watched::No
            };
        }
        if (!api::imported_pvc_name(context.node->spec).empty()) {
            plan::TaskOutcome outcome = co_await confirm_imported_pvc(context);
            if (!std::holds_alternative<plan::Complete>(outcome)) co_return outcome;
        }
        // Also asked for one that is gone, and that an old view still shows: its claim may be another node's by now.
        const api::PlannedTask* task = plan::find_task(*context.status.plan, plan::TaskType::DeployBootstrapJob);
        if (!co_await context.is_still_due(task->id)) {
            co_return plan::Transient{.error = name + " is not to be made now: the node has changed"};
        }
        if (co_await context.client.create_returning_metadata(*std::move(desired))) co_return plan::Complete{};
        co_return plan::Transient{.error = name + " was just created by somebody else"};
    }
    if ((*live)->metadata.deletionTimestamp) {
        co_return plan::Transient{.error = name + " is being deleted; waiting for it to go"};
    }
    if (!(*live)->metadata.is_controlled_by(context.node.uid())) {
        co_return plan::Transient{
            .error =
                name + " already exists and is not owned by SeiNode " + context.node->metadata.name + "; delete it",
            .report_at_once = true
        };
    }
    // One that has succeeded was this plan's: whoever made it could not say so. Done once more, its gate would never be
    // opened: the sidecar knows the task for it.
    const bool has_failed = kube::is_condition_true((*live)->status.conditions, "Failed");
    const bool is_to_be_kept = !has_failed && serves_spec(**live, *desired);
    if (is_to_be_kept && !co_await is_of_earlier_volume(context, *live)) co_return plan::Complete{};
    const auto node = co_await context.client.get<api::SeiNode>(context.node.key());
    if (!node || node->resource_version() != context.node.resource_version()) {
        co_return plan::Transient{.error = "waiting for the newest version of the node"};
    }
    const kube::DeletePrecondition precondition{.uid = live->uid(), .resource_version = std::nullopt};
    static_cast<void>(co_await context.client.delete_object<kube::Job>(key, precondition, kube::Propagation::Foreground)
    );
    co_return plan::Transient{.error = name + " of an earlier attempt is being replaced"};
}

}  // namespace sei::tasks
