// Names, fields, functions and types of an expression, looked up before it is ever evaluated.
#pragma once

#include "devcluster/cel/detail/expression.hpp"
#include "devcluster/cel/program.hpp"

#include <deque>

namespace devcluster::cel::detail {

constexpr std::size_t kSelfSlot = 0;
constexpr std::size_t kOldSelfSlot = 1;

/// What the checker found out.
struct CheckedFacts {
    std::size_t slots = 2;  ///< How many variables an evaluation holds at once, `self` and `oldSelf` among them.
    bool uses_old_self = false;
    std::deque<Type> types;  ///< Types that the checker made; expressions point into it.
};

/// Completes `root` for the evaluator. Throws ExpressionError with cel-go's words for what does not fit.
[[nodiscard]] CheckedFacts check(Expression& root, const CompileOptions& options);

}  // namespace devcluster::cel::detail
