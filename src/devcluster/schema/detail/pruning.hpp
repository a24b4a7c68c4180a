// Fields that no schema knows, nulls that none allows, and defaults.
#pragma once

#include "devcluster/schema/detail/node.hpp"

#include <string>
#include <vector>

namespace devcluster::schema::detail {

/// Drops what `node` does not know from `value`; the paths of the dropped fields, sorted.
[[nodiscard]] std::vector<std::string> prune(json::value& value, const Node& node);

/// Drops nulls without default that may not be null.
void prune_nulls(json::value& value, const Node& node);

/// Fills in defaults.
void apply_defaults(json::value& value, const Node& node);

}  // namespace devcluster::schema::detail
