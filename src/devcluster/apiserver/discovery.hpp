// What kubectl asks first: which groups, versions and resources there are. (Written by an engineer of its own, with openapi.hpp.)
#pragma once

#include "devcluster/apiserver/core.hpp"

namespace devcluster::apiserver {

/// Answers /api, /apis, /api/v1, /apis/<group>, /apis/<group>/<version> (also in the aggregated form, apidiscovery.k8s.io/v2, when the
/// Accept header asks for it) and /version. Throws StatusError 404 for a group or version that is not served.
[[nodiscard]] Reply discover(Core& core, const kube::ServedRequest& http);
/// Does `discover` answer this path?
[[nodiscard]] bool is_discovery_path(const std::vector<std::string>& segments);

}  // namespace devcluster::apiserver
