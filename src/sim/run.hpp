// One run: a seed, what goes wrong in it, and how it ended.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/fault_plan.hpp"
#include "sim/scenario.hpp"
#include "sim/world.hpp"

namespace sim {

/// Everything about a run that its seed decides, so that it can be shown and cut down.
struct RunPlan {
    std::uint64_t seed = 0;
    Operators operators = Operators::One;
    Scenario scenario;
    FaultPlan faults;
};
[[nodiscard]] RunPlan plan_of(std::uint64_t seed);

/// What went wrong that must not.
struct Failure {
    std::string oracle;
    std::string how;
};

struct RunResult {
    std::optional<Failure> failure;
    std::string final_state;
    std::vector<std::string> trace;
    /// How many of the plan's faults did what they are there for.
    std::size_t faults_struck = 0;
    std::uint64_t steps = 0;
    std::uint64_t requests = 0;
    Coverage coverage;
};

/// What runs share: how scenarios end that are run without faults, asked once for each, and the ground that they stand
/// on. One thread.
class References {
public:
    References();
    ~References();
    [[nodiscard]] const std::string& final_state_of(std::uint64_t variant);

    /// For the next run to stand on.
    [[nodiscard]] std::unique_ptr<Ground> take_ground();
    void give_back(std::unique_ptr<Ground> ground);

private:
    std::map<std::uint64_t, std::string> states_;
    std::unique_ptr<Ground> ground_;
};

enum class Trace { No, Yes };

/// The run that all others of its scenario are compared with: no faults, and each step in the order of its arrival.
[[nodiscard]] RunResult run_without_faults(std::uint64_t variant, References& references, Trace trace);

/// The same plan gives the same result, byte by byte.
[[nodiscard]] RunResult run(const RunPlan& plan, References& references, const MakeTampering& tamper, Trace trace);

/// The shortest fault plan found that fails by the same oracle, by leaving out faults one after another.
[[nodiscard]] RunPlan minimised(const RunPlan& plan, References& references, const MakeTampering& tamper);

/// The oracles that `run` itself is, beside those of `make_oracles`.
inline constexpr const char* kEveryWaitEnds = "every-wait-ends";
inline constexpr const char* kSameEnd = "same-end";
inline constexpr const char* kDeletedGoesAway = "deleted-goes-away";

}  // namespace sim
