// Operators on values.
#pragma once

#include "devcluster/cel/detail/expression.hpp"

namespace devcluster::cel::detail {

/// `left operation right` for arithmetic, comparison, equality and `in`; neither is an error. Overflow, division by
/// zero and kinds that do not go together give errors, worded as cel-go words them.
[[nodiscard]] Value apply(Operator operation, const Value& left, const Value& right, Arena& arena);

/// `!value` or `-value`.
[[nodiscard]] Value apply(Operator operation, const Value& value);

/// Less than zero, zero or more for values that have an order; nullopt when these two have none.
[[nodiscard]] std::optional<int> compare(const Value& left, const Value& right);

constexpr std::string_view kNoSuchOverload = "no such overload";

}  // namespace devcluster::cel::detail
