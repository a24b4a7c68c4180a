#include "sei/tasks/operator_tasks.hpp"
#include "sei/tasks/owned_objects.hpp"

namespace sei::tasks {

kube::Async<plan::TaskOutcome> apply_service(TaskContext& context) {
    co_await keep_service(context);
    co_return plan::Complete{};
}

}  // namespace sei::tasks
