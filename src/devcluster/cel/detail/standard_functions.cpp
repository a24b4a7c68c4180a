// The functions of the language itself.
#include "devcluster/cel/detail/arithmetic.hpp"
#include "devcluster/cel/detail/function_groups.hpp"
#include "devcluster/cel/number_text.hpp"
#include "devcluster/cel/time_text.hpp"
#include "devcluster/cel/utf8.hpp"

#include <fmt/core.h>

#include <charconv>
#include <cmath>

namespace devcluster::cel::detail {

Value no_such_overload() {
    return Value::error(kNoSuchOverload);
}

namespace {

using Arguments = std::span<const Value>;
constexpr double kTwoTo63 = 9223372036854775808.0;
constexpr double kTwoTo64 = 18446744073709551616.0;

Value conversion_error(const Value& from, TypeKind to, Arena& arena) {
    return Value::error(arena.keep(
        fmt::format("type conversion error from '{}' to '{}'", runtime_name(type_kind_of(from)), runtime_name(to))
    ));
}

template <class Number>
std::optional<Number> read_number(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

Value size(Arguments arguments, CallContext&) {
    const Value& value = arguments[0];
    switch (value.kind) {
        case ValueKind::String:
            return Value::of(static_cast<std::int64_t>(count_code_points(value.text)));
        case ValueKind::Bytes:
            return Value::of(static_cast<std::int64_t>(value.text.size()));
        case ValueKind::List:
        case ValueKind::Map:
            return Value::of(static_cast<std::int64_t>(value.size()));
        default:
            return no_such_overload();
    }
}

Value to_int(Arguments arguments, CallContext& context) {
    const Value& value = arguments[0];
    switch (value.kind) {
        case ValueKind::Int:
            return value;
        case ValueKind::Uint:
            return value.unsigned_integer > INT64_MAX ? Value::error("integer overflow")
                                                      : Value::of(static_cast<std::int64_t>(value.unsigned_integer));
        case ValueKind::Double:
            if (!(value.number > -kTwoTo63 && value.number < kTwoTo63)) return Value::error("integer overflow");
            return Value::of(static_cast<std::int64_t>(value.number));
        case ValueKind::Timestamp:
            return Value::of(value.integer);
        case ValueKind::Duration:
            return Value::of(value.integer);
        case ValueKind::String:
            if (const auto number = read_number<std::int64_t>(value.text)) return Value::of(*number);
            return conversion_error(value, TypeKind::Int, context.arena);
        default:
            return no_such_overload();
    }
}

Value to_uint(Arguments arguments, CallContext& context) {
    const Value& value = arguments[0];
    switch (value.kind) {
        case ValueKind::Uint:
            return value;
        case ValueKind::Int:
            return value.integer < 0 ? Value::error("unsigned integer overflow")
                                     : Value::of_unsigned(static_cast<std::uint64_t>(value.integer));
        case ValueKind::Double:
            if (!(value.number >= 0 && value.number < kTwoTo64)) return Value::error("unsigned integer overflow");
            return Value::of_unsigned(static_cast<std::uint64_t>(value.number));
        case ValueKind::String:
            if (const auto number = read_number<std::uint64_t>(value.text)) return Value::of_unsigned(*number);
            return conversion_error(value, TypeKind::Uint, context.arena);
        default:
            return no_such_overload();
    }
}

Value to_double(Arguments arguments, CallContext& context) {
    const Value& value = arguments[0];
    switch (value.kind) {
        case ValueKind::Double:
            return value;
        case ValueKind::Int:
            return Value::of(static_cast<double>(value.integer));
        case ValueKind::Uint:
            return Value::of(static_cast<double>(value.unsigned_integer));
        case ValueKind::String:
            if (const auto number = read_number<double>(value.text)) return Value::of(*number);
            return conversion_error(value, TypeKind::Double, context.arena);
        default:
            return no_such_overload();
    }
}

Value to_text(Arguments arguments, CallContext& context) {
    const Value& value = arguments[0];
    const auto kept = [&](std::string_view text) { return Value::of_string(context.arena.keep(text)); };
    switch (value.kind) {
        case ValueKind::String:
            return value;
        case ValueKind::Bool:
            return Value::of_string(value.boolean ? "true" : "false");
        case ValueKind::Int:
            return kept(std::to_string(value.integer));
        case ValueKind::Uint:
            return kept(std::to_string(value.unsigned_integer));
        case ValueKind::Double:
            return kept(format_double_compact(value.number));
        case ValueKind::Duration:
            return kept(format_duration_seconds(value.integer));
        case ValueKind::Timestamp:
            return kept(format_timestamp({value.integer, value.nanos}));
        case ValueKind::Bytes:
            if (!is_utf8(value.text)) return Value::error("invalid UTF-8 in bytes, cannot convert to string");
            return Value::of_string(value.text);
        default:
            return no_such_overload();
    }
}

Value to_bool(Arguments arguments, CallContext& context) {
    const Value& value = arguments[0];
    if (value.kind == ValueKind::Bool) return value;
    if (value.kind != ValueKind::String) return no_such_overload();
    for (const std::string_view text : {"1", "t", "T", "true", "TRUE", "True"}) {
        if (value.text == text) return Value::of(true);
    }
    for (const std::string_view text : {"0", "f", "F", "false", "FALSE", "False"}) {
        if (value.text == text) return Value::of(false);
    }
    return conversion_error(value, TypeKind::Bool, context.arena);
}

Value to_bytes(Arguments arguments, CallContext&) {
    const Value& value = arguments[0];
    if (value.kind == ValueKind::Bytes) return value;
    return value.kind == ValueKind::String ? Value::of_bytes(value.text) : no_such_overload();
}

Value to_duration(Arguments arguments, CallContext& context) {
    const Value& value = arguments[0];
    if (value.kind == ValueKind::Duration) return value;
    if (value.kind == ValueKind::Int) return Value::of_duration(value.integer);
    if (value.kind != ValueKind::String) return no_such_overload();
    if (const auto duration = parse_duration(value.text)) return Value::of_duration(*duration);
    return conversion_error(value, TypeKind::Duration, context.arena);
}

Value to_timestamp(Arguments arguments, CallContext& context) {
    const Value& value = arguments[0];
    if (value.kind == ValueKind::Timestamp) return value;
    if (value.kind == ValueKind::Int) return Value::of_timestamp(value.integer, 0);
    if (value.kind != ValueKind::String) return no_such_overload();
    if (const auto time = parse_timestamp(value.text)) return Value::of_timestamp(time->seconds, time->nanos);
    return conversion_error(value, TypeKind::Timestamp, context.arena);
}

Value type_of(Arguments arguments, CallContext&) {
    return Value::of_type(type_kind_of(arguments[0]));
}

Value same(Arguments arguments, CallContext&) {
    return arguments[0];
}

bool are_strings(Arguments arguments) {
    return std::ranges::all_of(arguments, [](const Value& value) { return value.kind == ValueKind::String; });
}

Value contains(Arguments arguments, CallContext&) {
    if (!are_strings(arguments)) return no_such_overload();
    return Value::of(arguments[0].text.find(arguments[1].text) != std::string_view::npos);
}

Value starts_with(Arguments arguments, CallContext&) {
    return are_strings(arguments) ? Value::of(arguments[0].text.starts_with(arguments[1].text)) : no_such_overload();
}

Value ends_with(Arguments arguments, CallContext&) {
    return are_strings(arguments) ? Value::of(arguments[0].text.ends_with(arguments[1].text)) : no_such_overload();
}

Value matches(Arguments arguments, CallContext& context) {
    if (!are_strings(arguments)) return no_such_overload();
    return with_pattern(arguments, context, [&](const RegularExpression& pattern) {
        return Value::of(pattern.matches(arguments[0].text));
    });
}

constexpr Function global(std::string_view name, Implementation implementation) {
    return {.name = name, .implementation = implementation};
}
constexpr Function member(std::string_view name, Implementation implementation) {
    return {.name = name, .is_member = true, .implementation = implementation};
}
constexpr Overload unary(Function function, TypeKind argument, TypeKind result) {
    return {.function = function, .arguments = 1, .types = {argument}, .result = result};
}
constexpr Overload binary(Function function, TypeKind first, TypeKind second, TypeKind result) {
    return {.function = function, .arguments = 2, .types = {first, second}, .result = result};
}

constexpr auto kString = TypeKind::String;
constexpr auto kInt = TypeKind::Int;
constexpr auto kUint = TypeKind::Uint;
constexpr auto kDouble = TypeKind::Double;
constexpr auto kBool = TypeKind::Bool;
constexpr auto kBytes = TypeKind::Bytes;
constexpr auto kDuration = TypeKind::Duration;
constexpr auto kTimestamp = TypeKind::Timestamp;

constexpr Function kMatches{.name = "matches", .takes_pattern = true, .implementation = matches};
constexpr Function kMatchesMember{
    .name = "matches", .is_member = true, .takes_pattern = true, .implementation = matches
};

constexpr Overload kOverloads[] = {
    unary(global("size", size), kString, kInt),
    unary(global("size", size), kBytes, kInt),
    unary(global("size", size), TypeKind::List, kInt),
    unary(global("size", size), TypeKind::Map, kInt),
    unary(member("size", size), kString, kInt),
    unary(member("size", size), kBytes, kInt),
    unary(member("size", size), TypeKind::List, kInt),
    unary(member("size", size), TypeKind::Map, kInt),
    unary(global("int", to_int), kInt, kInt),
    unary(global("int", to_int), kUint, kInt),
    unary(global("int", to_int), kDouble, kInt),
    unary(global("int", to_int), kString, kInt),
    unary(global("int", to_int), kTimestamp, kInt),
    unary(global("int", to_int), kDuration, kInt),
    unary(global("uint", to_uint), kInt, kUint),
    unary(global("uint", to_uint), kUint, kUint),
    unary(global("uint", to_uint), kDouble, kUint),
    unary(global("uint", to_uint), kString, kUint),
    unary(global("double", to_double), kInt, kDouble),
    unary(global("double", to_double), kUint, kDouble),
    unary(global("double", to_double), kDouble, kDouble),
    unary(global("double", to_double), kString, kDouble),
    unary(global("string", to_text), kString, kString),
    unary(global("string", to_text), kBool, kString),
    unary(global("string", to_text), kInt, kString),
    unary(global("string", to_text), kUint, kString),
    unary(global("string", to_text), kDouble, kString),
    unary(global("string", to_text), kBytes, kString),
    unary(global("string", to_text), kDuration, kString),
    unary(global("string", to_text), kTimestamp, kString),
    unary(global("bool", to_bool), kBool, kBool),
    unary(global("bool", to_bool), kString, kBool),
    unary(global("bytes", to_bytes), kBytes, kBytes),
    unary(global("bytes", to_bytes), kString, kBytes),
    unary(global("duration", to_duration), kDuration, kDuration),
    unary(global("duration", to_duration), kInt, kDuration),
    unary(global("duration", to_duration), kString, kDuration),
    unary(global("timestamp", to_timestamp), kTimestamp, kTimestamp),
    unary(global("timestamp", to_timestamp), kInt, kTimestamp),
    unary(global("timestamp", to_timestamp), kString, kTimestamp),
    unary(global("type", type_of), TypeKind::Dyn, TypeKind::Type),
    unary(global("dyn", same), TypeKind::Dyn, TypeKind::Dyn),
    binary(member("contains", contains), kString, kString, kBool),
    binary(member("startsWith", starts_with), kString, kString, kBool),
    binary(member("endsWith", ends_with), kString, kString, kBool),
    binary(kMatches, kString, kString, kBool),
    binary(kMatchesMember, kString, kString, kBool),
};

}  // namespace

std::span<const Overload> standard_functions() {
    return kOverloads;
}

}  // namespace devcluster::cel::detail
