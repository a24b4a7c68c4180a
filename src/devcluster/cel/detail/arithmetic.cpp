#include "devcluster/cel/detail/arithmetic.hpp"

#include <cmath>
#include <limits>

namespace devcluster::cel::detail {
namespace {

constexpr std::string_view kIntegerOverflow = "integer overflow";
constexpr std::string_view kUnsignedOverflow = "unsigned integer overflow";
constexpr std::string_view kDurationOverflow = "duration overflow";
constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

Value integers(Operator operation, std::int64_t left, std::int64_t right) {
    std::int64_t result = 0;
    switch (operation) {
        case Operator::Add:
            return __builtin_add_overflow(left, right, &result) ? Value::error(kIntegerOverflow) : Value::of(result);
        case Operator::Subtract:
            return __builtin_sub_overflow(left, right, &result) ? Value::error(kIntegerOverflow) : Value::of(result);
        case Operator::Multiply:
            return __builtin_mul_overflow(left, right, &result) ? Value::error(kIntegerOverflow) : Value::of(result);
        case Operator::Divide:
            if (right == 0) return Value::error("division by zero");
            if (left == INT64_MIN && right == -1) return Value::error(kIntegerOverflow);
            return Value::of(left / right);
        case Operator::Modulo:
            if (right == 0) return Value::error("modulus by zero");
            if (left == INT64_MIN && right == -1) return Value::error(kIntegerOverflow);
            return Value::of(left % right);
        default:
            return Value::error(kNoSuchOverload);
    }
}

Value unsigned_integers(Operator operation, std::uint64_t left, std::uint64_t right) {
    std::uint64_t result = 0;
    switch (operation) {
        case Operator::Add:
            return __builtin_add_overflow(left, right, &result) ? Value::error(kUnsignedOverflow)
                                                                : Value::of_unsigned(result);
        case Operator::Subtract:
            return __builtin_sub_overflow(left, right, &result) ? Value::error(kUnsignedOverflow)
                                                                : Value::of_unsigned(result);
        case Operator::Multiply:
            return __builtin_mul_overflow(left, right, &result) ? Value::error(kUnsignedOverflow)
                                                                : Value::of_unsigned(result);
        case Operator::Divide:
            return right == 0 ? Value::error("division by zero") : Value::of_unsigned(left / right);
        case Operator::Modulo:
            return right == 0 ? Value::error("modulus by zero") : Value::of_unsigned(left % right);
        default:
            return Value::error(kNoSuchOverload);
    }
}

Value doubles(Operator operation, double left, double right) {
    switch (operation) {
        case Operator::Add:
            return Value::of(left + right);
        case Operator::Subtract:
            return Value::of(left - right);
        case Operator::Multiply:
            return Value::of(left * right);
        case Operator::Divide:
            return Value::of(left / right);
        default:
            return Value::error(kNoSuchOverload);
    }
}

Value shift(const Value& time, std::int64_t nanoseconds) {
    std::int64_t nanos = time.nanos + nanoseconds % kNanosPerSecond;
    std::int64_t seconds = time.integer + nanoseconds / kNanosPerSecond;  // Both far from the bounds of int64.
    if (nanos < 0) {
        nanos += kNanosPerSecond;
        --seconds;
    } else if (nanos >= kNanosPerSecond) {
        nanos -= kNanosPerSecond;
        ++seconds;
    }
    return Value::of_timestamp(seconds, static_cast<std::int32_t>(nanos));
}

/// Arithmetic with times, or nullopt when neither side is one.
std::optional<Value> times(Operator operation, const Value& left, const Value& right) {
    const bool is_sum = operation == Operator::Add;
    if (!is_sum && operation != Operator::Subtract) return std::nullopt;
    if (left.kind == ValueKind::Duration && right.kind == ValueKind::Duration) {
        const Value result = integers(operation, left.integer, right.integer);
        return result.is_error() ? Value::error(kDurationOverflow) : Value::of_duration(result.integer);
    }
    if (left.kind == ValueKind::Timestamp && right.kind == ValueKind::Duration) {
        if (!is_sum && right.integer == INT64_MIN) return Value::error(kDurationOverflow);
        return shift(left, is_sum ? right.integer : -right.integer);
    }
    if (is_sum && left.kind == ValueKind::Duration && right.kind == ValueKind::Timestamp)
        return shift(right, left.integer);
    if (!is_sum && left.kind == ValueKind::Timestamp && right.kind == ValueKind::Timestamp) {
        const Value seconds = integers(Operator::Multiply, left.integer - right.integer, kNanosPerSecond);
        const Value total =
            seconds.is_error() ? seconds : integers(Operator::Add, seconds.integer, left.nanos - right.nanos);
        return total.is_error() ? Value::error(kDurationOverflow) : Value::of_duration(total.integer);
    }
    return std::nullopt;
}

Value concatenate(const Value& left, const Value& right, Arena& arena) {
    if (left.kind == ValueKind::List) {
        const std::size_t first = left.size();
        const std::span<Value> joined = arena.make<Value>(first + right.size());
        for (std::size_t index = 0; index < first; ++index) joined[index] = left.at(index, arena);
        for (std::size_t index = 0; index < right.size(); ++index) joined[first + index] = right.at(index, arena);
        return Value::of_list(joined);
    }
    const std::span<char> joined = arena.make<char>(left.text.size() + right.text.size());
    std::ranges::copy(left.text, joined.begin());
    std::ranges::copy(right.text, joined.begin() + static_cast<std::ptrdiff_t>(left.text.size()));
    const std::string_view text(joined.data(), joined.size());
    return left.kind == ValueKind::Bytes ? Value::of_bytes(text) : Value::of_string(text);
}

Value contains(const Value& wanted, const Value& container, Arena& arena) {
    if (container.kind == ValueKind::Map) return Value::of(container.find(wanted, arena).has_value());
    if (container.kind != ValueKind::List) return Value::error(kNoSuchOverload);
    for (std::size_t index = 0; index < container.size(); ++index) {
        if (equal(container.at(index, arena), wanted, arena)) return Value::of(true);
    }
    return Value::of(false);
}

int sign_of(auto left, auto right) {
    return left < right ? -1 : left > right ? 1 : 0;
}

/// An int or uint against a double, exactly.
std::optional<int> compare_with_double(const Value& integer, double number) {
    if (std::isnan(number)) return std::nullopt;
    const auto exact = integer.kind == ValueKind::Int ? static_cast<long double>(integer.integer)
                                                      : static_cast<long double>(integer.unsigned_integer);
    return sign_of(exact, static_cast<long double>(number));
}

}  // namespace

std::optional<int> compare(const Value& left, const Value& right) {
    if (left.is_number() && right.is_number()) {
        if (left.kind == ValueKind::Double && right.kind == ValueKind::Double) {
            if (std::isnan(left.number) || std::isnan(right.number)) return std::nullopt;
            return sign_of(left.number, right.number);
        }
        if (right.kind == ValueKind::Double) return compare_with_double(left, right.number);
        if (left.kind == ValueKind::Double) {
            const auto reversed = compare_with_double(right, left.number);
            return reversed ? std::optional{-*reversed} : std::nullopt;
        }
        if (left.kind == ValueKind::Int && right.kind == ValueKind::Int) return sign_of(left.integer, right.integer);
        if (left.kind == ValueKind::Int && left.integer < 0) return -1;
        if (right.kind == ValueKind::Int && right.integer < 0) return 1;
        return sign_of(left.unsigned_integer, right.unsigned_integer);
    }
    if (left.kind != right.kind) return std::nullopt;
    switch (left.kind) {
        case ValueKind::Bool:
            return sign_of(left.boolean, right.boolean);
        case ValueKind::String:
        case ValueKind::Bytes:
            return sign_of(left.text, right.text);
        case ValueKind::Duration:
            return sign_of(left.integer, right.integer);
        case ValueKind::Timestamp:
            return left.integer == right.integer ? sign_of(left.nanos, right.nanos)
                                                 : sign_of(left.integer, right.integer);
        default:
            return std::nullopt;
    }
}

Value apply(Operator operation, const Value& left, const Value& right, Arena& arena) {
    switch (operation) {
        case Operator::Equal:
            return Value::of(equal(left, right, arena));
        case Operator::NotEqual:
            return Value::of(!equal(left, right, arena));
        case Operator::In:
            return contains(left, right, arena);
        case Operator::Less:
        case Operator::LessEqual:
        case Operator::Greater:
        case Operator::GreaterEqual: {
            const auto order = compare(left, right);
            if (!order && left.is_number() && right.is_number()) return Value::error("NaN values cannot be ordered");
            if (!order) return Value::error(kNoSuchOverload);
            if (operation == Operator::Less) return Value::of(*order < 0);
            if (operation == Operator::LessEqual) return Value::of(*order <= 0);
            return Value::of(operation == Operator::Greater ? *order > 0 : *order >= 0);
        }
        default:
            break;
    }
    if (const auto result = times(operation, left, right)) return *result;
    if (left.kind != right.kind) return Value::error(kNoSuchOverload);
    switch (left.kind) {
        case ValueKind::Int:
            return integers(operation, left.integer, right.integer);
        case ValueKind::Uint:
            return unsigned_integers(operation, left.unsigned_integer, right.unsigned_integer);
        case ValueKind::Double:
            return doubles(operation, left.number, right.number);
        case ValueKind::String:
        case ValueKind::Bytes:
        case ValueKind::List:
            return operation == Operator::Add ? concatenate(left, right, arena) : Value::error(kNoSuchOverload);
        default:
            return Value::error(kNoSuchOverload);
    }
}

Value apply(Operator operation, const Value& value) {
    if (operation == Operator::Not && value.kind == ValueKind::Bool) return Value::of(!value.boolean);
    if (operation == Operator::Negate && value.kind == ValueKind::Double) return Value::of(-value.number);
    if (operation == Operator::Negate && (value.kind == ValueKind::Int || value.kind == ValueKind::Duration)) {
        if (value.integer == INT64_MIN) {
            return Value::error(value.kind == ValueKind::Int ? kIntegerOverflow : kDurationOverflow);
        }
        return value.kind == ValueKind::Int ? Value::of(-value.integer) : Value::of_duration(-value.integer);
    }
    return Value::error(kNoSuchOverload);
}

}  // namespace devcluster::cel::detail
