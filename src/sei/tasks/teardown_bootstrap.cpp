#include <string>

#include "planted/planted.hpp"
#include "sei/api/node_queries.hpp"
#include "sei/tasks/bootstrap.hpp"
#include "sei/tasks/operator_tasks.hpp"

namespace sei::tasks {
namespace {

/// Asks for the Job to go, with its pods. True while it is there.
kube::Async<bool> remove_job(TaskContext& context, kube::NamespacedName key) {
    const auto job = co_await context.client.get<kube::Job>(key);
    if (!job || !(*job)->metadata.is_controlled_by(context.node.uid())) co_return false;
    if (!(*job)->metadata.deletionTimestamp) {
        const kube::DeletePrecondition precondition{.uid = job->uid(), .resource_version = std::nullopt};
        static_cast<void>(
            co_await context.client.delete_object<kube::Job>(key, precondition, kube::Propagation::Foreground)
        );
        const auto left = co_await context.client.get<kube::Job>(key);
        co_return left && left->uid() == job->uid();
    }
    co_return true;
}

/// The same for the Service of the bootstrap pod.
kube::Async<bool> remove_service(TaskContext& context, kube::NamespacedName key) {
    const auto service = co_await context.client.get<kube::Service>(key);
    if (!service || !(*service)->metadata.is_controlled_by(context.node.uid())) co_return false;
    if (!is_bootstrap_service(**service, *context.node)) co_return false;
    if ((*service)->metadata.deletionTimestamp) co_return true;
    const kube::DeletePrecondition precondition{.uid = service->uid(), .resource_version = std::nullopt};
    static_cast<void>(co_await context.client.delete_object<kube::Service>(key, precondition));
    const auto left = co_await context.client.get<kube::Service>(key);
    co_return left && left->uid() == service->uid();
}

}  // namespace

kube::Async<plan::TaskOutcome> teardown_bootstrap(TaskContext& context) {
    const kube::NamespacedName job = api::bootstrap_job_key(*context.node);
    const bool has_job = co_await remove_job(context, job);
    const bool has_service = co_await remove_service(context, api::workload_key(*context.node));
    if (planted::has(planted::Bug::TeardownNotAwaited)) co_return plan::Complete{};
    const NodePods pods = co_await read_pods(context);
    if (has_job || has_service || pods.has_bootstrap_pod) {
        co_return plan::Running{
            .waits_for = "Job " + job.name + ", its pod and its Service to be gone",
            .watched = plan::Running::Watched::Yes
        };
    }
    co_return plan::Complete{};
}

}  // namespace sei::tasks
