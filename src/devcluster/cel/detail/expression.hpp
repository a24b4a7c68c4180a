// The tree of an expression: made by the parser, completed by the checker, walked by the evaluator.
#pragma once

#include "devcluster/cel/detail/functions.hpp"
#include "devcluster/cel/regular_expression.hpp"
#include "devcluster/cel/value.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace devcluster::cel::detail {

enum class Operator : std::uint8_t {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
    In,
    Not,
    Negate
};

enum class Macro : std::uint8_t { All, Exists, ExistsOne, Filter, Map };

enum class ExpressionKind : std::uint8_t {
    Literal,        ///< `literal`.
    Variable,       ///< `name`; the checker finds its `slot`.
    Select,         ///< children[0].name
    Has,            ///< has(children[0].name)
    Index,          ///< children[0][children[1]]
    Call,           ///< `name`: with `is_member` children[0] is the receiver.
    Operation,      ///< `operation` on one or two children.
    And,            ///< children[0] && children[1]
    Or,             ///< children[0] || children[1]
    Conditional,    ///< children[0] ? children[1] : children[2]
    List,           ///< [children...]
    Map,            ///< {children[0]: children[1], ...}
    Comprehension,  ///< children[0].macro(variables..., children[1...])
};

struct Expression {
    ExpressionKind kind = ExpressionKind::Literal;
    std::size_t position = 0;  ///< Byte offset in the source.
    std::string name;          ///< Of a Literal string its text.
    Value literal;
    Operator operation = Operator::Add;
    Macro macro = Macro::All;
    bool is_member = false;
    std::vector<std::string> variables;  ///< Of a Comprehension: one, or two for index and element (key and value).
    std::vector<std::unique_ptr<Expression>> children;

    // From the checker:
    std::size_t slot = 0;  ///< Of a Variable; of a Comprehension that of its first variable.
    const Function* function = nullptr;
    const Type::Field* field = nullptr;        ///< Of a Select or Has on an Object.
    std::optional<RegularExpression> pattern;  ///< Of a call whose pattern is a literal.
};

using ExpressionPtr = std::unique_ptr<Expression>;

}  // namespace devcluster::cel::detail
