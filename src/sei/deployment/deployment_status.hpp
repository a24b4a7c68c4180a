// The status of a deployment, computed from its nodes (spec 03 §15). Pure.
#pragma once

#include <string>
#include <vector>

#include "sei/api/deployment.hpp"
#include "sei/deployment/fleet.hpp"
#include "sei/deployment/networking.hpp"

namespace sei::deployment {

/// First matching row of the table in spec 03 §15.2. Conditions and rollout are those of `status`.
[[nodiscard]] api::DeploymentPhase phase_of(
    const api::SeiNodeDeployment& deployment, const api::SeiNodeDeploymentStatus& status, const Fleet& fleet
);

/// Everything in `status` that follows from the nodes and the spec: counts, lists (by ordinal), URLs, phase.
void compute_status(
    const api::SeiNodeDeployment& deployment,
    const Fleet& fleet,
    const std::vector<EffectiveRoute>& routes,
    api::SeiNodeDeploymentStatus& status
);

[[nodiscard]] std::vector<std::string> names_of(const std::vector<NodeSnapshot>& nodes);

}  // namespace sei::deployment
