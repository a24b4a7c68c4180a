#include "kube/meta/name_syntax.hpp"

#include <algorithm>

namespace kube {
namespace {

constexpr std::size_t kLabelCharactersMax = 63;
constexpr std::size_t kDomainCharactersMax = 253;

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_lower_or_digit(char c) {
    return is_lower(c) || (c >= '0' && c <= '9');
}
bool is_alphanumeric(char c) {
    return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z');
}

/// 1 to 63 lower-case letters, digits and '-', not at either end.
bool is_dns_label(std::string_view text) {
    return !text.empty() && text.size() <= kLabelCharactersMax && is_lower_or_digit(text.front()) &&
           is_lower_or_digit(text.back()) &&
           std::ranges::all_of(text, [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

/// Labels of any length with dots between them.
bool is_domain(std::string_view text) {
    if (text.size() > kDomainCharactersMax) return false;
    for (char before = '.'; const char c : text) {
        if (!is_lower_or_digit(c) && c != '-' && c != '.') return false;
        // Neither end of a label is a '-', and none is empty.
        if ((before == '.' && !is_lower_or_digit(c)) || (before == '-' && c == '.')) return false;
        before = c;
    }
    return !text.empty() && is_lower_or_digit(text.back());
}

bool is_label_name(std::string_view text) {
    return !text.empty() && text.size() <= kLabelCharactersMax && is_alphanumeric(text.front()) &&
           is_alphanumeric(text.back()) &&
           std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

}  // namespace

bool is_service_name(std::string_view text) {
    return is_dns_label(text) && is_lower(text.front());
}

bool is_object_name(std::string_view text) {
    return is_domain(text);
}

bool is_namespace_name(std::string_view text) {
    return is_dns_label(text);
}

bool is_label_key(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return is_label_name(text);
    return is_domain(text.substr(0, slash)) && is_label_name(text.substr(slash + 1));
}

bool is_label_value(std::string_view text) {
    return text.empty() || is_label_name(text);
}

}  // namespace kube
