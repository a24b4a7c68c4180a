#include "kube/json/skip.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace kube::json {
namespace {

constexpr std::size_t kBlockBytes = 64;
using Block = unsigned char __attribute__((vector_size(kBlockBytes)));
using Flags = bool __attribute__((ext_vector_type(kBlockBytes)));
/// One bit for each byte of a block, the first byte's lowest.
using Bits = std::uint64_t;

// Always inlined: whoever calls them has its own copy, for its kind of processor.
template <class Mask>
[[gnu::always_inline]] inline Bits bits_of(const Mask& mask) {
    return std::bit_cast<Bits>(__builtin_convertvector(mask, Flags));
}

/// Each bit is the sum of all up to itself: of quotes, what stands between an opening one and its closing one.
[[gnu::always_inline]] inline Bits running_parity(Bits bits) {
    for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
    return bits;
}

class Scan {
public:
    explicit Scan(std::string_view text) : text_{text} {}

    /// Behind the last bracket, or 0 when the text ends before.
    [[gnu::always_inline]] std::size_t run() {
        while (text_.size() - at_ >= kBlockBytes) {
            if (!take_block() && take_bytes(at_ + kBlockBytes)) return at_;
        }
        return take_bytes(text_.size()) ? at_ : 0;
    }

private:
    /// False when the block has to be looked at byte by byte: the value may end in it, or a backslash is escaped.
    [[gnu::always_inline]] bool take_block() {
        Block block;
        std::memcpy(&block, text_.data() + at_, kBlockBytes);
        // Square and curly brackets differ in one bit.
        constexpr unsigned char kCurly = '{' ^ '[';
        const Bits backslashes = bits_of(block == '\\');
        const Bits escaped = backslashes << 1 | (is_escaped_ ? 1 : 0);
        if ((backslashes & escaped) != 0) return false;
        const Bits quotes = bits_of(block == '"') & ~escaped;
        const Bits in_string = running_parity(quotes) ^ (is_in_string_ ? ~Bits{0} : 0);
        const int closing = std::popcount(bits_of((block | kCurly) == '}') & ~in_string);
        if (depth_ <= closing) return false;
        depth_ += std::popcount(bits_of((block | kCurly) == '{') & ~in_string) - closing;
        is_in_string_ = (in_string >> (kBlockBytes - 1)) != 0;
        is_escaped_ = (backslashes >> (kBlockBytes - 1)) != 0;
        at_ += kBlockBytes;
        return true;
    }

    /// True when the value has ended, behind its last bracket.
    [[gnu::always_inline]] bool take_bytes(std::size_t end) {
        while (at_ < end) {
            const char byte = text_[at_++];
            if (is_escaped_) {
                is_escaped_ = false;
            } else if (byte == '"') {
                is_in_string_ = !is_in_string_;
            } else if (is_in_string_) {
                is_escaped_ = byte == '\\';
            } else if (byte == '[' || byte == '{') {
                ++depth_;
            } else if ((byte == ']' || byte == '}') && --depth_ == 0) {
                return true;
            }
        }
        return false;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int depth_ = 0;
    bool is_in_string_ = false;
    bool is_escaped_ = false;
};

#ifdef __x86_64__
/// Half of a block in a register, and a count of bits in one instruction.
__attribute__((target("avx2,popcnt"))) std::size_t length_with_avx2(std::string_view text) {
    return Scan{text}.run();
}
#endif

/// 0 when the text ends before its container does.
std::size_t container_length(std::string_view text) {
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt")) return length_with_avx2(text);
#endif
    return Scan{text}.run();
}

}  // namespace

std::optional<std::string_view> leading_container(std::string_view text) {
    if (!text.starts_with('[') && !text.starts_with('{')) return std::nullopt;
    const std::size_t length = container_length(text);
    if (length == 0) return std::nullopt;
    return text.substr(0, length);
}

}  // namespace kube::json
