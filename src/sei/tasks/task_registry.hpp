// From a stored task to the code that attempts it.
#pragma once

#include "kube/async/async.hpp"
#include "sei/api/plan.hpp"
#include "sei/plan/task_outcome.hpp"
#include "sei/tasks/task_context.hpp"

namespace sei::tasks {

/// One attempt at a stored task, for a SeiNode. Never throws for what the API server or the sidecar says: that is an
/// outcome.
///
/// A type that nobody knows fails the plan (spec 04 §4.4). One that this version does not serve is held, with a
/// condition at once: the plan goes on when a version comes that does.
[[nodiscard]] kube::Async<plan::TaskOutcome> run_task(TaskContext& context, api::PlannedTask task);

}  // namespace sei::tasks
