#include "kube/types/secret.hpp"

#include <cstdint>

#include "kube/json/codec.hpp"

template void kube::json::write_json(const kube::Secret&, kube::json::Value&);
template kube::Secret kube::json::from_json(const kube::json::Value&);

namespace kube {
namespace {

/// The six bits of a letter of the standard alphabet; nullopt for any other.
std::optional<std::uint32_t> digit_of(char letter) {
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const std::size_t at = kAlphabet.find(letter);
    if (at == std::string_view::npos) return std::nullopt;
    return static_cast<std::uint32_t>(at);
}

std::optional<std::string> decode_base64(std::string_view text) {
    constexpr std::size_t kGroupLetters = 4;
    if (text.size() % kGroupLetters != 0) return std::nullopt;
    if (text.ends_with("==")) {
        text.remove_suffix(2);
    } else if (text.ends_with('=')) {
        text.remove_suffix(1);
    }
    std::string bytes;
    std::uint32_t pending = 0;
    unsigned pending_bits = 0;
    for (const char letter : text) {
        const auto digit = digit_of(letter);
        if (!digit) return std::nullopt;
        pending = (pending << 6U) | *digit;
        pending_bits += 6;
        if (pending_bits < 8) continue;
        pending_bits -= 8;
        bytes.push_back(static_cast<char>(static_cast<unsigned char>((pending >> pending_bits) & 0xFFU)));
    }
    return bytes;
}

}  // namespace

std::optional<std::string> secret_bytes(const Secret& secret, std::string_view key) {
    const auto found = secret.data.find(std::string{key});
    if (found == secret.data.end()) return std::nullopt;
    return decode_base64(found->second);
}

}  // namespace kube
