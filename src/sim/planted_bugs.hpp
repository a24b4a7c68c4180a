// Mistakes that operators have made, each to be switched on for a run: what the oracles are measured by.
#pragma once

#include <string_view>
#include <vector>

#include "sim/operator_process.hpp"

namespace sim {

/// How many seeds it takes to find a mistake: a few dozen at most, or a rare combination of faults.
enum class Found { Soon, Rarely };

/// A mistake. `name` is for command lines and tables, `mistake` says what the operator does wrong.
struct PlantedBug {
    std::string_view name;
    std::string_view mistake;
    /// For the settings of a world: what it makes plants the bug for as long as it lives.
    MakeTampering tamper;
    /// Those that are found soon are planted by every `tools/test`.
    Found found = Found::Soon;
};

/// All of them. Those that need a line in the operator's own code work in the program sei-sim-mutants only: elsewhere
/// their `tamper` throws std::logic_error when it is called.
[[nodiscard]] std::vector<PlantedBug> planted_bugs();

/// Is this program one in which all of them work?
[[nodiscard]] bool can_plant_all();

}  // namespace sim
