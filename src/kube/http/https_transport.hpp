// Requests over HTTP/1.1 and TLS: the transport of production.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "kube/http/authorizer.hpp"
#include "kube/http/connection_pool.hpp"
#include "kube/http/proxy.hpp"
#include "kube/http/transport.hpp"

namespace kube {

/// Which server, how it proves itself, how we prove ourselves, and what lies between.
struct TransportConfig {
    /// "https://host:6443", or "http://…"; a path is put before each request's target.
    std::string origin;
    /// PEM of the CAs that are trusted for this server; empty for the system's.
    std::string ca_pem;
    bool insecure_skip_tls_verify = false;
    /// The name that the server's certificate must be for, where it is not the origin's host.
    std::string tls_server_name;
    /// Null sends no Authorization header and no client certificate.
    std::shared_ptr<Authorizer> authorizer;
    /// A proxy for this server, whatever its address ("http://proxy:3128").
    std::optional<std::string> proxy_url;
    /// Where `proxy_url` is not set, the variables of the environment decide; nullopt for no proxy at all.
    std::optional<ProxySettings> proxy_settings = ProxySettings::from_environment();
    std::string user_agent = "kube-cpp";
    /// Requests of this transport that are under way at the same time; further ones wait for their turn, within their
    /// time limits. Streams are not counted.
    std::size_t requests_in_flight_max = 64;
};

/// Sends requests to one server: a connection of the pool or a new one, one time limit over all of it.
///
/// A request that fails on a kept connection before the response begins is sent again on a new one when that is safe:
/// it is a GET, it says `Repeat::WhenSafe`, or none of it was sent. `Repeat::WhenSafe` also repeats after failed
/// connections, up to three tries with jitter. An answer 429 or 503 with Retry-After is waited for and repeated, as
/// long as the time limit allows: the server has not acted on the request. An answer 401 is repeated once when the
/// authorizer has something newer. Redirects are answers like others.
///
/// It must not outlive the pool.
class HttpsTransport final : public Transport {
public:
    /// Throws TransportError (Configuration) that names what is wrong with `config`. Opens nothing yet.
    HttpsTransport(ConnectionPool& pool, TransportConfig config);
    ~HttpsTransport() override;
    [[nodiscard]] Async<HttpResponse> send(HttpRequest request) override;
    [[nodiscard]] Async<std::unique_ptr<HttpStream>> open(HttpRequest request) override;

    struct Impl;

private:
    std::shared_ptr<Impl> impl_;
};

}  // namespace kube
