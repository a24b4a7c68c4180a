// Service and ConfigMap of a node, kept what they should be after its plan made them (spec 02 D20, 05 §17.25).
#pragma once

#include "kube/async/async.hpp"
#include "sei/tasks/task_context.hpp"

namespace sei::tasks {

/// Applies again what was deleted, or differs from what is rendered; defaults of the server and fields of others are no
/// difference. At rest it costs a comparison of two versions. ApiError and TransportError pass through.
[[nodiscard]] kube::Async<> keep_service_and_config(TaskContext& context);

}  // namespace sei::tasks
