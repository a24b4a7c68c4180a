// The tasks of a deployment's plans (spec 03 §12).
#pragma once

#include "kube/async/async.hpp"
#include "sei/api/plan.hpp"
#include "sei/deployment/deployment_context.hpp"
#include "sei/plan/task_outcome.hpp"

namespace sei::deployment {

/// One attempt at a stored task. Never throws for what the API server or a sidecar says: that is an outcome.
///
/// What nodes a task acts on follows from the fleet as it is now, in ordinal order; the names in stored parameters only
/// say whom a ceremony began with. `update-node-specs` writes nothing itself: the nodes in turn were written by the
/// pass (`keep_children`), and the task says when all have had theirs.
[[nodiscard]] kube::Async<plan::TaskOutcome> run_group_task(DeploymentContext& context, api::PlannedTask task);

}  // namespace sei::deployment
