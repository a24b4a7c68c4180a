// Chance that can be repeated: the one source of jitter and of ids in a manager.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace kube {

/// Pseudo-random numbers from a seed (SplitMix64): the same seed gives the same run. Not for secrets.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_{seed} {}
    [[nodiscard]] std::uint64_t next();
    /// At least 0, below 1.
    [[nodiscard]] double uniform();
    /// `base` and up to `fraction` of it more.
    [[nodiscard]] std::chrono::milliseconds jittered(std::chrono::milliseconds base, double fraction);
    /// A version 4 UUID.
    [[nodiscard]] std::string uuid();

private:
    std::uint64_t state_;
};

}  // namespace kube
