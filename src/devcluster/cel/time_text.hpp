// Durations and timestamps as Go and RFC 3339 write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace devcluster::cel {

/// A moment: seconds since 1970, and nanoseconds from 0 to 999999999 after them.
struct Timestamp {
    std::int64_t seconds = 0;
    std::int32_t nanos = 0;
};

/// Go's duration, such as `1h30m`, `-1.5s` or `0`, in nanoseconds. Nullopt when it does not parse or does not fit 292
/// years.
[[nodiscard]] std::optional<std::int64_t> parse_duration(std::string_view text);

/// RFC 3339 date-time, such as `2025-01-31T12:00:00.5Z`, the year within 0001 to 9999.
[[nodiscard]] std::optional<Timestamp> parse_timestamp(std::string_view text);

/// The same, or a date alone (`2025-01-31`, midnight UTC).
[[nodiscard]] std::optional<Timestamp> parse_timestamp_or_date(std::string_view text);

/// A date alone: whether `text` is a day of the calendar written as `2025-01-31`.
[[nodiscard]] bool is_date(std::string_view text);

/// Seconds with fraction as CEL's string(duration) has it: `5400s`, `1.5s`.
[[nodiscard]] std::string format_duration_seconds(std::int64_t nanoseconds);

/// RFC 3339 in UTC, with as many decimals as needed.
[[nodiscard]] std::string format_timestamp(const Timestamp& time);

/// Days since 1970-01-01 of a day of the Gregorian calendar.
[[nodiscard]] std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day);

/// A moment in UTC, taken apart.
struct CivilTime {
    std::int64_t year = 1970;
    unsigned month = 1;     ///< 1 to 12.
    unsigned day = 1;       ///< 1 to 31.
    unsigned weekday = 4;   ///< 0 is Sunday.
    unsigned year_day = 0;  ///< 0 is January 1.
    unsigned hour = 0;
    unsigned minute = 0;
    unsigned second = 0;
};
[[nodiscard]] CivilTime civil_time(std::int64_t seconds);

}  // namespace devcluster::cel
