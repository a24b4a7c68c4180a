// Has this process seen a version, and is it done with it?
#pragma once

#include <chrono>
#include <expected>
#include <string>
#include <string_view>

#include "kube/json/json.hpp"
#include "kube/meta/resource_version.hpp"

namespace kube {

/// What a test or a person wants to know before going on. The default asks: is everything at rest?
struct BarrierQuestion {
    /// "SeiNode" or "SeiNode.sei.io"; empty: every kind that this process watches.
    std::string kind;
    /// The cache of `kind` must have seen it (or a newer one); empty: whatever it has seen. Versions of two kinds are
    /// not compared, so a version needs its kind.
    ResourceVersion version;
    /// Only keys of this namespace; empty: all.
    std::string namespace_;
    /// A key that polls something outside, and is due again sooner than this, counts as busy. Zero: polls are rest.
    std::chrono::milliseconds polls_within{0};
    /// Recorded events must have been delivered, too.
    bool wants_events_delivered = false;
};

struct BarrierAnswer {
    bool is_reached = false;
    /// What stands in the way, for people: the first of possibly many things. Empty when it is reached.
    std::string reason;
    /// What the cache of the kind has seen; empty when the question names no kind.
    ResourceVersion seen_version;
};

[[nodiscard]] json::Object to_json(const BarrierAnswer& answer);

/// A question over HTTP: "kind=SeiNode&resourceVersion=123&namespace=x&pollsWithinMilliseconds=500&events=true", and
/// how long the answer may be waited for: "timeoutSeconds=10" (zero, the default, answers at once).
struct BarrierRequest {
    BarrierQuestion question;
    std::chrono::seconds time_limit{0};
};
/// No answer is waited for longer than this.
inline constexpr std::chrono::seconds kBarrierTimeMax{60};
/// The error names the parameter and what it may be.
[[nodiscard]] std::expected<BarrierRequest, std::string> parse_barrier_request(std::string_view query);

}  // namespace kube
