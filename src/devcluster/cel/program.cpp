#include "devcluster/cel/program.hpp"

#include "devcluster/cel/detail/arithmetic.hpp"
#include "devcluster/cel/detail/checker.hpp"
#include "devcluster/cel/detail/evaluator.hpp"
#include "devcluster/cel/detail/lexer.hpp"
#include "devcluster/cel/detail/parser.hpp"

#include <fmt/core.h>

#include <array>
#include <utility>

namespace devcluster::cel {

struct Program::Compiled {
    detail::ExpressionPtr root;
    detail::CheckedFacts facts;
    const Type* self = nullptr;
};

namespace {

constexpr std::string_view kInstantiationFailed = "program instantiation failed: ";

/// Conversions of literals are done once; one that fails makes the whole expression useless.
void fold_conversions(detail::Expression& at) {
    for (const detail::ExpressionPtr& child : at.children) fold_conversions(*child);
    constexpr std::array<std::string_view, 8> kConversions{
        "bool", "bytes", "double", "duration", "int", "string", "timestamp", "uint"
    };
    const bool is_conversion = at.kind == detail::ExpressionKind::Call && !at.is_member && at.children.size() == 1 &&
                               std::ranges::find(kConversions, at.name) != kConversions.end();
    if (!is_conversion || at.children.front()->kind != detail::ExpressionKind::Literal) return;
    Arena arena;
    Value value = detail::evaluate(at, {}, arena);
    if (value.is_error())
        throw detail::ExpressionError{at.position, std::string(kInstantiationFailed) + std::string(value.text)};
    if (value.kind == ValueKind::String || value.kind == ValueKind::Bytes) {
        at.name = std::string(value.text);
        value.text = at.name;
    }
    at.kind = detail::ExpressionKind::Literal;
    at.literal = value;
    at.children.clear();
}

Value run(
    const Program::Compiled& compiled, const boost::json::value& self, const boost::json::value* old_self, Arena& arena
) {
    const std::span<Value> slots = arena.make<Value>(compiled.facts.slots);
    slots[detail::kSelfSlot] = Value::of_json(self, compiled.self, arena);
    if (old_self != nullptr) slots[detail::kOldSelfSlot] = Value::of_json(*old_self, compiled.self, arena);
    return detail::evaluate(*compiled.root, slots, arena);
}

}  // namespace

std::string CompileError::describe(std::string_view source) const {
    std::size_t line = 1;
    std::size_t line_begin = 0;
    for (std::size_t at = 0; at < position && at < source.size(); ++at) {
        if (source[at] != '\n') continue;
        ++line;
        line_begin = at + 1;
    }
    const std::size_t column = std::min(position, source.size()) - line_begin;
    const std::string_view text = source.substr(line_begin, source.find('\n', line_begin) - line_begin);
    return fmt::format(
        "ERROR: <input>:{}:{}: {}\n | {}\n | {}^", line, column + 1, message, text, std::string(column, '.')
    );
}

Program::Program(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}

std::expected<Program, CompileError> Program::compile(std::string_view source, const CompileOptions& options) {
    try {
        auto compiled = std::make_shared<Compiled>();
        compiled->root = detail::parse(source);
        compiled->facts = detail::check(*compiled->root, options);
        fold_conversions(*compiled->root);
        compiled->self = options.self;
        return Program{std::move(compiled)};
    } catch (const detail::ExpressionError& error) {
        return std::unexpected(CompileError{error.position, error.message});
    }
}

bool Program::uses_old_self() const {
    return compiled_->facts.uses_old_self;
}

std::expected<bool, EvaluationError> Program::evaluate_bool(
    const boost::json::value& self, const boost::json::value* old_self
) const {
    Arena arena;
    const Value value = run(*compiled_, self, old_self, arena);
    if (value.kind == ValueKind::Bool) return value.boolean;
    return std::unexpected(EvaluationError{std::string(value.is_error() ? value.text : detail::kNoSuchOverload)});
}

std::expected<std::string, EvaluationError> Program::evaluate_string(
    const boost::json::value& self, const boost::json::value* old_self
) const {
    Arena arena;
    const Value value = run(*compiled_, self, old_self, arena);
    if (value.kind == ValueKind::String) return std::string(value.text);
    return std::unexpected(EvaluationError{std::string(value.is_error() ? value.text : detail::kNoSuchOverload)});
}

}  // namespace devcluster::cel
