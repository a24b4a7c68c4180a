// One request and its response on one connection.
#pragma once

#include "kube/http/detail/message_parser.hpp"
#include "kube/http/detail/pool.hpp"

namespace kube::detail {

/// Writes the request, reads the head, then the body in pieces or as a whole.
class Exchange {
public:
    Exchange(OwnedConnection connection, bool is_reused, std::size_t body_bytes_max);

    /// Sends what `connection().output` holds and reads until the response's head (or more) is there.
    [[nodiscard]] Async<> send_and_read_head();
    /// Reads the rest of the body into `response().body`.
    [[nodiscard]] Async<> read_all();
    /// Reads until the body has new bytes (true) or is complete (false).
    [[nodiscard]] Async<bool> read_more();

    [[nodiscard]] Connection& connection() { return *connection_; }
    [[nodiscard]] HttpResponse& response() { return parser_->message; }
    [[nodiscard]] bool is_complete() const { return parser_->is_done(); }
    [[nodiscard]] bool is_reused() const { return is_reused_; }
    /// Not a byte of the response has come.
    [[nodiscard]] bool is_unanswered() const { return is_unanswered_; }
    /// The system took nothing of the request.
    [[nodiscard]] bool is_unsent() const { return connection_->stream.bytes_sent() == sent_before_; }
    /// The connection, when it can carry another request; null otherwise.
    [[nodiscard]] OwnedConnection reusable();

private:
    [[nodiscard]] bool parse();
    [[nodiscard]] Async<> receive();

    OwnedConnection connection_;
    std::optional<ResponseParser> parser_;
    std::size_t body_bytes_max_;
    std::uint64_t sent_before_;
    bool is_reused_;
    bool is_unanswered_ = true;
};

/// The response breaks the rules of HTTP, or a bound.
struct ResponseRefused {
    TransportError::Kind kind;
    std::string what;
};

}  // namespace kube::detail
