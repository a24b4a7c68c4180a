#include "devcluster/apiserver/uid_source.hpp"

#include <fmt/core.h>

#include <string_view>

namespace devcluster::apiserver {

std::uint64_t UidSource::next() {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30u)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27u)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31u);
}

std::string UidSource::uid() {
    const std::uint64_t high = (next() & 0xffffffffffff0fffu) | 0x0000000000004000u;
    const std::uint64_t low = (next() & 0x3fffffffffffffffu) | 0x8000000000000000u;
    return fmt::format(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32u,
        (high >> 16u) & 0xffffu,
        high & 0xffffu,
        low >> 48u,
        low & 0xffffffffffffu
    );
}

std::string UidSource::suffix() {
    constexpr std::string_view kAlphabet = "bcdfghjklmnpqrstvwxz2456789";  // Without vowels: no words.
    std::string out;
    std::uint64_t bits = next();
    for (int i = 0; i < 5; ++i) {
        out += kAlphabet[bits % kAlphabet.size()];
        bits /= kAlphabet.size();
    }
    return out;
}

}  // namespace devcluster::apiserver
