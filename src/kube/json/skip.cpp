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

template <class Mask>
Bits bits_of(const Mask& mask) {
    return std::bit_cast<Bits>(__builtin_convertvector(mask, Flags));
}

/// Each bit is the sum of all up to itself: of quotes, what stands between an opening one and its closing one.
Bits running_parity(Bits bits) {
    for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
    return bits;
}

class Scan {
public:
    explicit Scan(std::string_view text) : text_{text} {}

    std::optional<std::string_view> run() {
        while (text_.size() - at_ >= kBlockBytes) {
            if (!take_block() && take_bytes(at_ + kBlockBytes)) return text_.substr(0, at_);
        }
        if (take_bytes(text_.size())) return text_.substr(0, at_);
        return std::nullopt;
    }

private:
    /// False when the block has to be looked at byte by byte: the value may end in it, or a backslash is escaped.
    bool take_block() {
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
    bool take_bytes(std::size_t end) {
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

}  // namespace

std::optional<std::string_view> leading_container(std::string_view text) {
    if (!text.starts_with('[') && !text.starts_with('{')) return std::nullopt;
    return Scan{text}.run();
}

}  // namespace kube::json
