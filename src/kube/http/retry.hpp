// When a request is sent again, and how long it waits before: pure rules.
#pragma once

#include <chrono>
#include <optional>

#include "kube/http/transport.hpp"

namespace kube {

/// How long the server asks to wait before the request is sent again: the Retry-After of a 429 or 503, in seconds.
/// Nullopt for other answers, and for a date, which needs clocks that agree.
[[nodiscard]] std::optional<std::chrono::milliseconds> retry_after(const HttpResponse& response);

/// The wait before try number `tries_made + 1`: 100 ms, doubled each time, at most 5 s, and of that between a half and
/// the whole, by `random` in [0, 1].
[[nodiscard]] std::chrono::milliseconds retry_delay(unsigned tries_made, double random);

inline constexpr unsigned kTriesMax = 3;
inline constexpr unsigned kRetryAfterMax = 10;

}  // namespace kube
