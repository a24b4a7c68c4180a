// OpenAPI v3, as kubectl needs it: to explain, to know that the server validates fields, to merge lists.
#pragma once

#include "devcluster/apiserver/core.hpp"

namespace devcluster::apiserver {

/// Answers /openapi/v3 (the index of group versions, each with a URL whose hash changes with the document) and
/// /openapi/v3/<group version>. Documents are made when they are first asked for, from the type table or the stored
/// CustomResourceDefinitions, and kept until what they are made from changes.
///
/// Throws StatusError: 404 for what is not served, /openapi/v2 among it (kubectl 1.27 and later does without), 405 when
/// it is no GET.
[[nodiscard]] Reply openapi(Core& core, const kube::ServedRequest& http);
[[nodiscard]] bool is_openapi_path(const std::vector<std::string>& segments);

}  // namespace devcluster::apiserver
