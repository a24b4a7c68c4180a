#include <string>
#include <utility>

#include "sei/resources/bootstrap_service.hpp"
#include "sei/tasks/bootstrap.hpp"
#include "sei/tasks/operator_tasks.hpp"

namespace sei::tasks {

kube::Async<plan::TaskOutcome> deploy_bootstrap_service(TaskContext& context) {
    kube::Service desired = resources::render_bootstrap_service(*context.node);
    const kube::NamespacedName key = desired.metadata.key();
    const std::string name = "Service " + key.name;
    const auto live = co_await context.client.get<kube::Service>(key);
    if (!live) {
        if (co_await context.client.create_returning_metadata(std::move(desired))) co_return plan::Complete{};
        co_return plan::Transient{.error = name + " was just created by somebody else"};
    }
    if ((*live)->metadata.deletionTimestamp) {
        co_return plan::Transient{.error = name + " is being deleted; waiting for it to go"};
    }
    if (!(*live)->metadata.is_controlled_by(context.node.uid())) {
        co_return plan::Transient{
            .error = name + " already exists and is not owned by SeiNode " + key.name + "; delete it",
            .report_at_once = true
        };
    }
    if (is_bootstrap_service(**live, *context.node)) co_return plan::Complete{};
    const kube::DeletePrecondition precondition{.uid = live->uid(), .resource_version = std::nullopt};
    static_cast<void>(co_await context.client.delete_object<kube::Service>(key, precondition));
    co_return plan::Transient{.error = name + " of the node's own pod gives way to that of the bootstrap pod"};
}

}  // namespace sei::tasks
