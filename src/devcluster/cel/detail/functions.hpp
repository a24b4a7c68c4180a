// The functions that expressions may call: which there are, with which arguments, and what each returns.
#pragma once

#include "devcluster/cel/regular_expression.hpp"
#include "devcluster/cel/value.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace devcluster::cel::detail {

/// What a call gets besides its arguments.
struct CallContext {
    Arena& arena;
    const RegularExpression* pattern =
        nullptr;  ///< The second argument, compiled ahead, where it is a literal pattern.
};

/// Evaluates a call; no argument is an error. Arguments that fit no overload give "no such overload".
using Implementation = Value (*)(std::span<const Value> arguments, CallContext& context);

/// What a call's result is made of, where it is no simple kind.
enum class ResultShape : std::uint8_t {
    Simple,          ///< `result` says it.
    StringList,      ///< list(string)
    ElementOfFirst,  ///< The element of the list in the first argument.
    LikeFirst,       ///< As the first argument.
};

/// One function under one name and form; overloads share it.
struct Function {
    std::string_view name;
    bool is_member = false;  ///< `target.name(…)`, the target being the first argument.
    bool takes_pattern = false;
    Implementation implementation = nullptr;
};

/// One way to call a function.
struct Overload {
    Function function;
    std::size_t arguments = 0;
    std::array<TypeKind, 4> types{};
    TypeKind result = TypeKind::Dyn;
    ResultShape shape = ResultShape::Simple;
};

/// All overloads; those of one function follow each other.
[[nodiscard]] std::span<const Overload> overloads();

}  // namespace devcluster::cel::detail
