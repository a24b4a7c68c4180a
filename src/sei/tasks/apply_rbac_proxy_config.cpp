#include "kube/types/config_map.hpp"
#include "sei/api/labels.hpp"
#include "sei/resources/rbac_proxy_config.hpp"
#include "sei/tasks/operator_tasks.hpp"

namespace sei::tasks {

kube::Async<plan::TaskOutcome> apply_rbac_proxy_config(TaskContext& context) {
    const auto applied = co_await context.client.apply<kube::ConfigMap>(
        resources::render_rbac_proxy_config(*context.node),
        kube::FieldManager{std::string{api::kNodeFieldManager}},
        kube::Force::Yes
    );
    context.memory.config_map_version = applied->metadata.resourceVersion;
    co_return plan::Complete{};
}

}  // namespace sei::tasks
