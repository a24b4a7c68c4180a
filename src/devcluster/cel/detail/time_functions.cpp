// The parts of timestamps (in UTC) and durations.
#include "devcluster/cel/detail/function_groups.hpp"
#include "devcluster/cel/time_text.hpp"

namespace devcluster::cel::detail {
namespace {

using Arguments = std::span<const Value>;

template <auto part>
Value part_of_time(Arguments arguments, CallContext&) {
    if (arguments[0].kind != ValueKind::Timestamp) return no_such_overload();
    return Value::of(static_cast<std::int64_t>(part(civil_time(arguments[0].integer))));
}

/// Of a timestamp the part, of a duration how many units it lasts.
template <auto part, std::int64_t unit_nanos>
Value part_or_length(Arguments arguments, CallContext&) {
    if (arguments[0].kind == ValueKind::Duration) return Value::of(arguments[0].integer / unit_nanos);
    if (arguments[0].kind != ValueKind::Timestamp) return no_such_overload();
    return Value::of(static_cast<std::int64_t>(part(civil_time(arguments[0].integer))));
}

Value milliseconds(Arguments arguments, CallContext&) {
    if (arguments[0].kind == ValueKind::Duration) return Value::of(arguments[0].integer / 1'000'000);
    if (arguments[0].kind != ValueKind::Timestamp) return no_such_overload();
    return Value::of(static_cast<std::int64_t>(arguments[0].nanos / 1'000'000));
}

constexpr Overload part(std::string_view name, TypeKind of, Implementation implementation) {
    return {
        .function = {.name = name, .is_member = true, .implementation = implementation},
        .arguments = 1,
        .types = {of},
        .result = TypeKind::Int
    };
}

constexpr auto kTimestamp = TypeKind::Timestamp;
constexpr auto kDuration = TypeKind::Duration;
constexpr Implementation kHours = part_or_length<[](const CivilTime& time) { return time.hour; }, 3'600'000'000'000>;
constexpr Implementation kMinutes = part_or_length<[](const CivilTime& time) { return time.minute; }, 60'000'000'000>;
constexpr Implementation kSeconds = part_or_length<[](const CivilTime& time) { return time.second; }, 1'000'000'000>;

constexpr Overload kOverloads[] = {
    part("getFullYear", kTimestamp, part_of_time<[](const CivilTime& time) { return time.year; }>),
    part("getMonth", kTimestamp, part_of_time<[](const CivilTime& time) { return time.month - 1; }>),
    part("getDate", kTimestamp, part_of_time<[](const CivilTime& time) { return time.day; }>),
    part("getDayOfMonth", kTimestamp, part_of_time<[](const CivilTime& time) { return time.day - 1; }>),
    part("getDayOfWeek", kTimestamp, part_of_time<[](const CivilTime& time) { return time.weekday; }>),
    part("getDayOfYear", kTimestamp, part_of_time<[](const CivilTime& time) { return time.year_day; }>),
    part("getHours", kTimestamp, kHours),
    part("getHours", kDuration, kHours),
    part("getMinutes", kTimestamp, kMinutes),
    part("getMinutes", kDuration, kMinutes),
    part("getSeconds", kTimestamp, kSeconds),
    part("getSeconds", kDuration, kSeconds),
    part("getMilliseconds", kTimestamp, milliseconds),
    part("getMilliseconds", kDuration, milliseconds),
};

}  // namespace

std::span<const Overload> time_functions() {
    return kOverloads;
}

}  // namespace devcluster::cel::detail
