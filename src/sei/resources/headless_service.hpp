// The Service that gives a node's pod its name (spec 05 §7).
#pragma once

#include "kube/types/service.hpp"
#include "sei/api/node.hpp"

namespace sei::resources {

/// Addressable before it is ready: the operator has to reach the sidecar of a pod that waits for it.
[[nodiscard]] kube::Service render_headless_service(const api::SeiNode& node);

}  // namespace sei::resources
