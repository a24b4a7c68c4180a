// Keeping a node's StatefulSet what it should be (spec 02 §8, 05 §12).
#pragma once

#include <string>
#include <variant>

#include "kube/async/async.hpp"
#include "sei/tasks/task_context.hpp"

namespace sei::tasks {

/// It is as rendered, as far as the newest picture goes; `TaskContext::live_stateful_set` has it.
struct Synced {};
/// The tracked StatefulSet is gone, or was replaced by another one that has been deleted. `status.statefulSet` is reset
/// in memory and has to be written before anything is created anew, so that our own fresh object can never be taken for
/// a foreign one (spec 08 5.1).
struct TrackingCleared {
    std::string why;
};
/// Nothing can be applied now.
struct SyncWaits {
    std::string waits_for;
};
/// The node cannot be rendered.
struct SyncRefused {
    std::string error;
};
using SyncOutcome = std::variant<Synced, TrackingCleared, SyncWaits, SyncRefused>;

/// May the template get another claim than it has? A node that runs may be told to import one: from then on each pod
/// that is lost, whoever deletes it, would come back on that claim, whether another pod is on it or not.
enum class ImportIs { Unconfirmed, Confirmed };

/// Is it left to the plan to apply the StatefulSet? What it asks before it does is not known to be answered.
[[nodiscard]] bool is_left_to_plan(const TaskContext& context);

/// Applies the rendering, unless that would change nothing, and tracks the object's identity in status. While a
/// bootstrap Job runs there are no replicas (spec 08 4.2). An import that was not confirmed, now or by an earlier plan,
/// leaves the template on the claim that it has.
///
/// A live object whose uid is not the tracked one is an impostor, whoever controls it: the mismatch is confirmed by
/// uncached reads of both objects, then it is deleted by its uid. ApiError and TransportError pass through.
[[nodiscard]] kube::Async<SyncOutcome> sync_stateful_set(TaskContext& context, ImportIs import = ImportIs::Unconfirmed);

/// Does the node import a claim that its workload is not on, as an uncached read has it?
[[nodiscard]] kube::Async<bool> is_import_new(TaskContext& context);

/// Deletes the pods that were made from an older template, each confirmed by uncached reads of the StatefulSet and of
/// itself, and by its uid. None while the controller of the StatefulSet has not seen its newest template. Returns how
/// many were.
[[nodiscard]] kube::Async<std::size_t> delete_outdated_pods(
    TaskContext& context, std::vector<kube::Snapshot<kube::Pod>> outdated
);

}  // namespace sei::tasks
