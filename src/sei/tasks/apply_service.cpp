#include "kube/types/service.hpp"
#include "sei/api/labels.hpp"
#include "sei/resources/headless_service.hpp"
#include "sei/tasks/operator_tasks.hpp"

namespace sei::tasks {

kube::Async<plan::TaskOutcome> apply_service(TaskContext& context) {
    const auto applied = co_await context.client.apply<kube::Service>(
        resources::render_headless_service(*context.node),
        kube::FieldManager{std::string{api::kNodeFieldManager}},
        kube::Force::Yes
    );
    context.memory.service_version = applied->metadata.resourceVersion;
    co_return plan::Complete{};
}

}  // namespace sei::tasks
