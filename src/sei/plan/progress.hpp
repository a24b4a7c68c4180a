// How a plan moves: what an attempt's outcome does to the stored tasks (spec 04 §4).
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "kube/meta/time.hpp"
#include "sei/api/node.hpp"
#include "sei/plan/task_outcome.hpp"
#include "sei/plan/task_type.hpp"

namespace sei::plan {

/// What follows after an outcome was recorded.
enum class Advance {
    /// The task is complete: the next one may be attempted in this pass.
    NextTask,
    /// The task is under way, or is to be attempted again: the pass ends here.
    Wait,
    /// A retry was granted: the next attempt is due after `Recorded::retry_after`, not before.
    Retry,
    /// The plan failed.
    PlanFailed,
    /// The plan is to be replaced by a new one.
    StartOver,
};
struct Recorded {
    Advance advance = Advance::Wait;
    std::chrono::seconds retry_after{0};
};

/// Is there a plan that wants to be executed?
[[nodiscard]] bool is_active(const std::optional<api::TaskPlan>& plan);

/// The task to work on: the first that is not complete (spec 04 §4.2). Nullopt when none is left.
[[nodiscard]] std::optional<std::size_t> current_task(const api::TaskPlan& plan);

/// Does the plan run a bootstrap Job that is not confirmed gone yet? For so long no pod of the node's own may exist
/// (spec 08 4.2).
[[nodiscard]] bool is_bootstrapping(const std::optional<api::TaskPlan>& plan);
/// The same of a plan that may have failed: what it left behind still counts.
[[nodiscard]] bool has_bootstrap_left(const std::optional<api::TaskPlan>& plan);

/// The task of this type that comes first; null when there is none.
[[nodiscard]] const api::PlannedTask* find_task(const api::TaskPlan& plan, TaskType type);
/// Is there a task of this type, and is it complete?
[[nodiscard]] bool has_completed(const api::TaskPlan& plan, TaskType type);

/// Writes an outcome of the task at `index` into the plan (spec 04 §4.2, §4.5, §4.6).
///
/// `submittedAt` is stamped when the task is first accepted, and cleared by a retry, so that it says whether there is a
/// run to ask for (spec 08 1.1). A retry stores why it was needed, the run that failed, and when it may begin (1.5). A
/// transient failure changes nothing: see `note_attempt`.
[[nodiscard]] Recorded record(const TaskOutcome& outcome, api::TaskPlan& plan, std::size_t index, kube::Time now);

/// While an object is paused nobody works on its plan, and no time is used up: the limit of the current task counts
/// anew from its next wait on.
void stop_clock(std::optional<api::TaskPlan>& plan);

/// What the sidecar may still run of the plan that was left, `next` does not begin beside: its first task of the
/// sidecar gets the ids as `afterTasks` (spec 04 §8.6). Of a volume that is gone there is nothing to wait for.
void wait_for_tasks_of(const api::TaskPlan& left, api::TaskPlan& next);

/// Stores that `attempts` attempts at a pending task have come to nothing, the newest with `error` (spec 08 1.4).
void note_attempt(api::PlannedTask& task, std::int32_t attempts, std::string error, kube::Time now);

/// Gives a task that waits the deadline of its type, counted from `since`, unless it has one.
void set_deadline(api::PlannedTask& task, kube::Time since);
/// Has a task that waits had all the time that its type has? The text says so, with the last error.
[[nodiscard]] std::optional<std::string> deadline_error(const api::PlannedTask& task, kube::Time now);

/// How long until `not_before`; zero when it is past. One that is further ahead than the longest pause after which it
/// can have been stored is of a clock that was ahead, and counts as past: each look would find the whole pause left.
[[nodiscard]] std::chrono::seconds time_until(
    const std::optional<kube::Time>& not_before, kube::Time now, std::chrono::seconds longest_pause
);

/// How long until the next attempt at the task may begin, whatever woke the object (spec 08 1.5); zero when it may.
[[nodiscard]] std::chrono::seconds time_to_retry(const api::PlannedTask& task, kube::Time now);

/// Ends a plan whose tasks are all complete: phase Complete, and `targetPhase` for the node.
void complete(api::SeiNodeStatus& status, kube::Time now);
/// After `record` said PlanFailed: `failedPhase` for the node, where the plan has one.
void fail(api::SeiNodeStatus& status, kube::Time now);

/// Does `now` tell more than what is `stored` only of how far a plan has got with tasks that the operator does itself?
/// They may be done again, so that nothing is lost with such a status if it is written later, or never.
[[nodiscard]] bool is_mere_progress(const api::SeiNodeStatus& stored, const api::SeiNodeStatus& now);

/// Sets the phase. `phaseTransitionTime` moves only when the phase changes (spec 02 D7).
void set_phase(api::SeiNodeStatus& status, api::NodePhase phase, kube::Time now);

}  // namespace sei::plan
