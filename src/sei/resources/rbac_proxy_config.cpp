#include "sei/resources/rbac_proxy_config.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "sei/api/node_queries.hpp"
#include "sei/resources/identity.hpp"

namespace sei::resources {

namespace {

bool all_of(std::string_view text, std::string_view characters) {
    return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

constexpr std::string_view kDigits = "0123456789";

/// 12, 0123, 0x1f, 0b01, 0o17
bool is_integer(std::string_view text) {
    if (text.starts_with("0x")) return all_of(text.substr(2), "0123456789abcdef");
    if (text.starts_with("0b")) return all_of(text.substr(2), "01");
    if (text.starts_with("0o")) return all_of(text.substr(2), "01234567");
    return all_of(text, kDigits);
}

/// 1.5, 1., 1e3, 1.5e-3
bool is_float(std::string_view text) {
    const std::size_t e = text.find('e');
    if (e != std::string_view::npos) {
        std::string_view exponent = text.substr(e + 1);
        if (exponent.starts_with('-') || exponent.starts_with('+')) exponent.remove_prefix(1);
        if (!all_of(exponent, kDigits)) return false;
        text = text.substr(0, e);
    }
    const std::size_t point = text.find('.');
    if (!all_of(text.substr(0, point), kDigits)) return false;
    const std::string_view fraction = point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
    return fraction.empty() || all_of(fraction, kDigits);
}

/// 2001-12-14, 2001-1-4
bool is_date(std::string_view text) {
    const std::size_t first = text.find('-');
    if (first != 4) return false;
    const std::size_t second = text.find('-', first + 1);
    if (second == std::string_view::npos) return false;
    const std::string_view month = text.substr(first + 1, second - first - 1);
    const std::string_view day = text.substr(second + 1);
    constexpr std::size_t kPartDigitsMax = 2;
    return all_of(text.substr(0, first), kDigits) && all_of(month, kDigits) && all_of(day, kDigits) &&
           month.size() <= kPartDigitsMax && day.size() <= kPartDigitsMax;
}

}  // namespace

std::string yaml_scalar(std::string_view text) {
    constexpr std::array<std::string_view, 9> words{"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
    const bool is_word = std::ranges::find(words, text) != words.end();
    const bool is_retyped = text.empty() || is_word || is_integer(text) || is_float(text) || is_date(text);
    return is_retyped ? fmt::format("\"{}\"", text) : std::string{text};
}

kube::ConfigMap render_rbac_proxy_config(const api::SeiNode& node) {
    kube::ConfigMap config;
    config.metadata = owned_metadata(node, api::proxy_config_key(node), resource_labels(node));
    config.data["config.yaml"] = fmt::format(
        R"(authorization:
  resourceAttributes:
    apiGroup: sei.io
    resource: seinodetasks
    namespace: {}
    name: {}
)",
        yaml_scalar(node.metadata.namespace_),
        yaml_scalar(node.metadata.name)
    );
    return config;
}

}  // namespace sei::resources
