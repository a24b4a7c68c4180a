// HTTP/1.1 messages, parsed by Beast's parser straight into our own types.
#pragma once

#include <boost/beast/http/basic_parser.hpp>

#include "kube/http/detail/input_buffer.hpp"
#include "kube/http/header_text.hpp"
#include "kube/http/server.hpp"
#include "kube/http/transport.hpp"

namespace kube::detail {

namespace beast_http = boost::beast::http;
using BeastError = boost::beast::error_code;
using BeastView = boost::beast::string_view;

/// What both directions have in common: headers with lower-case names, a body that grows, progress through a buffer.
template <bool IsRequest, class Message>
class MessageParser : public beast_http::basic_parser<IsRequest> {
public:
    Message message;

    explicit MessageParser(std::size_t body_bytes_max) {
        this->eager(true);
        this->header_limit(kHeaderBytesMax);
        this->body_limit(body_bytes_max);
    }

    /// Parses what `input` holds and consumes it. True when the message is complete; false when more must be read.
    [[nodiscard]] bool advance(InputBuffer& input, BeastError& error) {
        while (!this->is_done() && !input.empty()) {
            const auto view = input.view();
            error = {};
            const auto consumed = this->put(boost::asio::const_buffer{view.data(), view.size()}, error);
            input.consume(consumed);
            if (error == beast_http::error::need_more) {
                error = {};
                if (consumed == 0) return false;
            }
            if (error) return false;
            if (consumed == 0) break;
        }
        return this->is_done();
    }

    static constexpr std::uint32_t kHeaderBytesMax = 64u << 10u;
    static constexpr std::uint64_t kReservedBytesMax = 4u << 20u;

private:
    void on_field_impl(beast_http::field, BeastView name, BeastView value, BeastError&) override {
        message.headers.push_back({to_lower(name), std::string{value.data(), value.size()}});
    }
    void on_header_impl(BeastError&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, BeastError&) override {
        if (length) message.body.reserve(static_cast<std::size_t>(std::min(*length, kReservedBytesMax)));
    }
    std::size_t on_body_impl(BeastView body, BeastError&) override {
        message.body.append(body.data(), body.size());
        return body.size();
    }
    void on_chunk_header_impl(std::uint64_t, BeastView, BeastError&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, BeastView body, BeastError&) override {
        message.body.append(body.data(), body.size());
        return body.size();
    }
    void on_finish_impl(BeastError&) override {}
};

class ResponseParser final : public MessageParser<false, HttpResponse> {
public:
    using MessageParser::MessageParser;

private:
    void on_request_impl(beast_http::verb, BeastView, BeastView, int, BeastError&) override {}
    void on_response_impl(int code, BeastView, int, BeastError&) override {
        message.status = static_cast<unsigned>(code);
    }
};

class RequestParser final : public MessageParser<true, ServedRequest> {
public:
    using MessageParser::MessageParser;

private:
    void on_request_impl(beast_http::verb verb, BeastView method, BeastView target, int, BeastError&) override {
        switch (verb) {
            case beast_http::verb::post:
                message.method = HttpMethod::Post;
                break;
            case beast_http::verb::put:
                message.method = HttpMethod::Put;
                break;
            case beast_http::verb::patch:
                message.method = HttpMethod::Patch;
                break;
            case beast_http::verb::delete_:
                message.method = HttpMethod::Delete;
                break;
            default:
                break;
        }
        message.method_name.assign(method.data(), method.size());
        message.target.assign(target.data(), target.size());
    }
    void on_response_impl(int, BeastView, int, BeastError&) override {}
};

}  // namespace kube::detail
