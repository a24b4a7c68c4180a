// The Common Expression Language: an expression compiled once, evaluated on many objects.
#pragma once

#include "devcluster/cel/type.hpp"

#include <boost/json/fwd.hpp>

#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

namespace devcluster::cel {

/// Why an expression was refused.
struct CompileError {
    std::size_t position = 0;  ///< Byte offset in the source.
    std::string message;       ///< As cel-go words it: `undefined field 'nope'`.

    /// The message with line, column and the marked line of `source`, as Kubernetes shows it when a CRD is refused.
    [[nodiscard]] std::string describe(std::string_view source) const;
};

/// Why an evaluation gave no value: `no such key: secret`, `division by zero`, `no such overload`, …
struct EvaluationError {
    std::string message;
};

/// What an expression is about, and what it shall give.
struct CompileOptions {
    const Type* self =
        nullptr;  ///< The type of `self` and `oldSelf`, outliving the program. Null: anything, checked when evaluated.
    bool has_old_self = true;          ///< Whether `oldSelf` may be named.
    TypeKind result = TypeKind::Bool;  ///< Refuses expressions that give something else. Dyn: anything will do.
};

/// A compiled expression. Cheap to copy and immutable; evaluating it copies nothing of the object.
class Program {
public:
    /// Parses and checks `source`. Names, functions, fields and operand types that do not exist are refused here: what
    /// this room does not support never passes silently.
    [[nodiscard]] static std::expected<Program, CompileError> compile(
        std::string_view source, const CompileOptions& options
    );

    /// Whether it names `oldSelf`, which makes a validation rule a transition rule.
    [[nodiscard]] bool uses_old_self() const;

    /// Evaluates to a bool. `old_self` may be null unless `uses_old_self`.
    [[nodiscard]] std::expected<bool, EvaluationError> evaluate_bool(
        const boost::json::value& self, const boost::json::value* old_self
    ) const;

    /// Evaluates to a string.
    [[nodiscard]] std::expected<std::string, EvaluationError> evaluate_string(
        const boost::json::value& self, const boost::json::value* old_self
    ) const;

    struct Compiled;

private:
    explicit Program(std::shared_ptr<const Compiled> compiled);
    std::shared_ptr<const Compiled> compiled_;
};

}  // namespace devcluster::cel
