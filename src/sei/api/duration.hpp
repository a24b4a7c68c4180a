// Durations as the API spells them: "5m", "1h30m", "1.5s" (spec 01 §4.3).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sei::api {

/// Reads Go's duration syntax: an optional sign, then numbers, each with a unit of h, m, s, ms, us (µs, μs), ns; or
/// "0". Nullopt when the text is none, or beyond 64 bits of nanoseconds (some 292 years).
[[nodiscard]] std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// The canonical form: "5m0s", "1h30m0s", "1.5s", "100ms", "0s".
[[nodiscard]] std::string to_string(std::chrono::nanoseconds duration);

}  // namespace sei::api
