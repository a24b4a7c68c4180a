// Who else uses the claim that a node imports or takes again: two pods on one volume write over each other's chain
// (spec 03 H30).
#pragma once

#include <optional>
#include <string>

#include "kube/async/async.hpp"
#include "kube/types/pod.hpp"
#include "sei/tasks/task_context.hpp"

namespace sei::tasks {

/// Does the pod have a volume of this claim?
[[nodiscard]] bool is_on_claim(const kube::Pod& pod, const std::string& claim);

/// What keeps the node from the claim, from uncached reads: another node with a better right to it, or a pod that is
/// not the node's own and has not ended, whoever made it. Nullopt: neither. ApiError and TransportError pass through.
[[nodiscard]] kube::Async<std::optional<std::string>> other_user_of_import(TaskContext& context);

/// What keeps the node from writing to a claim that it has the best right to. Each of two nodes that ask for one claim
/// stores that it was granted before it looks whether the other one was, so that never both go on; the one with the
/// lesser right takes its own back, and is waited for. Nullopt: that is stored, and nobody else was granted it.
[[nodiscard]] kube::Async<std::optional<std::string>> rival_for_import(TaskContext& context);

/// What keeps the node from the claim of its own name that an earlier node left, from uncached reads: another node that
/// was granted it, or a pod as above, also one that the earlier node left. Nullopt: neither. A node that is granted it
/// later finds this one, which has the better right.
[[nodiscard]] kube::Async<std::optional<std::string>> other_user_of_retained(TaskContext& context);

}  // namespace sei::tasks
