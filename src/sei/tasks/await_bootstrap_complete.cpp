#include <chrono>
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
/// the task's deadline. A task of an id is done once: this one has its own. It sets a flag, and may be repeated.
kube::Async<> reopen_gate(TaskContext& context) {
    const sidecar::HealthOutcome health = co_await context.sidecar.probe(sidecar::ProbedPod::Bootstrap);
    if (!std::holds_alternative<sidecar::NotReady>(health)) co_return;
    const std::string type{plan::to_wire(plan::TaskType::MarkReady)};
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(context.clock.now().time_since_epoch());
    sidecar::TaskSubmission submission;
    submission.id = plan::task_id(context.status.plan->id, type, static_cast<std::size_t>(now.count()));
    submission.type = type;
    // What becomes of it shows with the next probe.
    static_cast<void>(co_await context.sidecar.submit(std::move(submission)));
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
    if (const auto* failed = kube::find_condition(conditions, "Failed");
        failed != nullptr && failed->status == "True") {
        if (auto disrupted = co_await disruption(context, *job)) co_return *std::move(disrupted);
        const std::string why = failed->message.empty() ? "bootstrap job failed" : failed->message;
        co_return plan::Failed{"bootstrap job failed: " + why};
    }
    co_await reopen_gate(context);
    co_return plan::Running{
        .waits_for = "Job " + key.name + " to reach its height", .watched = plan::Running::Watched::Yes
    };
}

}  // namespace sei::tasks
