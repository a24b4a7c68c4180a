// The libraries that make up `overloads()`, one file each.
#pragma once

#include "devcluster/cel/detail/functions.hpp"

#include <span>

namespace devcluster::cel::detail {

/// size, type conversions, contains, startsWith, endsWith, matches (the language's own).
[[nodiscard]] std::span<const Overload> standard_functions();
/// cel-go's string extension, and Kubernetes' find and findAll.
[[nodiscard]] std::span<const Overload> string_functions();
/// indexOf and lastIndexOf, on strings and on lists.
[[nodiscard]] std::span<const Overload> search_functions();
/// Kubernetes' isSorted, sum, min and max on lists.
[[nodiscard]] std::span<const Overload> list_functions();
/// The parts of timestamps and durations.
[[nodiscard]] std::span<const Overload> time_functions();

/// The value for arguments that fit no overload.
[[nodiscard]] Value no_such_overload();

/// Compiles the pattern in `arguments[1]`, unless it was compiled ahead, and hands it to `use`.
template <class Use>
[[nodiscard]] Value with_pattern(std::span<const Value> arguments, CallContext& context, Use use) {
    if (context.pattern != nullptr) return use(*context.pattern);
    const auto pattern = RegularExpression::compile(arguments[1].text);
    if (!pattern) return Value::error(context.arena.keep("error parsing regexp: " + pattern.error()));
    return use(*pattern);
}

}  // namespace devcluster::cel::detail
