// Base64 of `format: byte`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace devcluster::cel {

/// Padded base64, either alphabet. Nullopt when it is not.
[[nodiscard]] inline std::optional<std::string> decode_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::string bytes;
    for (std::size_t at = 0; at < text.size(); at += 4) {
        std::uint32_t group = 0;
        int padding = 0;
        for (std::size_t index = 0; index < 4; ++index) {
            const char letter = text[at + index];
            std::uint32_t digit = 0;
            if (letter >= 'A' && letter <= 'Z') {
                digit = static_cast<std::uint32_t>(letter - 'A');
            } else if (letter >= 'a' && letter <= 'z') {
                digit = static_cast<std::uint32_t>(letter - 'a') + 26;
            } else if (letter >= '0' && letter <= '9') {
                digit = static_cast<std::uint32_t>(letter - '0') + 52;
            } else if (letter == '+' || letter == '-') {
                digit = 62;
            } else if (letter == '/' || letter == '_') {
                digit = 63;
            } else if (letter == '=' && at + 4 == text.size() && index >= 2) {
                ++padding;
            } else {
                return std::nullopt;
            }
            if (padding > 0 && letter != '=') return std::nullopt;
            group = (group << 6U) | digit;
        }
        for (int index = 0; index < 3 - padding; ++index) {
            bytes.push_back(static_cast<char>(
                static_cast<unsigned char>((group >> (16U - 8U * static_cast<unsigned>(index))) & 0xFFU)
            ));
        }
    }
    return bytes;
}

}  // namespace devcluster::cel
