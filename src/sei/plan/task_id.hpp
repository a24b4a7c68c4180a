// The identity of a task: the same for the same place in the same plan, whoever computes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace sei::plan {

/// UUIDv5 in the project's namespace over "<plan id>/<task type>/<index>" (spec 04 §3). It is the sidecar's idempotency
/// key: it never changes, not across retries, restarts and operators.
[[nodiscard]] std::string task_id(std::string_view plan_id, std::string_view task_type, std::size_t index);

/// Gives the ids of new plans: random version-4 UUIDs in production, reproducible ones in the simulator.
class UuidSource {
public:
    /// `random_bits` gives 64 fresh bits at each call.
    explicit UuidSource(std::function<std::uint64_t()> random_bits);
    /// Lower-case canonical text.
    [[nodiscard]] std::string next();

private:
    std::function<std::uint64_t()> random_bits_;
};

}  // namespace sei::plan
