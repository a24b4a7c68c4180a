#include <string>
#include <utility>

#include "sei/api/node_queries.hpp"
#include "sei/tasks/bootstrap.hpp"
#include "sei/tasks/operator_tasks.hpp"

namespace sei::tasks {

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
    // A sidecar that restarts has its gate closed again, and seid, where it has not begun by then, would wait for it
    // until the task's deadline. A task of an id is done once: the gate takes a plan with other ids, and what its
    // earlier tasks did already they do not do again (spec 04 §8.6).
    const sidecar::HealthOutcome health = co_await context.sidecar.probe(sidecar::ProbedPod::Bootstrap);
    if (std::holds_alternative<sidecar::NotReady>(health)) {
        co_return plan::StartOver{"the sidecar of job " + key.name + " restarted, and its gate is closed again"};
    }
    co_return plan::Running{
        .waits_for = "Job " + key.name + " to reach its height", .watched = plan::Running::Watched::Yes
    };
}

}  // namespace sei::tasks
