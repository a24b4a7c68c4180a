// One pass over an active plan: task after task, as far as they complete (spec 04 §4.2).
#pragma once

#include <chrono>
#include <string>
#include <variant>

#include "kube/async/async.hpp"
#include "sei/tasks/task_context.hpp"

namespace sei::tasks {

/// The current task is not done: look again after `delay`, or when something that is watched changes.
struct PlanWaits {
    std::chrono::milliseconds delay{0};
    std::string waits_for;
};
/// Every task is complete; plan and phase say so.
struct PlanCompleted {};
/// A task failed for good; plan and phase say so.
struct PlanFailed {};
/// What it had reached is gone: the plan is to be replaced by a new one.
struct PlanStartsOver {
    std::string why;
};
using PlanExecution = std::variant<PlanWaits, PlanCompleted, PlanFailed, PlanStartsOver>;

/// Executes the active plan of `context.status`, changing it in memory. The plan has been persisted by an earlier pass.
///
/// Attempts at a task that came to nothing are counted in `context.memory.trouble`, which a completed task clears.
[[nodiscard]] kube::Async<PlanExecution> execute_plan(TaskContext& context);

}  // namespace sei::tasks
