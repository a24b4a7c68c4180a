// Time as objects carry it: RFC 3339, UTC, whole seconds.
#pragma once

#include <chrono>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace kube {

/// metav1.Time. Written as 2006-01-02T15:04:05Z; reads any RFC 3339 time (offsets, fractions) and keeps whole seconds.
struct Time {
    std::chrono::sys_seconds at{};
    auto operator<=>(const Time&) const = default;
    template <class Duration>
    static Time of(std::chrono::sys_time<Duration> when) {
        return Time{std::chrono::floor<std::chrono::seconds>(when)};
    }
};
[[nodiscard]] std::string to_string(Time time);
[[nodiscard]] std::optional<Time> parse_time(std::string_view rfc3339);

/// metav1.MicroTime, of Leases and events. Written as 2006-01-02T15:04:05.000000Z.
struct MicroTime {
    std::chrono::sys_time<std::chrono::microseconds> at{};
    auto operator<=>(const MicroTime&) const = default;
};
[[nodiscard]] std::string to_string(MicroTime time);
[[nodiscard]] std::optional<MicroTime> parse_micro_time(std::string_view rfc3339);

}  // namespace kube
