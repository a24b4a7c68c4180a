#include "devcluster/cel/detail/checker.hpp"

#include "devcluster/cel/detail/lexer.hpp"
#include "devcluster/cel/time_text.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <array>
#include <utility>

namespace devcluster::cel::detail {
namespace {

const Type& dyn() {
    return simple_type(TypeKind::Dyn);
}
const Type& boolean() {
    return simple_type(TypeKind::Bool);
}
const Type& element_of(const Type& type) {
    return type.element == nullptr ? dyn() : *type.element;
}
const Type& key_of(const Type& type) {
    return type.key == nullptr ? simple_type(TypeKind::String) : *type.key;
}
bool is_numeric(TypeKind kind) {
    return kind == TypeKind::Int || kind == TypeKind::Uint || kind == TypeKind::Double;
}

/// Whether values of the two types may be compared or stand in one place.
bool fits(const Type& left, const Type& right) {
    if (left.kind == TypeKind::Dyn || right.kind == TypeKind::Dyn) return true;
    const auto takes_null = [](TypeKind kind) {
        return kind == TypeKind::Null || kind == TypeKind::Object || kind == TypeKind::Duration ||
               kind == TypeKind::Timestamp;
    };
    if (left.kind == TypeKind::Null) return takes_null(right.kind);
    if (right.kind == TypeKind::Null) return takes_null(left.kind);
    if (left.kind != right.kind) return false;
    if (left.kind == TypeKind::List) return fits(element_of(left), element_of(right));
    if (left.kind == TypeKind::Map)
        return fits(key_of(left), key_of(right)) && fits(element_of(left), element_of(right));
    if (left.kind == TypeKind::Object) return &left == &right;
    return true;
}

constexpr std::string_view spelling(Operator operation) {
    switch (operation) {
        case Operator::Add:
            return "_+_";
        case Operator::Subtract:
            return "_-_";
        case Operator::Multiply:
            return "_*_";
        case Operator::Divide:
            return "_/_";
        case Operator::Modulo:
            return "_%_";
        case Operator::Less:
            return "_<_";
        case Operator::LessEqual:
            return "_<=_";
        case Operator::Greater:
            return "_>_";
        case Operator::GreaterEqual:
            return "_>=_";
        case Operator::Equal:
            return "_==_";
        case Operator::NotEqual:
            return "_!=_";
        case Operator::In:
            return "@in";
        case Operator::Not:
            return "!_";
        case Operator::Negate:
            return "-_";
    }
    return "";
}

/// Functions of a Kubernetes API server that this room does not have.
constexpr std::array<std::string_view, 24> kFunctionsOfKubernetes{
    "quantity", "isQuantity", "url",      "isURL",   "ip",    "isIP",          "cidr",         "isCIDR",
    "semver",   "isSemver",   "format",   "reverse", "quote", "slice",         "sort",         "sortBy",
    "flatten",  "range",      "distinct", "first",   "last",  "transformList", "transformMap", "transformMapEntry",
};
constexpr std::array<std::string_view, 4> kNamespacesOfKubernetes{"sets", "optional", "lists", "strings"};

constexpr std::pair<std::string_view, TypeKind> kTypeNames[] = {
    {"bool", TypeKind::Bool},
    {"bytes", TypeKind::Bytes},
    {"double", TypeKind::Double},
    {"dyn", TypeKind::Dyn},
    {"int", TypeKind::Int},
    {"list", TypeKind::List},
    {"map", TypeKind::Map},
    {"null_type", TypeKind::Null},
    {"string", TypeKind::String},
    {"type", TypeKind::Type},
    {"uint", TypeKind::Uint},
};

class Checker {
public:
    explicit Checker(const CompileOptions& options) : options_(options) {}

    CheckedFacts check(Expression& root) {
        const Type& type = infer(root);
        if (options_.result != TypeKind::Dyn && type.kind != options_.result) {
            const bool is_rule = options_.result == TypeKind::Bool;
            fail(
                root,
                is_rule ? "cel expression must evaluate to a bool"
                        : "must evaluate to a " + to_string(simple_type(options_.result))
            );
        }
        return std::move(facts_);
    }

private:
    struct Variable {
        std::string_view name;
        const Type* type;
        std::size_t slot;
    };

    [[noreturn]] static void fail(const Expression& at, std::string message) {
        throw ExpressionError{at.position, std::move(message)};
    }
    [[noreturn]] static void fail_overload(
        const Expression& at, std::string_view name, const std::vector<const Type*>& types, bool is_member
    ) {
        std::vector<std::string> shown;
        for (const Type* type : types) shown.push_back(to_string(*type));
        std::string target;
        if (is_member) {
            target = shown.front() + ".";
            shown.erase(shown.begin());
        }
        fail(
            at,
            fmt::format("found no matching overload for '{}' applied to '{}({})'", name, target, fmt::join(shown, ", "))
        );
    }

    const Type& make_type(Type type) { return facts_.types.emplace_back(std::move(type)); }
    const Type& list_of(const Type& element) { return make_type({.kind = TypeKind::List, .element = &element}); }

    const Type& infer(Expression& at) {
        switch (at.kind) {
            case ExpressionKind::Literal:
                return simple_type(type_kind_of(at.literal));
            case ExpressionKind::Variable:
                return variable(at);
            case ExpressionKind::Select:
            case ExpressionKind::Has:
                return select(at);
            case ExpressionKind::Index:
                return index(at);
            case ExpressionKind::Call:
                return call(at);
            case ExpressionKind::Operation:
                return operation(at);
            case ExpressionKind::And:
                return junction(at, "_&&_");
            case ExpressionKind::Or:
                return junction(at, "_||_");
            case ExpressionKind::Conditional:
                return conditional(at);
            case ExpressionKind::List:
                return list(at);
            case ExpressionKind::Map:
                return map(at);
            case ExpressionKind::Comprehension:
                return comprehension(at);
        }
        return dyn();
    }

    const Type& variable(Expression& at) {
        for (auto scoped = scope_.rbegin(); scoped != scope_.rend(); ++scoped) {
            if (scoped->name != at.name) continue;
            at.slot = scoped->slot;
            return *scoped->type;
        }
        const Type& self = options_.self == nullptr ? dyn() : *options_.self;
        if (at.name == "self") {
            at.slot = kSelfSlot;
            return self;
        }
        if (at.name == "oldSelf" && options_.has_old_self) {
            at.slot = kOldSelfSlot;
            facts_.uses_old_self = true;
            return self;
        }
        for (const auto& [name, kind] : kTypeNames) {
            if (at.name != name) continue;
            at.kind = ExpressionKind::Literal;
            at.literal = Value::of_type(kind);
            return simple_type(TypeKind::Type);
        }
        fail(at, fmt::format("undeclared reference to '{}' (in container '')", at.name));
    }

    const Type& select(Expression& at) {
        const Type& target = infer(*at.children[0]);
        const Type* found = nullptr;
        switch (target.kind) {
            case TypeKind::Dyn:
                found = &dyn();
                break;
            case TypeKind::Map:
                found = &element_of(target);
                break;
            case TypeKind::Object:
                at.field = target.find_field(at.name);
                if (at.field == nullptr) fail(at, fmt::format("undefined field '{}'", at.name));
                found = at.field->type == nullptr ? &dyn() : at.field->type;
                break;
            default:
                fail(at, fmt::format("type '{}' does not support field selection", to_string(target)));
        }
        return at.kind == ExpressionKind::Has ? boolean() : *found;
    }

    const Type& index(Expression& at) {
        const Type& target = infer(*at.children[0]);
        const Type& key = infer(*at.children[1]);
        const bool is_list = target.kind == TypeKind::List && (is_numeric(key.kind) || key.kind == TypeKind::Dyn);
        const bool is_map = target.kind == TypeKind::Map && fits(key_of(target), key);
        if (target.kind == TypeKind::Dyn) return dyn();
        if (!is_list && !is_map) fail_overload(at, "_[_]", {&target, &key}, false);
        return element_of(target);
    }

    const Type& junction(Expression& at, std::string_view name) {
        const Type& left = infer(*at.children[0]);
        const Type& right = infer(*at.children[1]);
        if (!fits(left, boolean()) || !fits(right, boolean())) fail_overload(at, name, {&left, &right}, false);
        return boolean();
    }

    const Type& conditional(Expression& at) {
        const Type& condition = infer(*at.children[0]);
        const Type& then = infer(*at.children[1]);
        const Type& otherwise = infer(*at.children[2]);
        if (!fits(condition, boolean()) || !fits(then, otherwise)) {
            fail_overload(at, "_?_:_", {&condition, &then, &otherwise}, false);
        }
        return then.kind == TypeKind::Dyn || then.kind == TypeKind::Null ? otherwise : then;
    }

    /// The one type of a literal's elements; Kubernetes refuses mixtures.
    const Type& common_type(
        const Expression& at, std::size_t first, std::size_t step, const std::vector<const Type*>& types
    ) {
        const Type* common = nullptr;
        for (std::size_t index = first; index < types.size(); index += step) {
            if (common != nullptr && !fits(*common, *types[index])) {
                fail(
                    *at.children[index],
                    fmt::format("expected type '{}' but found '{}'", to_string(*common), to_string(*types[index]))
                );
            }
            if (common == nullptr || common->kind == TypeKind::Dyn) common = types[index];
        }
        return common == nullptr ? dyn() : *common;
    }

    std::vector<const Type*> infer_children(Expression& at) {
        std::vector<const Type*> types;
        for (const ExpressionPtr& child : at.children) types.push_back(&infer(*child));
        return types;
    }

    const Type& list(Expression& at) { return list_of(common_type(at, 0, 1, infer_children(at))); }

    const Type& map(Expression& at) {
        const std::vector<const Type*> types = infer_children(at);
        const Type& key = common_type(at, 0, 2, types);
        const Type& element = common_type(at, 1, 2, types);
        return make_type({.kind = TypeKind::Map, .element = &element, .key = &key});
    }

    const Type& operation(Expression& at) {
        const std::vector<const Type*> types = infer_children(at);
        const Type* result = at.children.size() == 1 ? unary_result(at.operation, *types[0])
                                                     : binary_result(at.operation, *types[0], *types[1]);
        if (result == nullptr) fail_overload(at, spelling(at.operation), types, false);
        return *result;
    }

    static const Type* unary_result(Operator operation, const Type& type) {
        if (operation == Operator::Not) return fits(type, boolean()) ? &boolean() : nullptr;
        const bool is_signed =
            type.kind == TypeKind::Int || type.kind == TypeKind::Double || type.kind == TypeKind::Dyn;
        return is_signed ? &type : nullptr;
    }

    /// Null when the operator does not take these types.
    static const Type* binary_result(Operator operation, const Type& left, const Type& right) {
        const bool is_dyn = left.kind == TypeKind::Dyn || right.kind == TypeKind::Dyn;
        switch (operation) {
            case Operator::Equal:
            case Operator::NotEqual:
                return fits(left, right) ? &boolean() : nullptr;
            case Operator::In:
                if (right.kind == TypeKind::List) return fits(left, element_of(right)) ? &boolean() : nullptr;
                if (right.kind == TypeKind::Map) return fits(left, key_of(right)) ? &boolean() : nullptr;
                return right.kind == TypeKind::Dyn ? &boolean() : nullptr;
            case Operator::Less:
            case Operator::LessEqual:
            case Operator::Greater:
            case Operator::GreaterEqual:
                return is_dyn || has_order(left.kind, right.kind) ? &boolean() : nullptr;
            default:
                return is_dyn ? dynamic_arithmetic(left, right) : arithmetic(operation, left, right);
        }
    }

    static bool has_order(TypeKind left, TypeKind right) {
        if (is_numeric(left) && is_numeric(right)) return true;
        if (left != right) return false;
        return left == TypeKind::Bool || left == TypeKind::String || left == TypeKind::Bytes ||
               left == TypeKind::Duration || left == TypeKind::Timestamp;
    }

    static const Type* dynamic_arithmetic(const Type& left, const Type& right) {
        const TypeKind known = left.kind == TypeKind::Dyn ? right.kind : left.kind;
        if (known == TypeKind::Bool || known == TypeKind::Object || known == TypeKind::Map || known == TypeKind::Null)
            return nullptr;
        const bool is_time = known == TypeKind::Duration || known == TypeKind::Timestamp;
        return is_time ? &dyn() : left.kind == TypeKind::Dyn ? &right : &left;
    }

    static const Type* arithmetic(Operator operation, const Type& left, const Type& right) {
        const bool is_sum = operation == Operator::Add;
        const bool is_difference = operation == Operator::Subtract;
        const auto kinds = std::pair{left.kind, right.kind};
        constexpr auto kTime = TypeKind::Timestamp;
        constexpr auto kSpan = TypeKind::Duration;
        if ((is_sum || is_difference) && kinds == std::pair{kTime, kSpan}) return &left;
        if (is_sum && kinds == std::pair{kSpan, kTime}) return &right;
        if (is_difference && kinds == std::pair{kTime, kTime}) return &simple_type(kSpan);
        if ((is_sum || is_difference) && kinds == std::pair{kSpan, kSpan}) return &left;
        if (left.kind != right.kind) return nullptr;
        switch (left.kind) {
            case TypeKind::Int:
            case TypeKind::Uint:
                return &left;
            case TypeKind::Double:
                return operation == Operator::Modulo ? nullptr : &left;
            case TypeKind::String:
            case TypeKind::Bytes:
                return is_sum ? &left : nullptr;
            case TypeKind::List:
                return is_sum && fits(left, right) ? &left : nullptr;
            default:
                return nullptr;
        }
    }

    const Type& call(Expression& at) {
        refuse_namespaces(at);
        const bool is_known = std::ranges::any_of(overloads(), [&](const Overload& overload) {
            return overload.function.name == at.name && overload.function.is_member == at.is_member;
        });
        if (!is_known) {
            if (std::ranges::find(kFunctionsOfKubernetes, at.name) != kFunctionsOfKubernetes.end()) {
                fail(at, fmt::format("the function '{}' is not supported by this server", at.name));
            }
            fail(at, fmt::format("undeclared reference to '{}' (in container '')", at.name));
        }
        const std::vector<const Type*> types = infer_children(at);
        const Overload* chosen = nullptr;
        bool is_ambiguous = false;
        for (const Overload& overload : overloads()) {
            if (overload.function.name != at.name || overload.function.is_member != at.is_member ||
                !takes(overload, types))
                continue;
            is_ambiguous = is_ambiguous || (chosen != nullptr && chosen->result != overload.result);
            if (chosen == nullptr) chosen = &overload;
        }
        if (chosen == nullptr) fail_overload(at, at.name, types, at.is_member);
        at.function = &chosen->function;
        prepare_literals(at);
        return is_ambiguous ? dyn() : result_of(*chosen, types);
    }

    static bool takes(const Overload& overload, const std::vector<const Type*>& types) {
        if (overload.arguments != types.size()) return false;
        for (std::size_t index = 0; index < types.size(); ++index) {
            if (!fits(simple_type(overload.types[index]), *types[index])) return false;
        }
        return true;
    }

    const Type& result_of(const Overload& overload, const std::vector<const Type*>& types) {
        switch (overload.shape) {
            case ResultShape::Simple:
                return simple_type(overload.result);
            case ResultShape::StringList:
                return list_of(simple_type(TypeKind::String));
            case ResultShape::ElementOfFirst:
                return element_of(*types.front());
            case ResultShape::LikeFirst:
                return *types.front();
        }
        return dyn();
    }

    /// `sets.contains(…)` parses as a method of a variable `sets`.
    void refuse_namespaces(const Expression& at) const {
        if (!at.is_member || at.children.front()->kind != ExpressionKind::Variable) return;
        const std::string& name = at.children.front()->name;
        if (std::ranges::any_of(scope_, [&](const Variable& variable) { return variable.name == name; })) return;
        if (std::ranges::find(kNamespacesOfKubernetes, name) == kNamespacesOfKubernetes.end()) return;
        fail(at, fmt::format("the function '{}.{}' is not supported by this server", name, at.name));
    }

    /// Literal patterns are compiled now, literal times are checked now: a rule that can never work is refused.
    static void prepare_literals(Expression& at) {
        if (at.function->takes_pattern && at.children[1]->kind == ExpressionKind::Literal) {
            auto pattern = RegularExpression::compile(at.children[1]->literal.text);
            if (!pattern) fail(*at.children[1], "invalid matches argument");
            at.pattern = std::move(*pattern);
        }
        if (at.is_member || at.children.empty()) return;
        const Expression& argument = *at.children.front();
        if (argument.kind != ExpressionKind::Literal || argument.literal.kind != ValueKind::String) return;
        if (at.name == "duration" && !parse_duration(argument.literal.text))
            fail(argument, "invalid duration argument");
        if (at.name == "timestamp" && !parse_timestamp(argument.literal.text))
            fail(argument, "invalid timestamp argument");
    }

    const Type& comprehension(Expression& at) {
        const Type& range = infer(*at.children[0]);
        const bool is_list = range.kind == TypeKind::List;
        if (!is_list && range.kind != TypeKind::Map && range.kind != TypeKind::Dyn) {
            fail(
                *at.children[0],
                fmt::format(
                    "expression of type '{}' cannot be range of a comprehension (must be list, map, or dynamic)",
                    to_string(range)
                )
            );
        }
        const Type& key = is_list ? simple_type(TypeKind::Int) : range.kind == TypeKind::Map ? key_of(range) : dyn();
        const Type& element = element_of(range);
        const bool has_two = at.variables.size() == 2;
        at.slot = 2 + scope_depth_;
        if (has_two) {
            scope_.push_back({at.variables[0], &key, at.slot});
            scope_.push_back({at.variables[1], &element, at.slot + 1});
        } else {
            scope_.push_back({at.variables[0], is_list ? &element : &key, at.slot});
        }
        scope_depth_ += at.variables.size();
        facts_.slots = std::max(facts_.slots, 2 + scope_depth_);
        const Type& result = comprehension_result(at, range, is_list ? element : key);
        scope_depth_ -= at.variables.size();
        scope_.resize(scope_.size() - at.variables.size());
        return result;
    }

    const Type& comprehension_result(Expression& at, const Type& range, const Type& item) {
        const bool has_condition = at.macro != Macro::Map || at.children.size() == 3;
        if (has_condition) {
            const Type& condition = infer(*at.children[1]);
            if (!fits(condition, boolean())) {
                fail(*at.children[1], fmt::format("expected type 'bool' but found '{}'", to_string(condition)));
            }
        }
        if (at.macro == Macro::Filter) return range.kind == TypeKind::List ? list_of(element_of(range)) : list_of(item);
        if (at.macro == Macro::Map) return list_of(infer(*at.children.back()));
        return boolean();
    }

    const CompileOptions& options_;
    CheckedFacts facts_;
    std::vector<Variable> scope_;
    std::size_t scope_depth_ = 0;
};

}  // namespace

CheckedFacts check(Expression& root, const CompileOptions& options) {
    return Checker{options}.check(root);
}

}  // namespace devcluster::cel::detail
