// Tasks that the sidecar executes: submitted once, then asked for until they end (spec 04 §9.1, 08 1.1-1.3).
#pragma once

#include <expected>
#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "kube/async/async.hpp"
#include "sei/api/plan.hpp"
#include "sei/plan/task_outcome.hpp"
#include "sei/plan/task_type.hpp"
#include "sei/sidecar/sidecar.hpp"
#include "sei/tasks/task_context.hpp"

namespace sei::tasks {

/// What goes over the wire as `params`: nothing, an object, or the reason why the stored parameters can never be sent.
using WireParams = std::expected<std::optional<boost::json::object>, std::string>;

/// Was the task handed to the sidecar, also where the write that says so was lost?
[[nodiscard]] bool was_submitted(const TaskContext& context, const api::PlannedTask& task);

/// What the sidecar knows of the task. One that it was given is asked for again before it counts as forgotten.
[[nodiscard]] kube::Async<sidecar::LookupOutcome> look_up(TaskContext& context, std::string id, bool is_known);

/// One attempt at a sidecar task.
///
/// The sidecar is asked for the id first. Only an id that it does not know is submitted, or one whose last run failed
/// when a retry was granted (`retryCount` without `submittedAt`): an earlier submission whose answer was lost is found
/// instead of repeated. A task that had been accepted and is unknown now was forgotten: it is submitted anew where its
/// effect is repeatable and an uncached read of the node still has it as due, and ends as undetermined where it is not
/// repeatable. Nothing is submitted while the sidecar runs one of
/// `afterTasks`. A fresh acceptance is followed by a few looks within 100 ms, so that a quick task costs no status
/// write of its own.
[[nodiscard]] kube::Async<plan::TaskOutcome> run_sidecar_task(
    TaskContext& context, api::PlannedTask task, plan::TaskType type, WireParams params
);

/// The first half, for a task whose parameters are those of the moment at which it begins: what the sidecar says of the
/// id. Nullopt: a run is to be begun.
[[nodiscard]] kube::Async<std::optional<plan::TaskOutcome>> find_sidecar_task(
    TaskContext& context, api::PlannedTask task, plan::TaskType type
);
/// The second half. `task.params` are what `params` were made of.
[[nodiscard]] kube::Async<plan::TaskOutcome> begin_sidecar_task(
    TaskContext& context, api::PlannedTask task, plan::TaskType type, WireParams params
);

}  // namespace sei::tasks
