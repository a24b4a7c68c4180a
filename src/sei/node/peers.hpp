// Which nodes a node's label sources find (spec 02 §9).
#pragma once

#include <string>
#include <vector>

#include "kube/runtime/cache.hpp"
#include "sei/api/node.hpp"

namespace sei::node {

/// "<peer>-0.<peer>.<namespace>.svc.cluster.local" of every match of every label source, sorted, each once, without
/// the node itself.
[[nodiscard]] std::vector<std::string> resolve_peers(const api::SeiNode& node, const kube::Cache<api::SeiNode>& nodes);

}  // namespace sei::node
