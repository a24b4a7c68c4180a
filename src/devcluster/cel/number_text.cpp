#include "devcluster/cel/number_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string_view>

namespace devcluster::cel {
namespace {

/// Digits without a point, and where the point belongs: 0.digits times ten to the `point`.
struct Decimal {
    std::string digits;
    int point = 0;
};

Decimal shortest(double magnitude) {
    std::array<char, 64> buffer{};
    const auto result =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), magnitude, std::chars_format::scientific);
    const std::string_view text(buffer.data(), static_cast<std::size_t>(result.ptr - buffer.data()));
    const std::size_t e = text.find('e');
    Decimal decimal;
    for (const char letter : text.substr(0, e)) {
        if (letter != '.') decimal.digits.push_back(letter);
    }
    decimal.point = std::atoi(buffer.data() + e + 1) + 1;
    return decimal;
}

std::string format(double number, bool is_compact) {
    if (std::isnan(number)) return "NaN";
    if (std::isinf(number)) return number > 0 ? "+Inf" : "-Inf";
    const std::string sign = std::signbit(number) ? "-" : "";
    if (number == 0) return sign + "0";
    const Decimal decimal = shortest(std::fabs(number));
    const int digits = static_cast<int>(decimal.digits.size());
    const int exponent = decimal.point - 1;
    const int limit = is_compact ? 6 : 21;
    if (exponent < -4 || exponent >= limit) {
        const std::string fraction = digits > 1 ? "." + decimal.digits.substr(1) : "";
        return fmt::format(
            "{}{}{}e{}{:02}", sign, decimal.digits[0], fraction, exponent < 0 ? "-" : "+", std::abs(exponent)
        );
    }
    if (decimal.point <= 0)
        return sign + "0." + std::string(static_cast<std::size_t>(-decimal.point), '0') + decimal.digits;
    const auto whole = static_cast<std::size_t>(decimal.point);
    if (decimal.digits.size() <= whole) return sign + decimal.digits + std::string(whole - decimal.digits.size(), '0');
    return sign + decimal.digits.substr(0, whole) + "." + decimal.digits.substr(whole);
}

}  // namespace

std::string format_double(double number) {
    return format(number, false);
}
std::string format_double_compact(double number) {
    return format(number, true);
}

}  // namespace devcluster::cel
