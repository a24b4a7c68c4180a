#include "sei/tasks/operator_tasks.hpp"
#include "sei/tasks/owned_objects.hpp"

namespace sei::tasks {

kube::Async<plan::TaskOutcome> apply_rbac_proxy_config(TaskContext& context) {
    co_await keep_proxy_config(context);
    co_return plan::Complete{};
}

}  // namespace sei::tasks
