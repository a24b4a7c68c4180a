// The part of JSONPath that printer columns use.
#pragma once

#include <string_view>
#include <vector>

#include "kube/json/json.hpp"

namespace devcluster::apiserver {

/// The values at `path` (`.spec.image`, `.status.conditions[?(@.type=="Ready")].status`, `.metadata.labels.a\.b`,
/// `.items[0].name`, `.list[*]`, `['key']`). Nothing where the path leads nowhere.
[[nodiscard]] std::vector<const kube::json::Value*> json_path(const kube::json::Object& root, std::string_view path);

/// Can `json_path` read this? What it cannot is refused when a definition is installed.
[[nodiscard]] bool is_supported_json_path(std::string_view path);

}  // namespace devcluster::apiserver
