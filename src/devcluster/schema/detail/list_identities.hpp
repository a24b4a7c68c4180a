// Lists whose elements must differ: x-kubernetes-list-type set and map.
#pragma once

#include "devcluster/schema/detail/node.hpp"

#include <vector>

namespace devcluster::schema::detail {

/// One Duplicate for each element that repeats an earlier one.
[[nodiscard]] std::vector<FieldError> validate_list_identities(const Node& node, const json::value& value);

}  // namespace devcluster::schema::detail
