// Service and ConfigMap of a node: made by its plan, and kept what they should be from then on (spec 02 D20, 05
// §17.25).
#pragma once

#include "kube/async/async.hpp"
#include "sei/tasks/task_context.hpp"

namespace sei::tasks {

/// Each applies what is missing, differs from what is rendered, or may hold what is no longer rendered; defaults of the
/// server and fields of others are no difference, and what is being deleted is left to its end. Nothing is written
/// where an apply would change nothing, also where a task asks for it. At rest it costs a comparison of two versions.
/// ApiError and TransportError pass through.
[[nodiscard]] kube::Async<> keep_service(TaskContext& context);
[[nodiscard]] kube::Async<> keep_proxy_config(TaskContext& context);
/// Both, as soon as the plan has made them.
[[nodiscard]] kube::Async<> keep_service_and_config(TaskContext& context);

}  // namespace sei::tasks
