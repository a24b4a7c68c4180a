#include "kube/http/detail/exchange.hpp"

namespace kube::detail {

Exchange::Exchange(OwnedConnection connection, bool is_reused, std::size_t body_bytes_max)
    : connection_{std::move(connection)},
      body_bytes_max_{body_bytes_max},
      sent_before_{connection_->stream.bytes_sent()},
      is_reused_{is_reused} {
    parser_.emplace(body_bytes_max);
}

bool Exchange::parse() {
    BeastError error;
    const bool is_done = parser_->advance(connection_->input, error);
    if (!error) return is_done;
    if (error == beast_http::error::body_limit) {
        throw ResponseRefused{
            TransportError::Kind::TooLarge, fmt::format("the response is longer than {} bytes", body_bytes_max_)
        };
    }
    throw ResponseRefused{TransportError::Kind::Broken, "the answer is not HTTP/1.1: " + error.message()};
}

Async<> Exchange::receive() {
    if (co_await connection_->stream.read_some(connection_->input) > 0) {
        is_unanswered_ = false;
        co_return;
    }
    if (parser_->is_header_done() && parser_->need_eof()) {
        BeastError error;
        parser_->put_eof(error);
        if (!error) co_return;
    }
    throw ResponseRefused{
        TransportError::Kind::Broken,
        is_unanswered_ ? "the server ended the connection without an answer"
                       : "the server ended the connection in the middle of the answer"
    };
}

Async<> Exchange::send_and_read_head() {
    co_await connection_->stream.write(connection_->output);
    std::string{}.swap(connection_->output);
    for (;;) {
        co_await receive();
        while (parse() || parser_->is_header_done()) {
            // Interim answers (100 Continue, 103 Early Hints) precede the one that counts.
            if (parser_->message.status / 100 != 1) co_return;
            parser_.emplace(body_bytes_max_);
        }
    }
}

Async<> Exchange::read_all() {
    while (!is_complete()) {
        co_await receive();
        if (!is_complete()) static_cast<void>(parse());
    }
}

Async<bool> Exchange::read_more() {
    while (response().body.empty()) {
        if (is_complete()) co_return false;
        co_await receive();
        if (!is_complete()) static_cast<void>(parse());
    }
    co_return true;
}

OwnedConnection Exchange::reusable() {
    const bool is_usable = parser_->is_done() && parser_->keep_alive() && connection_->input.empty();
    if (!is_usable) return nullptr;
    return std::move(connection_);
}

}  // namespace kube::detail
