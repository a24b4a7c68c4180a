// What runs got to: a kind of fault that never strikes, or an oracle that never judges, proves nothing.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace sim {

/// Counts by name, summed over runs.
struct Coverage {
    /// Faults that did what they are there for, by kind.
    std::map<std::string, std::uint64_t> faults;
    /// How often each oracle had something to judge.
    std::map<std::string, std::uint64_t> oracles;
    /// Plans that were stored, by kind.
    std::map<std::string, std::uint64_t> plans;
    /// Situations that the operator has to get out of.
    std::map<std::string, std::uint64_t> situations;

    void add(const Coverage& other) {
        for (const auto& [name, count] : other.faults) faults[name] += count;
        for (const auto& [name, count] : other.oracles) oracles[name] += count;
        for (const auto& [name, count] : other.plans) plans[name] += count;
        for (const auto& [name, count] : other.situations) situations[name] += count;
    }
};

}  // namespace sim
