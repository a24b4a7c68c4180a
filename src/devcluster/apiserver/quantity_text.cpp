#include "devcluster/apiserver/quantity_text.hpp"

#include <fmt/core.h>

#include <array>
#include <cstdint>

namespace devcluster::apiserver {
namespace {

using Wide = __int128;

enum class Family { Decimal, Binary, Exponent };

struct Suffix {
    std::string_view text;
    Family family;
    int power;  ///< Of 10 (decimal, exponent) or of 1024 (binary).
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
    Suffix{"Ei", Family::Binary, 6}
};

/// The largest amount that is kept, in nano: what an int64 of units holds.
constexpr Wide kNanoMax = static_cast<Wide>(INT64_MAX) * 1'000'000'000;

std::string digits_of(Wide value) {
    std::string out;
    do {
        out.insert(out.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
        value /= 10;
    } while (value != 0);
    return out;
}

std::string decimal(Wide nano, bool with_exponents) {
    int power = -9;
    while (nano != 0 && nano % 1000 == 0 && power < 18) {
        nano /= 1000;
        power += 3;
    }
    if (nano == 0) return "0";
    if (with_exponents) return power == 0 ? digits_of(nano) : fmt::format("{}e{}", digits_of(nano), power);
    for (const Suffix& suffix : kSuffixes) {
        if (suffix.family == Family::Decimal && suffix.power == power)
            return digits_of(nano) + std::string{suffix.text};
    }
    return digits_of(nano);
}

}  // namespace

std::optional<std::string> canonical_quantity(std::string_view text) {
    std::string_view rest = text;
    bool is_negative = false;
    if (!rest.empty() && (rest.front() == '+' || rest.front() == '-')) {
        is_negative = rest.front() == '-';
        rest.remove_prefix(1);
    }
    std::string whole;
    std::string fraction;
    while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
        whole += rest.front();
        rest.remove_prefix(1);
    }
    if (!rest.empty() && rest.front() == '.') {
        rest.remove_prefix(1);
        while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
            fraction += rest.front();
            rest.remove_prefix(1);
        }
    }
    if (whole.empty() && fraction.empty()) return std::nullopt;

    Family family = Family::Decimal;
    int power = 0;
    bool is_known = false;
    for (const Suffix& suffix : kSuffixes) {
        if (rest != suffix.text) continue;
        family = suffix.family;
        power = suffix.power;
        is_known = true;
    }
    if (!is_known && rest.size() >= 2 && (rest.front() == 'e' || rest.front() == 'E')) {
        std::string_view exponent = rest.substr(1);
        const bool is_down = exponent.front() == '-';
        if (exponent.front() == '-' || exponent.front() == '+') exponent.remove_prefix(1);
        if (exponent.empty() || exponent.size() > 2) return std::nullopt;
        for (const char c : exponent) {
            if (c < '0' || c > '9') return std::nullopt;
            power = power * 10 + (c - '0');
        }
        if (is_down) power = -power;
        family = Family::Exponent;
        is_known = true;
    }
    if (!is_known) return std::nullopt;

    // In nano, rounded away from zero, capped.
    while (whole.size() > 1 && whole.front() == '0') whole.erase(0, 1);
    std::string mantissa = whole + fraction;
    int scale = 9 - static_cast<int>(fraction.size());
    if (family != Family::Binary) scale += power;
    if (mantissa.size() > 28) return std::nullopt;
    Wide nano = 0;
    for (const char c : mantissa) nano = nano * 10 + (c - '0');
    if (family == Family::Binary) {
        for (int i = 0; i < power && nano <= kNanoMax * 1024; ++i) nano *= 1024;
    }
    while (scale > 0 && nano <= kNanoMax) {
        nano *= 10;
        --scale;
    }
    while (scale < 0) {
        nano = nano / 10 + (nano % 10 != 0 ? 1 : 0);
        ++scale;
    }
    if (nano > kNanoMax) nano = kNanoMax;

    std::string out;
    const Wide unit = 1'000'000'000;
    if (family == Family::Binary && nano % unit == 0 && nano / unit >= 1024) {
        Wide amount = nano / unit;
        int steps = 0;
        while (amount % 1024 == 0 && steps < 6) {
            amount /= 1024;
            ++steps;
        }
        out = digits_of(amount);
        for (const Suffix& suffix : kSuffixes) {
            if (suffix.family == Family::Binary && suffix.power == steps) out += suffix.text;
        }
    } else {
        out = decimal(nano, family == Family::Exponent);
    }
    if (is_negative && nano != 0) out.insert(out.begin(), '-');
    return out;
}

}  // namespace devcluster::apiserver
