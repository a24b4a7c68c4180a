// What clients ask first: which groups, versions and resources there are.
#pragma once

#include "devcluster/apiserver/core.hpp"

namespace devcluster::apiserver {

/// What `/version` tells as gitVersion: the API of this Kubernetes release, served by something smaller.
inline constexpr std::string_view kGitVersion = "v1.34.4+devcluster";

/// Answers `/`, /api, /apis, /api/v1, /apis/<group>, /apis/<group>/<version> and /version; /api and /apis also as
/// apidiscovery.k8s.io/v2 APIGroupDiscoveryList, with all resources at once, when the Accept header asks for it.
/// Throws StatusError: 404 for a group or version that is not served, 406 when no JSON is accepted, 405 when it is no
/// GET.
[[nodiscard]] Reply discover(Core& core, const kube::ServedRequest& http);
/// Does `discover` answer this path?
[[nodiscard]] bool is_discovery_path(const std::vector<std::string>& segments);

}  // namespace devcluster::apiserver
