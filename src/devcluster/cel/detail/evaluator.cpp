#include "devcluster/cel/detail/evaluator.hpp"

#include "devcluster/cel/detail/arithmetic.hpp"
#include "devcluster/cel/number_text.hpp"

#include <fmt/core.h>
#include <boost/json.hpp>

namespace devcluster::cel::detail {
namespace {

class Evaluator {
public:
    Evaluator(std::span<Value> slots, Arena& arena) : slots_(slots), arena_(arena) {}

    Value value(const Expression& at) {
        switch (at.kind) {
            case ExpressionKind::Literal:
                return at.literal;
            case ExpressionKind::Variable:
                return slots_[at.slot];
            case ExpressionKind::Select:
                return select(at);
            case ExpressionKind::Has:
                return has(at);
            case ExpressionKind::Index:
                return index(at);
            case ExpressionKind::Call:
                return call(at);
            case ExpressionKind::Operation:
                return operation(at);
            case ExpressionKind::And:
                return junction(at, false);
            case ExpressionKind::Or:
                return junction(at, true);
            case ExpressionKind::Conditional:
                return conditional(at);
            case ExpressionKind::List:
                return list(at);
            case ExpressionKind::Map:
                return map(at);
            case ExpressionKind::Comprehension:
                return comprehension(at);
        }
        return no_overload();
    }

private:
    static Value no_overload() { return Value::error(kNoSuchOverload); }
    Value error(const std::string& message) { return Value::error(arena_.keep(message)); }

    Value no_such_key(const Value& key) {
        switch (key.kind) {
            case ValueKind::String:
                return error(fmt::format("no such key: {}", key.text));
            case ValueKind::Int:
                return error(fmt::format("no such key: {}", key.integer));
            case ValueKind::Uint:
                return error(fmt::format("no such key: {}", key.unsigned_integer));
            case ValueKind::Bool:
                return error(fmt::format("no such key: {}", key.boolean));
            case ValueKind::Double:
                return error(fmt::format("no such key: {}", format_double(key.number)));
            default:
                return no_overload();
        }
    }

    /// The entry that a Select or Has names, without looking up the field's spelling again where the checker did.
    std::optional<Value> entry(const Expression& at, const Value& target) {
        if (at.field != nullptr && target.is_json) {
            const boost::json::value* found = target.json->get_object().if_contains(at.field->json_name);
            if (found == nullptr || found->is_null()) return std::nullopt;
            return Value::of_json(*found, at.field->type, arena_);
        }
        return target.find(Value::of_string(at.name), arena_);
    }

    Value select(const Expression& at) {
        const Value target = value(*at.children[0]);
        if (target.is_error()) return target;
        if (target.kind != ValueKind::Map) return no_such_key(Value::of_string(at.name));
        const auto found = entry(at, target);
        return found ? *found : no_such_key(Value::of_string(at.name));
    }

    Value has(const Expression& at) {
        const Value target = value(*at.children[0]);
        if (target.is_error()) return target;
        if (target.kind != ValueKind::Map) return no_overload();
        const auto found = entry(at, target);
        return found && found->is_error() ? *found : Value::of(found.has_value());
    }

    Value index(const Expression& at) {
        const Value target = value(*at.children[0]);
        if (target.is_error()) return target;
        const Value key = value(*at.children[1]);
        if (key.is_error()) return key;
        if (target.kind == ValueKind::Map) {
            const auto found = target.find(key, arena_);
            return found ? *found : no_such_key(key);
        }
        if (target.kind != ValueKind::List) return no_overload();
        return element(target, key);
    }

    Value element(const Value& list, const Value& key) {
        std::int64_t position = 0;
        if (key.kind == ValueKind::Int || (key.kind == ValueKind::Uint && key.unsigned_integer <= INT64_MAX)) {
            position = key.integer;
        } else if (key.kind == ValueKind::Double &&
                   key.number == static_cast<double>(static_cast<std::int32_t>(key.number))) {
            position = static_cast<std::int64_t>(key.number);
        } else {
            return no_overload();
        }
        if (position < 0 || static_cast<std::uint64_t>(position) >= list.size()) {
            return error(fmt::format("index out of bounds: {}", position));
        }
        return list.at(static_cast<std::size_t>(position), arena_);
    }

    Value call(const Expression& at) {
        std::array<Value, 4> arguments;
        const std::size_t count = at.children.size();
        for (std::size_t position = 0; position < count; ++position) {
            arguments[position] = value(*at.children[position]);
            if (arguments[position].is_error()) return arguments[position];
        }
        CallContext context{.arena = arena_, .pattern = at.pattern ? &*at.pattern : nullptr};
        const Value result = at.function->implementation(std::span(arguments).first(count), context);
        if (result.is_error() && result.text == kNoSuchOverload)
            return error(fmt::format("{}: {}", kNoSuchOverload, at.name));
        return result;
    }

    Value operation(const Expression& at) {
        const Value left = value(*at.children[0]);
        if (left.is_error()) return left;
        if (at.children.size() == 1) return apply(at.operation, left);
        const Value right = value(*at.children[1]);
        if (right.is_error()) return right;
        return apply(at.operation, left, right, arena_);
    }

    /// `&&` and `||`: the side that decides wins even over an error on the other side, in either order.
    Value junction(const Expression& at, bool deciding) {
        const Value left = value(*at.children[0]);
        if (left.kind == ValueKind::Bool && left.boolean == deciding) return left;
        const Value right = value(*at.children[1]);
        if (right.kind == ValueKind::Bool && right.boolean == deciding) return right;
        if (left.kind != ValueKind::Bool) return left.is_error() ? left : no_overload();
        if (right.kind != ValueKind::Bool) return right.is_error() ? right : no_overload();
        return Value::of(!deciding);
    }

    Value conditional(const Expression& at) {
        const Value condition = value(*at.children[0]);
        if (condition.is_error()) return condition;
        if (condition.kind != ValueKind::Bool) return no_overload();
        return value(*at.children[condition.boolean ? 1 : 2]);
    }

    Value list(const Expression& at) {
        const std::span<Value> elements = arena_.make<Value>(at.children.size());
        for (std::size_t position = 0; position < elements.size(); ++position) {
            elements[position] = value(*at.children[position]);
            if (elements[position].is_error()) return elements[position];
        }
        return Value::of_list(elements);
    }

    /// Of a repeated key the last value stays.
    Value map(const Expression& at) {
        const std::span<Value::Entry> entries = arena_.make<Value::Entry>(at.children.size() / 2);
        std::size_t used = 0;
        for (std::size_t position = 0; position < at.children.size(); position += 2) {
            const Value key = value(*at.children[position]);
            if (key.is_error()) return key;
            const Value element = value(*at.children[position + 1]);
            if (element.is_error()) return element;
            std::size_t slot = 0;
            while (slot < used && !equal(entries[slot].first, key, arena_)) ++slot;
            entries[slot] = {key, element};
            used = std::max(used, slot + 1);
        }
        return Value::of_map(entries.first(used));
    }

    Value comprehension(const Expression& at) {
        const Value range = value(*at.children[0]);
        if (range.is_error()) return range;
        if (range.kind != ValueKind::List && range.kind != ValueKind::Map) return no_overload();
        const std::span<const Value> keys =
            range.kind == ValueKind::Map ? range.keys(arena_) : std::span<const Value>{};
        const std::size_t count = range.kind == ValueKind::Map ? keys.size() : range.size();
        const auto enter = [&](std::size_t position) {
            const bool is_list = range.kind == ValueKind::List;
            Value& first = slots_[at.slot];
            if (at.variables.size() == 1) {
                first = is_list ? range.at(position, arena_) : keys[position];
                return first;
            }
            first = is_list ? Value::of(static_cast<std::int64_t>(position)) : keys[position];
            slots_[at.slot + 1] =
                is_list ? range.at(position, arena_) : range.find(keys[position], arena_).value_or(Value{});
            return first;
        };
        switch (at.macro) {
            case Macro::All:
                return quantifier(at, count, enter, false);
            case Macro::Exists:
                return quantifier(at, count, enter, true);
            case Macro::ExistsOne:
                return exists_one(at, count, enter);
            case Macro::Filter:
            case Macro::Map:
                return collect(at, count, enter);
        }
        return no_overload();
    }

    template <class Enter>
    Value quantifier(const Expression& at, std::size_t count, Enter enter, bool deciding) {
        Value outcome = Value::of(!deciding);
        for (std::size_t position = 0; position < count; ++position) {
            enter(position);
            const Value holds = value(*at.children[1]);
            if (holds.kind == ValueKind::Bool && holds.boolean == deciding) return holds;
            if (holds.kind != ValueKind::Bool && !outcome.is_error())
                outcome = holds.is_error() ? holds : no_overload();
        }
        return outcome;
    }

    template <class Enter>
    Value exists_one(const Expression& at, std::size_t count, Enter enter) {
        std::size_t matches = 0;
        for (std::size_t position = 0; position < count; ++position) {
            enter(position);
            const Value holds = value(*at.children[1]);
            if (holds.is_error()) return holds;
            if (holds.kind != ValueKind::Bool) return no_overload();
            if (holds.boolean) ++matches;
        }
        return Value::of(matches == 1);
    }

    template <class Enter>
    Value collect(const Expression& at, std::size_t count, Enter enter) {
        const std::span<Value> collected = arena_.make<Value>(count);
        std::size_t used = 0;
        const bool has_condition = at.macro == Macro::Filter || at.children.size() == 3;
        for (std::size_t position = 0; position < count; ++position) {
            const Value item = enter(position);
            if (has_condition) {
                const Value holds = value(*at.children[1]);
                if (holds.is_error()) return holds;
                if (holds.kind != ValueKind::Bool) return no_overload();
                if (!holds.boolean) continue;
            }
            const Value kept = at.macro == Macro::Filter ? item : value(*at.children.back());
            if (kept.is_error()) return kept;
            collected[used++] = kept;
        }
        return Value::of_list(collected.first(used));
    }

    std::span<Value> slots_;
    Arena& arena_;
};

}  // namespace

Value evaluate(const Expression& root, std::span<Value> slots, Arena& arena) {
    return Evaluator{slots, arena}.value(root);
}

}  // namespace devcluster::cel::detail
