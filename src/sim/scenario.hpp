// What users do in one run, when nothing goes wrong: a short life of a small fleet.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "sim/fault_plan.hpp"

namespace sim {

enum class ActKind { Create, SetImage, Pause, Unpause, Delete, Hold, Release };
BOOST_DESCRIBE_ENUM(ActKind, Create, SetImage, Pause, Unpause, Delete, Hold, Release)

struct Act {
    ActKind kind = ActKind::Create;
    milliseconds at{0};
    std::string node;
    /// Of Create and SetImage.
    std::string image;
};

/// Acts in the order of their times. Create waits until an older object of that name is gone.
struct Scenario {
    std::uint64_t variant = 0;
    bool with_peers = false;
    std::vector<std::string> nodes;
    std::vector<Act> acts;
};

/// There are so many scenarios; what distinguishes runs of one scenario is what goes wrong, and the order of steps.
/// Few, because each is also run without faults once, to know how it has to end.
inline constexpr std::uint64_t kScenarios = 24;

[[nodiscard]] Scenario make_scenario(std::uint64_t variant);
[[nodiscard]] std::string to_string(const Act& act);

}  // namespace sim
