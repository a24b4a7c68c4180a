// Finds keys that a JSON text gives twice, which a parsed value no longer shows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace devcluster::apiserver {

/// Adds the path of every repeated key (`spec.replicas`) to `duplicates`. The text is taken to be valid JSON.
void find_duplicate_keys(std::string_view json, std::vector<std::string>& duplicates);

}  // namespace devcluster::apiserver
