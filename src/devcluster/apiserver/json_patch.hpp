// JSON patches (RFC 6902).
#pragma once

#include "kube/json/json.hpp"

namespace devcluster::apiserver {

/// Applies the operations in order. Throws std::runtime_error saying which one failed, and why; `document` is then
/// half changed.
void apply_json_patch(kube::json::Value& document, const kube::json::Value& patch);

}  // namespace devcluster::apiserver
