// Strategic merge patches: lists merged by key as the built-in types say, with kubectl's directives.
#pragma once

#include "devcluster/apiserver/builtin_types.hpp"
#include "kube/json/json.hpp"

namespace devcluster::apiserver {

/// `target` with the patch applied. Understands `$patch`, `$retainKeys`, `$setElementOrder/…` and
/// `$deleteFromPrimitiveList/…`. Throws std::runtime_error for a directive that it does not know.
void apply_strategic_merge(kube::json::Object& target, const kube::json::Object& patch, const BuiltinType& type);

}  // namespace devcluster::apiserver
