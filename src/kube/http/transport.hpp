// The seam between "which request" and "how it travels": a client builds requests, a Transport carries them.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "kube/async/async.hpp"

namespace kube {

enum class HttpMethod { Get, Post, Put, Patch, Delete };
[[nodiscard]] std::string_view to_string(HttpMethod method);

/// May the transport send this request again after a failure that leaves open whether the server has acted on it?
enum class Repeat { Never, WhenSafe };

struct HttpHeader {
    std::string name;
    std::string value;
};

/// A request as a client builds it. The transport adds Host, Authorization, User-Agent and Content-Length.
struct HttpRequest {
    HttpMethod method = HttpMethod::Get;
    /// Path and query, percent-encoded, beginning with a slash: "/api/v1/pods?limit=500".
    std::string target;
    /// "application/json" and the like; empty for a request without a body.
    std::string content_type;
    std::string accept = "application/json";
    std::string body;
    std::vector<HttpHeader> headers;
    /// From the call to the last byte of the response; for a stream that the server agrees to (2xx), to the last byte
    /// of its head.
    std::chrono::milliseconds time_limit{30'000};
    /// A response body longer than this is a TransportError.
    std::size_t response_body_bytes_max = 64u << 20u;
    /// Reads may be repeated by default; a write is repeated only where its precondition makes it safe.
    Repeat repeat = Repeat::Never;
};

struct HttpResponse {
    unsigned status = 0;
    /// Lower-case names.
    std::vector<HttpHeader> headers;
    std::string body;

    /// The first header of this (lower-case) name, or an empty view.
    [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// A response whose body arrives in pieces for as long as the server keeps it open: a watch.
class HttpStream {
public:
    virtual ~HttpStream() = default;
    /// 200, or an error whose body `next_chunk` gives.
    [[nodiscard]] virtual unsigned status() const = 0;
    /// The next bytes as they come, at least one; nullopt at the regular end. TransportError when the connection
    /// breaks. Ends with operation_aborted when the awaiting coroutine is cancelled.
    [[nodiscard]] virtual Async<std::optional<std::string>> next_chunk() = 0;
};

/// The request did not get an HTTP response: no connection, TLS refused, time limit, response too long, broken framing.
///
/// The text names the URL's origin, what happened, and where a person could look next.
class TransportError : public std::runtime_error {
public:
    enum class Kind { Connect, Tls, TimeLimit, Broken, TooLarge, Configuration };
    TransportError(Kind kind, const std::string& what) : std::runtime_error{what}, kind_{kind} {}
    [[nodiscard]] Kind kind() const { return kind_; }

private:
    Kind kind_;
};

/// Carries requests to one server. Implemented by HTTP(S) with a connection pool, by the embedded cluster in memory,
/// and by wrappers that record, count, delay or break requests.
class Transport {
public:
    virtual ~Transport() = default;
    /// One exchange. Any HTTP status is a response; TransportError when there is none.
    [[nodiscard]] virtual Async<HttpResponse> send(HttpRequest request) = 0;
    /// Opens a streaming response. The stream must not outlive the transport.
    [[nodiscard]] virtual Async<std::unique_ptr<HttpStream>> open(HttpRequest request) = 0;
};

}  // namespace kube
