#include "kube/meta/quantity.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace kube {
namespace {

enum class Family { Decimal, Binary, Exponent };

struct Suffix {
    std::string_view text;
    Family family;
    /// A power of 10 or, in the binary family, of 1024.
    int power;
};

constexpr std::array kSuffixes{
    Suffix{"n", Family::Decimal, -9},
    Suffix{"u", Family::Decimal, -6},
    Suffix{"m", Family::Decimal, -3},
    Suffix{"", Family::Decimal, 0},
    Suffix{"k", Family::Decimal, 3},
    Suffix{"M", Family::Decimal, 6},
    Suffix{"G", Family::Decimal, 9},
    Suffix{"T", Family::Decimal, 12},
    Suffix{"P", Family::Decimal, 15},
    Suffix{"E", Family::Decimal, 18},
    Suffix{"Ki", Family::Binary, 1},
    Suffix{"Mi", Family::Binary, 2},
    Suffix{"Gi", Family::Binary, 3},
    Suffix{"Ti", Family::Binary, 4},
    Suffix{"Pi", Family::Binary, 5},
    Suffix{"Ei", Family::Binary, 6},
};

/// (-1)^is_negative * digits * 10^exponent, with no needless zeros at either end of `digits`; zero has none at all.
struct Decimal {
    bool is_negative = false;
    std::string digits;
    std::int64_t exponent = 0;
    Family family = Family::Decimal;

    void normalise() {
        digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
        while (!digits.empty() && digits.back() == '0') {
            digits.pop_back();
            ++exponent;
        }
        if (digits.empty()) {
            is_negative = false;
            exponent = 0;
        }
    }
    /// The power of ten just above the value: 0.05 has -1, 5 has 1, 50 has 2.
    [[nodiscard]] std::int64_t magnitude() const { return exponent + static_cast<std::int64_t>(digits.size()); }
};

void multiply(std::string& digits, unsigned factor) {
    unsigned carry = 0;
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
        const unsigned value = static_cast<unsigned>(*digit - '0') * factor + carry;
        *digit = static_cast<char>('0' + value % 10);
        carry = value / 10;
    }
    for (; carry != 0; carry /= 10) digits.insert(digits.begin(), static_cast<char>('0' + carry % 10));
}

/// Divides in place; the remainder comes back.
unsigned divide(std::string& digits, unsigned divisor) {
    unsigned remainder = 0;
    for (char& digit : digits) {
        const unsigned value = remainder * 10 + static_cast<unsigned>(digit - '0');
        digit = static_cast<char>('0' + value / divisor);
        remainder = value % divisor;
    }
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
    return remainder;
}

/// The digits of an exponent after "e" or "E". Far more than any quantity needs is refused.
std::optional<int> parse_exponent(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value > 1'000'000 || value < -1'000'000) {
        return std::nullopt;
    }
    return value;
}

std::optional<Decimal> parse_decimal(std::string_view text) {
    Decimal value;
    if (text.starts_with('+') || text.starts_with('-')) {
        value.is_negative = text.front() == '-';
        text.remove_prefix(1);
    }
    bool has_point = false;
    while (!text.empty() && ((text.front() >= '0' && text.front() <= '9') || (text.front() == '.' && !has_point))) {
        if (text.front() == '.') {
            has_point = true;
        } else {
            value.digits += text.front();
            if (has_point) --value.exponent;
        }
        text.remove_prefix(1);
    }
    if (value.digits.empty()) return std::nullopt;

    if (const auto suffix = std::ranges::find(kSuffixes, text, &Suffix::text); suffix != kSuffixes.end()) {
        value.family = suffix->family;
        if (suffix->family == Family::Binary) {
            for (int i = 0; i < suffix->power; ++i) multiply(value.digits, 1024);
        } else {
            value.exponent += suffix->power;
        }
    } else if (text.starts_with('e') || text.starts_with('E')) {
        const auto exponent = parse_exponent(text.substr(1));
        if (!exponent) return std::nullopt;
        value.family = Family::Exponent;
        value.exponent += *exponent;
    } else {
        return std::nullopt;
    }
    value.normalise();
    return value;
}

std::strong_ordering compare_magnitudes(const Decimal& left, const Decimal& right) {
    if (left.digits.empty() || right.digits.empty()) return left.digits.size() <=> right.digits.size();
    if (const auto order = left.magnitude() <=> right.magnitude(); order != 0) return order;
    return left.digits.compare(right.digits) <=> 0;  // no trailing zeros: lexicographic is numeric
}

std::strong_ordering compare(const Decimal& left, const Decimal& right) {
    if (left.is_negative != right.is_negative) return right.is_negative <=> left.is_negative;
    return left.is_negative ? compare_magnitudes(right, left) : compare_magnitudes(left, right);
}

/// Rounds away from zero to whole nanos.
void round_up_to_nano(Decimal& value) {
    if (value.digits.empty() || value.exponent >= -9) return;
    const std::int64_t dropped = -9 - value.exponent;
    const auto size = static_cast<std::int64_t>(value.digits.size());
    value.digits = dropped >= size ? "0" : value.digits.substr(0, static_cast<std::size_t>(size - dropped));
    value.exponent = -9;
    // What was dropped was not zero, since there are no trailing zeros: one up.
    auto digit = value.digits.rbegin();
    while (digit != value.digits.rend() && *digit == '9') *digit++ = '0';
    if (digit == value.digits.rend()) {
        value.digits.insert(value.digits.begin(), '1');
    } else {
        ++*digit;
    }
    value.normalise();
}

/// A whole number's digits, or nullopt when the value has a fraction.
std::optional<std::string> whole_digits(const Decimal& value) {
    if (value.exponent < 0) return std::nullopt;
    return value.digits + std::string(static_cast<std::size_t>(value.exponent), '0');
}

constexpr std::string_view kBinaryMax = "9223372036854775807";

std::string canonical_binary(std::string digits) {
    if (digits.size() > kBinaryMax.size() || (digits.size() == kBinaryMax.size() && digits > kBinaryMax)) {
        digits = kBinaryMax;
    }
    int power = 0;
    while (power < 6) {
        std::string quotient = digits;
        if (divide(quotient, 1024) != 0) break;
        digits = std::move(quotient);
        ++power;
    }
    if (power == 0) return digits;
    const auto suffix = std::ranges::find_if(kSuffixes, [power](const Suffix& candidate) {
        return candidate.family == Family::Binary && candidate.power == power;
    });
    return digits + std::string{suffix->text};
}

std::string canonical_decimal(const Decimal& value) {
    // The largest multiple of three that leaves a whole number, between nano and exa.
    std::int64_t power = value.exponent >= 0 ? value.exponent / 3 * 3 : -((-value.exponent + 2) / 3 * 3);
    if (value.family == Family::Decimal) power = std::min<std::int64_t>(power, 18);
    const std::string digits = value.digits + std::string(static_cast<std::size_t>(value.exponent - power), '0');
    if (value.family == Family::Exponent) return power == 0 ? digits : digits + "e" + std::to_string(power);
    const auto suffix = std::ranges::find_if(kSuffixes, [power](const Suffix& candidate) {
        return candidate.family == Family::Decimal && candidate.power == power;
    });
    return digits + std::string{suffix->text};
}

}  // namespace

std::optional<Quantity> Quantity::parse(std::string_view text) {
    if (!parse_decimal(text)) return std::nullopt;
    return Quantity{std::string{text}};
}

std::string Quantity::canonical() const {
    std::optional<Decimal> value = parse_decimal(text_);
    if (!value) return text_;
    round_up_to_nano(*value);
    if (value->digits.empty()) return "0";
    const std::string sign = value->is_negative ? "-" : "";
    if (value->family == Family::Binary) {
        const auto digits = whole_digits(*value);
        if (digits && (digits->size() > 4 || (digits->size() == 4 && *digits >= "1024"))) {
            return sign + canonical_binary(*digits);
        }
        value->family = Family::Decimal;
    }
    return sign + canonical_decimal(*value);
}

std::partial_ordering Quantity::operator<=>(const Quantity& other) const {
    const auto left = parse_decimal(text_);
    const auto right = parse_decimal(other.text_);
    if (!left || !right) {
        return text_ == other.text_ ? std::partial_ordering::equivalent : std::partial_ordering::unordered;
    }
    return compare(*left, *right);
}

bool Quantity::operator==(const Quantity& other) const {
    return text_ == other.text_ || (*this <=> other) == std::partial_ordering::equivalent;
}

}  // namespace kube
