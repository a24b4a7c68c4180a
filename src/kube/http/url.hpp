// Percent-encoding, and the part of a URL that says which server.
#pragma once

#include <string>
#include <string_view>

namespace kube {

/// Encodes everything but unreserved characters (RFC 3986 §2.3): safe as one path segment and as a query value.
[[nodiscard]] std::string percent_encode(std::string_view text);
/// Decodes %XX; a '+' stays a '+'. A '%' that no two hex digits follow stays as it is.
[[nodiscard]] std::string percent_decode(std::string_view text);

/// Which server, and below which path: "https://10.0.0.1:6443/k8s/clusters/c-1".
struct Origin {
    enum class Scheme { Http, Https };
    Scheme scheme = Scheme::Https;
    /// Lower-case name or address; an IPv6 address without its brackets.
    std::string host;
    unsigned short port = 443;
    /// Empty, or beginning with a slash and not ending with one.
    std::string path;
    /// "user:password" as it stood in the URL, decoded; empty without.
    std::string user_info;

    /// "host:port", an IPv6 address in brackets.
    [[nodiscard]] std::string authority() const;
    /// As `authority`, without the scheme's own port: what the Host header says.
    [[nodiscard]] std::string host_header() const;
    /// "https://host:port", without path and user.
    [[nodiscard]] std::string text() const;
};

/// Parses an http or https URL without query and fragment. Throws TransportError (Configuration) that names `what`, for
/// example "cluster \"dev\": server", and tells what is wrong with the value.
[[nodiscard]] Origin parse_origin(std::string_view url, std::string_view what);

}  // namespace kube
