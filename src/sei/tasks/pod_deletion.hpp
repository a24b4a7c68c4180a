// What a pod has to be kept for, asked before a plan deletes it.
#pragma once

#include <optional>
#include <string>

#include "kube/async/async.hpp"
#include "sei/plan/task_outcome.hpp"
#include "sei/tasks/task_context.hpp"

namespace sei::tasks {

/// Is the claim that the node made for itself being deleted, as an uncached read has it? Its volume lives as long as
/// the pod that mounts it. False of an imported one, and of one that is gone.
[[nodiscard]] kube::Async<bool> claim_is_going(TaskContext& context);

/// Why the pod of a validator is not deleted now: what keeps it from signing twice is on a volume that would go with
/// the pod. Nullopt: it may be deleted, for nothing is lost, or somebody asks for it with `sei.io/retry`. Costs no
/// request for other modes, which begin anew with an empty volume.
[[nodiscard]] kube::Async<std::optional<std::string>> reason_to_keep_pod(TaskContext& context);

/// The same as an outcome of the task that would delete the pod. Also waited for is the claim that was imported while
/// the node ran: the next pod mounts it.
[[nodiscard]] kube::Async<std::optional<plan::TaskOutcome>> wait_before_pod_deletion(TaskContext& context);

/// Deletes the pod of this uid, which is the precondition, where the cache shows it and not that it is going. Whether
/// it goes is for a later look to tell: a refusal says no more than a cache that is behind.
[[nodiscard]] kube::Async<> delete_pod(TaskContext& context, std::string uid);

}  // namespace sei::tasks
