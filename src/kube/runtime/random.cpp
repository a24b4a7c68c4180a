#include "kube/runtime/random.hpp"

#include <fmt/format.h>

namespace kube {

std::uint64_t Random::next() {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30u)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27u)) * 0x94d049bb133111ebu;
    return mixed ^ (mixed >> 31u);
}

double Random::uniform() {
    return static_cast<double>(next() >> 11u) * 0x1.0p-53;
}

std::chrono::milliseconds Random::jittered(std::chrono::milliseconds base, double fraction) {
    const double more = static_cast<double>(base.count()) * fraction * uniform();
    return base + std::chrono::milliseconds{static_cast<std::int64_t>(more)};
}

std::string Random::uuid() {
    const std::uint64_t high = (next() & 0xffff'ffff'ffff'0fffu) | 0x4000u;
    const std::uint64_t low = (next() & 0x3fff'ffff'ffff'ffffu) | 0x8000'0000'0000'0000u;
    return fmt::format(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32u,
        (high >> 16u) & 0xffffu,
        high & 0xffffu,
        low >> 48u,
        low & 0xffff'ffff'ffffu
    );
}

}  // namespace kube
