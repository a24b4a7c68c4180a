#include "sei/api/duration.hpp"

#include <array>
#include <cstdint>
#include <limits>

namespace sei::api {
namespace {

struct Unit {
    std::string_view text;
    std::uint64_t nanoseconds;
};

// The longer of two units with the same beginning stands first.
constexpr std::array kUnits{
    Unit{"ns", 1},
    Unit{"us", 1'000},
    Unit{"\u00b5s", 1'000},  // the micro sign
    Unit{"\u03bcs", 1'000},  // the Greek letter
    Unit{"ms", 1'000'000},
    Unit{"s", 1'000'000'000},
    Unit{"m", 60'000'000'000},
    Unit{"h", 3'600'000'000'000},
};

/// One more than the largest positive count: the magnitude of the smallest negative one.
constexpr std::uint64_t kMagnitudeMax = std::uint64_t{1} << 63U;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Takes "1.5h" off the front. Nullopt when there is none, or when it is too long.
std::optional<std::uint64_t> take_part(std::string_view& rest) {
    std::uint64_t whole = 0;
    bool has_digits = false;
    while (!rest.empty() && is_digit(rest.front())) {
        has_digits = true;
        const auto digit = static_cast<std::uint64_t>(rest.front() - '0');
        if (whole > (kMagnitudeMax - digit) / 10) return std::nullopt;
        whole = whole * 10 + digit;
        rest.remove_prefix(1);
    }
    std::uint64_t fraction = 0;
    std::uint64_t scale = 1;
    if (rest.starts_with('.')) {
        rest.remove_prefix(1);
        while (!rest.empty() && is_digit(rest.front())) {
            has_digits = true;
            // Digits past the 18th are below any unit's nanosecond.
            if (scale < 1'000'000'000'000'000'000U) {
                fraction = fraction * 10 + static_cast<std::uint64_t>(rest.front() - '0');
                scale *= 10;
            }
            rest.remove_prefix(1);
        }
    }
    if (!has_digits) return std::nullopt;
    for (const Unit& unit : kUnits) {
        if (!rest.starts_with(unit.text)) continue;
        // "m" is also the beginning of "ms", which stands before it in the table.
        rest.remove_prefix(unit.text.size());
        if (whole > kMagnitudeMax / unit.nanoseconds) return std::nullopt;
        const auto part =
            static_cast<std::uint64_t>(static_cast<unsigned __int128>(fraction) * unit.nanoseconds / scale);
        const std::uint64_t total = whole * unit.nanoseconds + part;
        if (total > kMagnitudeMax) return std::nullopt;
        return total;
    }
    return std::nullopt;
}

/// "1.5" of 15 tenths: without zeros at the end.
std::string with_fraction(std::uint64_t value, std::uint64_t unit) {
    std::string text = std::to_string(value / unit);
    std::uint64_t rest = value % unit;
    if (rest == 0) return text;
    text += '.';
    for (std::uint64_t digit = unit / 10; rest != 0; digit /= 10) {
        text += static_cast<char>('0' + rest / digit);
        rest %= digit;
    }
    return text;
}

}  // namespace

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
    bool is_negative = false;
    if (text.starts_with('-') || text.starts_with('+')) {
        is_negative = text.front() == '-';
        text.remove_prefix(1);
    }
    if (text == "0") return std::chrono::nanoseconds{0};
    if (text.empty()) return std::nullopt;
    std::uint64_t magnitude = 0;
    while (!text.empty()) {
        const auto part = take_part(text);
        if (!part || *part > kMagnitudeMax - magnitude) return std::nullopt;
        magnitude += *part;
    }
    if (magnitude == kMagnitudeMax) {
        if (!is_negative) return std::nullopt;
        return std::chrono::nanoseconds{std::numeric_limits<std::int64_t>::min()};
    }
    const auto count = static_cast<std::int64_t>(magnitude);
    return std::chrono::nanoseconds{is_negative ? -count : count};
}

std::string to_string(std::chrono::nanoseconds duration) {
    const std::int64_t count = duration.count();
    if (count == 0) return "0s";
    std::string text = count < 0 ? "-" : "";
    const std::uint64_t value = count < 0 ? ~static_cast<std::uint64_t>(count) + 1 : static_cast<std::uint64_t>(count);
    if (value < 1'000) return text + std::to_string(value) + "ns";
    if (value < 1'000'000) return text + with_fraction(value, 1'000) + "\u00b5s";
    if (value < 1'000'000'000) return text + with_fraction(value, 1'000'000) + "ms";
    constexpr std::uint64_t kMinute = 60'000'000'000;
    constexpr std::uint64_t kHour = 60 * kMinute;
    if (value >= kHour) text += std::to_string(value / kHour) + "h";
    if (value >= kMinute) text += std::to_string(value % kHour / kMinute) + "m";
    return text + with_fraction(value % kMinute, 1'000'000'000) + "s";
}

}  // namespace sei::api
