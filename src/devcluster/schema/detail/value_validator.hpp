// Types, values and structure of an object against its schema: everything but lists with identity and validation rules.
#pragma once

#include "devcluster/schema/detail/node.hpp"

#include <string_view>
#include <vector>

namespace devcluster::schema::detail {

/// What is wrong with `value`. `old_value`, where not null, is what it replaces; failures of unchanged parts are
/// forgiven.
///
/// Errors name fields below `prefix` (`status`), messages do not. Of the alternatives of anyOf and oneOf, the one that
/// came furthest explains the failure. `is_root` says that apiVersion and kind are the object's own, which are never
/// forgiven.
[[nodiscard]] std::vector<FieldError> validate_values(
    const Node& node, const json::value& value, const json::value* old_value, std::string_view prefix, bool is_root
);

}  // namespace devcluster::schema::detail
