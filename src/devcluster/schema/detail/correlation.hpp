// Which part of the stored object a part of the new one corresponds to, and whether it changed (KEP-4008).
#pragma once

#include "devcluster/schema/detail/node.hpp"

namespace devcluster::schema::detail {

/// The element of `old_list` with the same keys as `element`, for lists with `ListType::Map`. Null when there is none,
/// when a key is absent, and for every other kind of list: only keys correlate elements.
[[nodiscard]] const json::value* correlated_element(
    const Node& list, const json::value* old_list, const json::value& element
);

/// The member `name` of `old_object`, or null.
[[nodiscard]] const json::value* correlated_member(const json::value* old_object, std::string_view name);

/// Whether nothing changed. Lists with keys compare by their keys, objects with fields that no schema knows count as
/// changed.
[[nodiscard]] bool is_unchanged(const Node& node, const json::value& value, const json::value& old_value);

}  // namespace devcluster::schema::detail
