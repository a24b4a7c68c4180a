// YAML documents as JSON, as kubectl and the API server read them.
#pragma once

#include <string_view>
#include <vector>

#include "kube/json/json.hpp"

namespace devcluster::apiserver {

/// The first document. Throws std::runtime_error saying where it cannot be read.
[[nodiscard]] kube::json::Value yaml_to_json(std::string_view text);
/// All documents that are not empty.
[[nodiscard]] std::vector<kube::json::Value> yaml_documents(std::string_view text);

}  // namespace devcluster::apiserver
