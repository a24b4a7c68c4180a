// The tasks that the operator does itself, through the Kubernetes API. One .cpp for each (spec 04 §7).
#pragma once

#include "kube/async/async.hpp"
#include "sei/plan/task_outcome.hpp"
#include "sei/tasks/task_context.hpp"

namespace sei::tasks {

/// The claim of the data volume exists and belongs to this node (spec 04 §7.1). A claim that is being deleted is waited
/// for (spec 08 5.3).
[[nodiscard]] kube::Async<plan::TaskOutcome> ensure_data_pvc(TaskContext& context);
/// spec 04 §7.2.
[[nodiscard]] kube::Async<plan::TaskOutcome> apply_rbac_proxy_config(TaskContext& context);
/// The StatefulSet is as rendered; its rollout is not waited for (spec 04 §7.3).
[[nodiscard]] kube::Async<plan::TaskOutcome> apply_stateful_set(TaskContext& context);
/// spec 04 §7.4.
[[nodiscard]] kube::Async<plan::TaskOutcome> apply_service(TaskContext& context);
/// Deletes the pod of the older template; its successor is not waited for (spec 04 §7.5).
[[nodiscard]] kube::Async<plan::TaskOutcome> replace_pod(TaskContext& context);
/// Waits for the started image and records it in `status.currentImage` (spec 04 §7.6, 08 3.1).
[[nodiscard]] kube::Async<plan::TaskOutcome> observe_image(TaskContext& context);

}  // namespace sei::tasks
