// Tokens, as a tree.
#pragma once

#include "devcluster/cel/detail/expression.hpp"

#include <string_view>

namespace devcluster::cel::detail {

/// The tree of `source`, macros recognised, names not yet looked up. Throws ExpressionError.
[[nodiscard]] ExpressionPtr parse(std::string_view source);

}  // namespace devcluster::cel::detail
