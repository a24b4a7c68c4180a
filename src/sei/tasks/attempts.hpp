// What attempts at a task that is not done come to, of a node's plan as of a group's: counted in memory, stored with
// the task when they last, and ended when the task has had its time (spec 08 1.4).
#pragma once

#include <chrono>
#include <string>

#include "kube/async/clock.hpp"
#include "sei/api/plan.hpp"
#include "sei/plan/task_outcome.hpp"
#include "sei/tasks/node_memory.hpp"

namespace sei::tasks {

/// Troubles of at least this age are stored with the task, together with the condition that tells them.
inline constexpr std::chrono::seconds kTroubleAgeToStore{30};
/// For so long a process asks by itself before a task that is late has failed without an answer: after an outage of the
/// operator the first look may find nobody, and says nothing.
inline constexpr std::chrono::minutes kLateTaskPatience{2};

/// The operator was restarted: what attempts came to until then is stored with the task.
void remember_trouble(NodeMemory& memory, const kube::Clock& clock, const api::PlannedTask& task);

/// Counts an attempt at the task that came to nothing, and stores what attempts came to, in the write that tells it by
/// a condition; then when it changes, and each time that the attempts have doubled: a trouble that lasts costs a
/// handful of writes.
void note_failed_attempt(
    NodeMemory& memory, const kube::Clock& clock, api::PlannedTask& task, const plan::Transient& transient
);

/// A task that has had all its time fails, after one more look at it: true, and `outcome` says so, where it would wait.
/// One that is found running fails at once, and one that nothing is heard of when this process has asked for
/// `kLateTaskPatience`.
bool end_when_late(
    const NodeMemory& memory, const kube::Clock& clock, const api::PlannedTask& task, plan::TaskOutcome& outcome
);

}  // namespace sei::tasks
