// What keeps a node from coming up, and is asked of nodes that do not run yet.
#pragma once

#include <optional>

#include "sei/api/node.hpp"
#include "sei/plan/spec_problem.hpp"

namespace sei::plan {

/// The first thing in `node` that some later step would stumble over, deep inside a pod or a refused write: its name,
/// `spec.chainId`, `spec.sidecar.port`, `spec.podLabels`, the numbers and the duration of its snapshot (spec 01 §20, 7;
/// spec 05 §19, 17 to 19).
///
/// A node that runs is not asked: whatever it was made with, it goes on to be served.
[[nodiscard]] std::optional<SpecProblem> problem_of_new_node(const api::SeiNode& node);

/// The port of the sidecar alone. A node that runs is told, and goes on: its next pod would not come up.
[[nodiscard]] std::optional<SpecProblem> problem_of_next_pod(const api::NodeSpec& spec);

}  // namespace sei::plan
