// Schemas that OpenAPI documents share and that are no structs of the type table.
#pragma once

#include <string_view>

#include "kube/json/json.hpp"

namespace devcluster::apiserver {

/// Schemas by name. A reference in them names another of them, or a struct of the type table.
[[nodiscard]] kube::json::Object common_openapi_schemas();

}  // namespace devcluster::apiserver
