#include <string>

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
        const std::string why = failed->message.empty() ? "bootstrap job failed" : failed->message;
        co_return plan::Failed{"bootstrap job failed: " + why};
    }
    co_return plan::Running{
        .waits_for = "Job " + key.name + " to reach its height", .watched = plan::Running::Watched::Yes
    };
}

}  // namespace sei::tasks
