// The other side of the seam: what answers requests, over a socket or in memory.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "kube/async/clock.hpp"
#include "kube/http/certificates.hpp"
#include "kube/http/transport.hpp"

namespace kube {

/// A request as it reaches a handler.
struct ServedRequest {
    HttpMethod method = HttpMethod::Get;
    /// The method as it stood on the wire, for answers about methods that HttpMethod does not have (HEAD, OPTIONS).
    std::string method_name = "GET";
    std::string target;
    /// Lower-case names.
    std::vector<HttpHeader> headers;
    std::string body;

    [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// Where a handler writes a body that arrives in pieces. Writing to a client that is gone throws TransportError.
class ResponseWriter {
public:
    virtual ~ResponseWriter() = default;
    /// Sends a piece at once. The head has been sent before the first piece.
    [[nodiscard]] virtual Async<> write(std::string chunk) = 0;
};

/// Answers requests. One handler serves many connections at once, on the one thread.
class HttpHandler {
public:
    virtual ~HttpHandler() = default;
    /// Answers with a whole response, or, when the answer is a stream, calls `stream` after returning the head:
    /// a response whose `streamed` is set is sent chunked, and `stream(writer)` runs until it returns or the client
    /// goes.
    struct Answer {
        HttpResponse response;
        /// Owns what it needs. Null for an ordinary response.
        std::function<Async<>(ResponseWriter&)> stream;
    };
    [[nodiscard]] virtual Async<Answer> handle(ServedRequest request) = 0;
};

struct HttpServerOptions {
    std::string address = "127.0.0.1";
    /// 0 lets the system choose; `HttpServer::port` tells.
    unsigned short port = 0;
    std::size_t request_body_bytes_max = 16u << 20u;
    std::chrono::milliseconds head_time_limit{32'000};
    std::chrono::milliseconds idle_time_limit{90'000};
    /// PEM; both empty for plain HTTP.
    std::string tls_certificate_pem;
    std::string tls_key_pem;
    /// PEM of an authority: with it, only clients with a certificate of this authority are served. Empty for anybody.
    std::string tls_client_ca_pem;
    /// With TLS, asked before each handshake: a value replaces certificate and key for the connections that follow. One
    /// that is of no use is told to `warn`, and the one before stays.
    std::function<std::optional<CertificateAndKey>()> renewed_certificate;
    std::function<void(const std::string&)> warn;
};

/// An HTTP/1.1 server over sockets: keep-alive, chunked streams, optional TLS.
///
/// A client that goes away cancels the stream that it was sent; an ordinary answer runs to its end. The server must not
/// be destroyed before `serve` has returned, after `stop` or by being cancelled.
class HttpServer {
public:
    /// Binds at once (throws TransportError naming the address when it cannot) and serves from `serve` on.
    HttpServer(boost::asio::any_io_executor executor, HttpHandler& handler, HttpServerOptions options);
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;
    [[nodiscard]] unsigned short port() const;
    /// Accepts and serves until `stop`, then ends connections that are idle or streaming and waits for the rest.
    [[nodiscard]] Async<> serve();
    void stop();

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

/// A Transport that calls a handler in this process: no sockets, no threads, the same requests.
///
/// With a clock, `send` honours time limits, in that clock's time; without one a handler that never answers is waited
/// for. A stream that is dropped cancels the handler's coroutine, which ends in a later turn of the loop: the handler
/// outlives that.
class InProcessTransport final : public Transport {
public:
    InProcessTransport(boost::asio::any_io_executor executor, HttpHandler& handler);
    InProcessTransport(boost::asio::any_io_executor executor, HttpHandler& handler, Clock& clock);
    ~InProcessTransport() override;
    [[nodiscard]] Async<HttpResponse> send(HttpRequest request) override;
    [[nodiscard]] Async<std::unique_ptr<HttpStream>> open(HttpRequest request) override;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace kube
