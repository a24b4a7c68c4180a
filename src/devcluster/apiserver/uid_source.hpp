// Identities and name suffixes, the same ones for the same seed.
#pragma once

#include <cstdint>
#include <string>

namespace devcluster::apiserver {

/// A small deterministic generator (splitmix64): quality enough for identities, equal on every platform.
class UidSource {
public:
    explicit UidSource(std::uint64_t seed) : state_{seed} {}
    /// A UUID of version 4.
    [[nodiscard]] std::string uid();
    /// Five characters as `generateName` appends them.
    [[nodiscard]] std::string suffix();

private:
    std::uint64_t next();
    std::uint64_t state_;
};

}  // namespace devcluster::apiserver
