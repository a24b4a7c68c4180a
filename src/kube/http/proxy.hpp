// Which requests go through a proxy, by the variables of the environment.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "kube/http/url.hpp"

namespace kube {

/// The proxy variables, with the meaning that Go's programs give them, since people set them once for all of a pod.
///
/// `NO_PROXY` is a list with commas: a name covers itself and its subdomains, ".name" and "*.name" only the subdomains,
/// an address itself, a CIDR range its addresses, each optionally with ":port"; "*" covers everything. localhost and
/// loopback addresses never go through a proxy.
struct ProxySettings {
    /// The proxy for http: and for https: URLs; empty for none. A value without scheme means http://.
    std::string http_proxy;
    std::string https_proxy;
    std::string no_proxy;

    /// HTTP_PROXY, HTTPS_PROXY and NO_PROXY, or, where one is not set, its lower-case form. `get` reads one variable.
    static ProxySettings from_environment(const std::function<std::optional<std::string>(const std::string&)>& get);
    /// From the environment of this process.
    static ProxySettings from_environment();

    /// The proxy for requests to `target`, or nullopt. Throws TransportError (Configuration) for an unusable value.
    [[nodiscard]] std::optional<Origin> proxy_for(const Origin& target) const;
};

/// Parses a proxy's URL; one without scheme means http://. Only http proxies are supported: others are refused with
/// TransportError (Configuration) that names `what`.
[[nodiscard]] Origin parse_proxy(std::string_view url, std::string_view what);

}  // namespace kube
