// Is a task still to be done? Asked of the API server, where an old view would do harm.
#pragma once

#include <algorithm>
#include <string>

#include "kube/async/async.hpp"
#include "kube/client/client.hpp"
#include "sei/api/plan.hpp"

namespace sei::tasks {

/// Has the stored plan of `object` the task as pending, as an uncached read has it, and is it not paused or deleted?
/// Ids of tasks are those of one plan alone (spec 04 §3). ApiError and TransportError pass through.
template <kube::Kind K>
kube::Async<bool> is_still_due(kube::Client& client, kube::Snapshot<K> object, std::string task_id) {
    const auto live = co_await client.get<K>(object.key());
    if (!live || live->uid() != object.uid() || (*live)->metadata.deletionTimestamp) co_return false;
    if ((*live)->spec.paused || !(*live)->status.plan) co_return false;
    const auto& tasks = (*live)->status.plan->tasks;
    const auto stored = std::ranges::find(tasks, task_id, &api::PlannedTask::id);
    co_return stored != tasks.end() && stored->status == api::TaskStatus::Pending;
}

}  // namespace sei::tasks
