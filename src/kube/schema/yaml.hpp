// Values <-> YAML, for manifests.
#pragma once

#include <string>
#include <string_view>

#include "kube/json/json.hpp"

namespace kube::schema {

/// Block style with sorted keys, one line for each scalar; a string that could be read as anything else is quoted.
/// Equal values give equal bytes.
[[nodiscard]] std::string to_yaml(const json::Value& value);

/// Reads one document. Plain scalars become null, booleans and numbers as in YAML 1.2's core schema, else strings.
/// Throws std::runtime_error saying where and why.
[[nodiscard]] json::Value from_yaml(std::string_view text);

}  // namespace kube::schema
