#include <string>
#include <utility>

#include "sei/api/node_queries.hpp"
#include "sei/plan/task_id.hpp"
#include "sei/plan/task_type.hpp"
#include "sei/tasks/bootstrap.hpp"
#include "sei/tasks/operator_tasks.hpp"

namespace sei::tasks {

namespace {

/// A sidecar that restarts has its gate closed again, and seid, where it has not begun by then, would wait for it until
/// the deadline. What opened it is due once more, with another id: a sidecar does a task of an id once.
void reopen_gate(api::TaskPlan& plan) {
    for (std::size_t i = 0; i < plan.tasks.size(); ++i) {
        api::PlannedTask& task = plan.tasks[i];
        if (task.type == plan::to_wire(plan::TaskType::AwaitBootstrapComplete)) return;
        if (task.type != plan::to_wire(plan::TaskType::MarkReady)) continue;
        task.id = plan::task_id(task.id, task.type, i);
        task.status = api::TaskStatus::Pending;
        task.submittedAt.reset();
    }
}

}  // namespace

kube::Async<plan::TaskOutcome> await_bootstrap_complete(TaskContext& context) {
    const kube::NamespacedName key = api::bootstrap_job_key(*context.node);
    const auto job = co_await context.client.get<kube::Job>(key);
    if (!job || !(*job)->metadata.is_controlled_by(context.node.uid())) {
        co_return plan::StartOver{"bootstrap job " + key.name + " went before its end was seen"};
    }
    const auto& conditions = (*job)->status.conditions;
    if (kube::is_condition_true(conditions, "Complete")) co_return plan::Complete{};
    if (auto disrupted = co_await disruption(context, *job)) co_return *std::move(disrupted);
    if (const auto* failed = kube::find_condition(conditions, "Failed");
        failed != nullptr && failed->status == "True") {
        const std::string why = failed->message.empty() ? "bootstrap job failed" : failed->message;
        co_return plan::Failed{"bootstrap job failed: " + why};
    }
    const sidecar::HealthOutcome health = co_await context.sidecar.probe(sidecar::ProbedPod::Bootstrap);
    if (std::holds_alternative<sidecar::NotReady>(health)) {
        reopen_gate(*context.status.plan);
        co_return plan::Running{
            .waits_for = "the gate of job " + key.name + " to be opened again", .watched = plan::Running::Watched::No
        };
    }
    co_return plan::Running{
        .waits_for = "Job " + key.name + " to reach its height", .watched = plan::Running::Watched::Yes
    };
}

}  // namespace sei::tasks
