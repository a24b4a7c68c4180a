// Walks a checked expression.
#pragma once

#include "devcluster/cel/detail/expression.hpp"

#include <span>

namespace devcluster::cel::detail {

/// The value of `root`, or an error. `slots` holds `self`, `oldSelf` and room for the variables of macros.
[[nodiscard]] Value evaluate(const Expression& root, std::span<Value> slots, Arena& arena);

}  // namespace devcluster::cel::detail
