// Schemas that OpenAPI documents share and that are no structs of the type table: Status, Scale, Time, JSONSchemaProps
// …
#pragma once

#include <string>
#include <string_view>

#include "kube/json/json.hpp"

namespace devcluster::apiserver {

/// Is there a common schema of this name ("Status")?
[[nodiscard]] bool is_common_schema(std::string_view name);
/// Its name among the components: "io.k8s.apimachinery.pkg.apis.meta.v1.Status". Throws std::logic_error for a name
/// that is none.
[[nodiscard]] std::string common_schema_name(std::string_view name);
/// The schema. What it refers to is common too, or a struct of the type table (ObjectMeta).
[[nodiscard]] kube::json::Object common_schema(std::string_view name);
/// {"$ref": "#/components/schemas/<name>"}
[[nodiscard]] kube::json::Object schema_reference(std::string_view name);

}  // namespace devcluster::apiserver
