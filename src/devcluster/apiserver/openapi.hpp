// OpenAPI as far as kubectl needs it. (Written by an engineer of its own, with discovery.hpp.)
#pragma once

#include "devcluster/apiserver/core.hpp"

namespace devcluster::apiserver {

/// Answers /openapi/v3 (the index), /openapi/v3/<group version> (schemas of its kinds, made from the type table or the CRD, with
/// x-kubernetes-group-version-kind and the parameters that say field validation is done by the server) and /openapi/v2.
[[nodiscard]] Reply openapi(Core& core, const kube::ServedRequest& http);
[[nodiscard]] bool is_openapi_path(const std::vector<std::string>& segments);

}  // namespace devcluster::apiserver
