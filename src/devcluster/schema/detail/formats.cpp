#include "devcluster/schema/detail/formats.hpp"

#include "devcluster/cel/base64.hpp"
#include "devcluster/cel/time_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>

namespace devcluster::schema::detail {
namespace {

constexpr std::pair<std::string_view, Format> kFormats[] = {
    {"byte", Format::Byte},
    {"cidr", Format::Cidr},
    {"date", Format::Date},
    {"datetime", Format::DateTime},
    {"duration", Format::Duration},
    {"hostname", Format::Hostname},
    {"ipv4", Format::Ipv4},
    {"ipv6", Format::Ipv6},
    {"mac", Format::Mac},
    {"password", Format::Password},
    {"uuid", Format::Uuid},
    {"uuid3", Format::Uuid3},
    {"uuid4", Format::Uuid4},
    {"uuid5", Format::Uuid5},
};

constexpr std::array<std::string_view, 10> kNotSupported{
    "bsonobjectid",
    "uri",
    "email",
    "isbn",
    "isbn10",
    "isbn13",
    "creditcard",
    "ssn",
    "hexcolor",
    "rgbcolor",
};

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}
bool is_hexadecimal(char letter) {
    return is_digit(letter) || (letter >= 'a' && letter <= 'f') || (letter >= 'A' && letter <= 'F');
}
bool is_alphanumeric(char letter) {
    return is_digit(letter) || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t at = text.find(separator);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos) return parts;
        text.remove_prefix(at + 1);
    }
}

/// Leading zeros are let through, as older Go versions did.
bool is_ipv4(std::string_view text) {
    const auto parts = split(text, '.');
    return parts.size() == 4 && std::ranges::all_of(parts, [](std::string_view part) {
               if (part.empty() || part.size() > 8 || !std::ranges::all_of(part, is_digit)) return false;
               int value = 0;
               for (const char digit : part) value = value * 10 + (digit - '0');
               return value <= 255;
           });
}

bool is_ipv6(std::string_view text) {
    if (text.find(':') == std::string_view::npos) return false;
    std::size_t groups = 0;
    const std::size_t gap = text.find("::");
    const bool has_gap = gap != std::string_view::npos;
    const auto count = [&](std::string_view side) {
        if (side.empty()) return true;
        const auto parts = split(side, ':');
        for (std::size_t index = 0; index < parts.size(); ++index) {
            const std::string_view part = parts[index];
            if (index + 1 == parts.size() && part.find('.') != std::string_view::npos) {
                if (!is_ipv4(part)) return false;
                groups += 2;
                continue;
            }
            if (part.empty() || part.size() > 4 || !std::ranges::all_of(part, is_hexadecimal)) return false;
            ++groups;
        }
        return true;
    };
    if (!has_gap) return count(text) && groups == 8;
    return count(text.substr(0, gap)) && count(text.substr(gap + 2)) && groups <= 7;
}

bool is_cidr(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return false;
    const std::string_view prefix = text.substr(slash + 1);
    if (prefix.empty() || prefix.size() > 3 || !std::ranges::all_of(prefix, is_digit)) return false;
    int bits = 0;
    for (const char digit : prefix) bits = bits * 10 + (digit - '0');
    const std::string_view address = text.substr(0, slash);
    return is_ipv4(address) ? bits <= 32 : is_ipv6(address) && bits <= 128;
}

bool is_hostname(std::string_view text) {
    if (text.empty() || text.size() > 255) return false;
    const auto labels = split(text, '.');
    const auto is_label = [](std::string_view label) {
        return !label.empty() && label.size() <= 63 && is_alphanumeric(label.front()) &&
               is_alphanumeric(label.back()) &&
               std::ranges::all_of(label, [](char letter) { return is_alphanumeric(letter) || letter == '-'; });
    };
    if (!std::ranges::all_of(labels, is_label)) return false;
    if (labels.size() == 1) return true;
    return labels.back().size() >= 2 &&
           std::ranges::none_of(labels.back(), [](char letter) { return is_digit(letter) || letter == '-'; });
}

/// Hyphens may be left out; `version` is the digit that names it, 0 for any.
bool is_uuid(std::string_view text, char version) {
    std::string digits;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool may_be_hyphen =
            digits.size() == 8 || digits.size() == 12 || digits.size() == 16 || digits.size() == 20;
        if (text[at] == '-' && may_be_hyphen && text[at - 1] != '-') continue;
        if (!is_hexadecimal(text[at])) return false;
        digits.push_back(text[at]);
    }
    if (digits.size() != 32 || text.back() == '-') return false;
    if (version == 0) return true;
    if (digits[12] != version) return false;
    constexpr std::string_view kVariants = "89abAB";
    return version == '3' || kVariants.find(digits[16]) != std::string_view::npos;
}

/// Colons, hyphens or dots between groups, 6, 8 or 20 bytes.
bool is_mac(std::string_view text) {
    const char separator = text.size() > 2 && (text[2] == ':' || text[2] == '-') ? text[2] : '.';
    const std::size_t group = separator == '.' ? 4 : 2;
    const auto parts = split(text, separator);
    const std::size_t bytes = parts.size() * group / 2;
    return (bytes == 6 || bytes == 8 || bytes == 20) && std::ranges::all_of(parts, [&](std::string_view part) {
               return part.size() == group && std::ranges::all_of(part, is_hexadecimal);
           });
}

}  // namespace

std::expected<Format, std::string> parse_format(std::string_view name) {
    std::string normalized;
    for (const char letter : name) {
        if (letter != '-') normalized.push_back(letter);
    }
    for (const auto& [known, format] : kFormats) {
        if (normalized == known) return format;
    }
    if (std::ranges::find(kNotSupported, normalized) != kNotSupported.end()) {
        return std::unexpected(fmt::format("the format {} is not supported by this server", name));
    }
    return Format::None;
}

bool has_format(Format format, std::string_view text) {
    switch (format) {
        case Format::None:
        case Format::Password:
            return true;
        case Format::Byte:
            return cel::decode_base64(text).has_value();
        case Format::Cidr:
            return is_cidr(text);
        case Format::Date:
            return cel::is_date(text);
        case Format::DateTime:
            return cel::parse_timestamp(text).has_value();
        case Format::Duration:
            return cel::parse_duration(text).has_value();
        case Format::Hostname:
            return is_hostname(text);
        case Format::Ipv4:
            return is_ipv4(text);
        case Format::Ipv6:
            return is_ipv6(text);
        case Format::Mac:
            return is_mac(text);
        case Format::Uuid:
            return is_uuid(text, 0);
        case Format::Uuid3:
            return is_uuid(text, '3');
        case Format::Uuid4:
            return is_uuid(text, '4');
        case Format::Uuid5:
            return is_uuid(text, '5');
    }
    return true;
}

}  // namespace devcluster::schema::detail
