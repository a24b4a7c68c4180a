#include "kube/http/url.hpp"

#include <charconv>

#include <boost/url/parse.hpp>

#include "kube/http/header_text.hpp"
#include "kube/http/transport.hpp"

namespace kube {

namespace {

constexpr std::string_view kHexDigits = "0123456789ABCDEF";

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::string percent_encode(std::string_view text) {
    std::string encoded;
    encoded.reserve(text.size() + 8);
    for (const char c : text) {
        if (is_unreserved(c)) {
            encoded.push_back(c);
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded.push_back('%');
        encoded.push_back(kHexDigits[byte >> 4u]);
        encoded.push_back(kHexDigits[byte & 15u]);
    }
    return encoded;
}

std::string percent_decode(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            const int high = hex_value(text[i + 1]);
            const int low = hex_value(text[i + 2]);
            if (high >= 0 && low >= 0) {
                decoded.push_back(static_cast<char>(high * 16 + low));
                i += 2;
                continue;
            }
        }
        decoded.push_back(text[i]);
    }
    return decoded;
}

std::string Origin::authority() const {
    const bool is_v6 = host.find(':') != std::string::npos;
    return fmt::format(fmt::runtime(is_v6 ? "[{}]:{}" : "{}:{}"), host, port);
}

std::string Origin::host_header() const {
    const bool is_usual_port = port == (scheme == Scheme::Https ? 443 : 80);
    const bool is_v6 = host.find(':') != std::string::npos;
    if (!is_usual_port) return authority();
    return is_v6 ? "[" + host + "]" : host;
}

std::string Origin::text() const {
    return (scheme == Scheme::Https ? "https://" : "http://") + authority();
}

Origin parse_origin(std::string_view url, std::string_view what) {
    const auto refuse = [&](std::string_view reason) {
        return TransportError{
            TransportError::Kind::Configuration, fmt::format("{} is not a usable URL: \"{}\": {}", what, url, reason)
        };
    };
    const auto parsed = boost::urls::parse_uri(url);
    if (!parsed) throw refuse("expected something like https://host:6443");
    Origin origin;
    if (parsed->scheme_id() == boost::urls::scheme::https) {
        origin.scheme = Origin::Scheme::Https;
    } else if (parsed->scheme_id() == boost::urls::scheme::http) {
        origin.scheme = Origin::Scheme::Http;
    } else {
        throw refuse("its scheme must be https or http");
    }
    origin.host = to_lower(percent_decode(static_cast<std::string>(parsed->encoded_host_address())));
    if (origin.host.empty()) throw refuse("it names no host");
    origin.port = origin.scheme == Origin::Scheme::Https ? 443 : 80;
    if (const auto port = parsed->port(); !port.empty()) {
        unsigned value = 0;
        const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), value);
        if (error != std::errc{} || end != port.data() + port.size() || value == 0 || value > 65535) {
            throw refuse("its port must lie between 1 and 65535");
        }
        origin.port = static_cast<unsigned short>(value);
    }
    if (parsed->has_query() || parsed->has_fragment()) throw refuse("a query or fragment makes no sense here");
    origin.path = static_cast<std::string>(parsed->encoded_path());
    while (!origin.path.empty() && origin.path.back() == '/') origin.path.pop_back();
    origin.user_info = percent_decode(static_cast<std::string>(parsed->encoded_userinfo()));
    return origin;
}

}  // namespace kube
