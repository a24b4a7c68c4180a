#include "kube/http/proxy.hpp"

#include <charconv>
#include <cstdlib>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include "kube/http/transport.hpp"

namespace kube {

namespace {

namespace ip = boost::asio::ip;

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<ip::address> parse_address(std::string_view text) {
    boost::system::error_code error;
    auto address = ip::make_address(std::string{text}, error);
    if (error) return std::nullopt;
    if (address.is_v6() && address.to_v6().is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, address.to_v6());
    return address;
}

/// "host:port" in its parts; without a port, the whole is the host.
struct HostAndPort {
    std::string_view host;
    std::optional<unsigned> port;
};

HostAndPort split_port(std::string_view text) {
    const auto colon = text.rfind(':');
    const bool is_bracketed = text.starts_with('[');
    const bool has_port =
        colon != std::string_view::npos && (is_bracketed ? text.rfind(']') == colon - 1 : text.find(':') == colon);
    HostAndPort parts{text, std::nullopt};
    if (has_port) {
        parts.host = text.substr(0, colon);
        const auto digits = text.substr(colon + 1);
        unsigned port = 0;
        const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), port);
        // A port that is no number matches nothing.
        parts.port = parsed.ec == std::errc{} && parsed.ptr == digits.data() + digits.size() ? port : 0u;
    }
    if (parts.host.size() >= 2 && parts.host.front() == '[' && parts.host.back() == ']') {
        parts.host = parts.host.substr(1, parts.host.size() - 2);
    }
    return parts;
}

bool range_contains(std::string_view range, const ip::address& address) {
    boost::system::error_code error;
    if (address.is_v4()) {
        const auto network = ip::make_network_v4(std::string{range}, error);
        if (error) return false;
        const auto mask = network.netmask().to_uint();
        return (address.to_v4().to_uint() & mask) == (network.address().to_uint() & mask);
    }
    const auto network = ip::make_network_v6(std::string{range}, error);
    if (error) return false;
    const auto canonical = ip::network_v6{address.to_v6(), network.prefix_length()}.canonical();
    return canonical == network.canonical();
}

bool name_matches(std::string_view pattern, std::string_view host) {
    if (pattern.starts_with("*.")) pattern.remove_prefix(1);
    if (pattern.starts_with('.')) return host.ends_with(pattern);
    return host == pattern ||
           (host.size() > pattern.size() && host.ends_with(pattern) && host[host.size() - pattern.size() - 1] == '.');
}

bool entry_matches(std::string_view entry, const Origin& target, const std::optional<ip::address>& address) {
    if (entry == "*") return true;
    if (entry.find('/') != std::string_view::npos) return address && range_contains(entry, *address);
    const auto parts = split_port(entry);
    if (parts.host.empty()) return false;
    if (parts.port && *parts.port != target.port) return false;
    if (const auto listed = parse_address(parts.host)) return address && *address == *listed;
    return name_matches(parts.host, target.host);
}

}  // namespace

ProxySettings ProxySettings::from_environment(const std::function<std::optional<std::string>(const std::string&)>& get
) {
    const auto either = [&](const std::string& upper, const std::string& lower) {
        auto value = get(upper);
        if (!value || value->empty()) value = get(lower);
        return value.value_or(std::string{});
    };
    return {
        .http_proxy = either("HTTP_PROXY", "http_proxy"),
        .https_proxy = either("HTTPS_PROXY", "https_proxy"),
        .no_proxy = either("NO_PROXY", "no_proxy"),
    };
}

ProxySettings ProxySettings::from_environment() {
    return from_environment([](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        if (value == nullptr) return std::nullopt;
        return std::string{value};
    });
}

std::optional<Origin> ProxySettings::proxy_for(const Origin& target) const {
    const bool is_https = target.scheme == Origin::Scheme::Https;
    const std::string& proxy = is_https ? https_proxy : http_proxy;
    if (proxy.empty()) return std::nullopt;

    const auto address = parse_address(target.host);
    if (target.host == "localhost" || (address && address->is_loopback())) return std::nullopt;

    std::string lower = no_proxy;
    for (auto& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    for (std::string_view rest = lower; !rest.empty();) {
        const auto comma = rest.find(',');
        const auto entry = trim(rest.substr(0, comma));
        rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
        if (!entry.empty() && entry_matches(entry, target, address)) return std::nullopt;
    }
    return parse_proxy(proxy, is_https ? "HTTPS_PROXY" : "HTTP_PROXY");
}

Origin parse_proxy(std::string_view url, std::string_view what) {
    const bool has_scheme = url.find("://") != std::string_view::npos;
    auto proxy = parse_origin(has_scheme ? std::string{url} : "http://" + std::string{url}, what);
    if (proxy.scheme != Origin::Scheme::Http) {
        throw TransportError{
            TransportError::Kind::Configuration,
            fmt::format("{} names a proxy that is itself reached over TLS: use an http:// proxy", what)
        };
    }
    return proxy;
}

}  // namespace kube
