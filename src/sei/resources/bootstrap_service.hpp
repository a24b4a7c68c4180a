// The Service that gives the bootstrap pod the name of the production pod (spec 05 §10.4).
#pragma once

#include "kube/types/service.hpp"
#include "sei/api/node.hpp"

namespace sei::resources {

/// Has the name of the headless Service, and must be gone before that one is applied.
[[nodiscard]] kube::Service render_bootstrap_service(const api::SeiNode& node);

}  // namespace sei::resources
