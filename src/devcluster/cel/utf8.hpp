// Code points of UTF-8 texts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace devcluster::cel {

constexpr char32_t kReplacementCharacter = 0xFFFD;

/// The code point at byte `at` and its length in bytes. A byte that begins no valid sequence counts as one character,
/// U+FFFD.
struct CodePoint {
    char32_t value = 0;
    std::size_t length_bytes = 1;
};

[[nodiscard]] inline CodePoint decode_utf8(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
    const unsigned char first = byte(at);
    if (first < 0x80) return {first, 1};
    std::size_t length = 0;
    char32_t value = 0;
    if ((first & 0xE0U) == 0xC0) {
        length = 2;
        value = first & 0x1FU;
    } else if ((first & 0xF0U) == 0xE0) {
        length = 3;
        value = first & 0x0FU;
    } else if ((first & 0xF8U) == 0xF0) {
        length = 4;
        value = first & 0x07U;
    } else {
        return {kReplacementCharacter, 1};
    }
    if (at + length > text.size()) return {kReplacementCharacter, 1};
    for (std::size_t index = 1; index < length; ++index) {
        const unsigned char next = byte(at + index);
        if ((next & 0xC0U) != 0x80) return {kReplacementCharacter, 1};
        value = (value << 6U) | (next & 0x3FU);
    }
    constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < kSmallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
        return {kReplacementCharacter, 1};
    }
    return {value, length};
}

/// Appends `value` as UTF-8.
inline void append_utf8(std::string& out, char32_t value) {
    const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
    if (value < 0x80) {
        put(value);
    } else if (value < 0x800) {
        put(0xC0 | (value >> 6U));
        put(0x80 | (value & 0x3FU));
    } else if (value < 0x10000) {
        put(0xE0 | (value >> 12U));
        put(0x80 | ((value >> 6U) & 0x3FU));
        put(0x80 | (value & 0x3FU));
    } else {
        put(0xF0 | (value >> 18U));
        put(0x80 | ((value >> 12U) & 0x3FU));
        put(0x80 | ((value >> 6U) & 0x3FU));
        put(0x80 | (value & 0x3FU));
    }
}

/// How many code points `text` has.
[[nodiscard]] inline std::size_t count_code_points(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); at += decode_utf8(text, at).length_bytes) ++count;
    return count;
}

/// Whether every byte belongs to a valid sequence.
[[nodiscard]] inline bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = decode_utf8(text, at);
        if (point.value == kReplacementCharacter && point.length_bytes == 1) return false;
        at += point.length_bytes;
    }
    return true;
}

}  // namespace devcluster::cel
