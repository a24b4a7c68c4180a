#include "kube/http/server.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/system/system_error.hpp>

#include "kube/async/scope.hpp"
#include "kube/http/detail/message_parser.hpp"
#include "kube/http/detail/stream.hpp"

namespace kube {

namespace asio = boost::asio;
using boost::system::error_code;
using boost::system::system_error;
using detail::InputBuffer;
using detail::RequestParser;
using detail::Stream;
using detail::TlsContext;
using std::chrono::steady_clock;
using tcp = asio::ip::tcp;

namespace {

std::string_view reason_phrase(unsigned status) {
    const auto reason = detail::beast_http::obsolete_reason(static_cast<detail::beast_http::status>(status));
    return {reason.data(), reason.size()};
}

HttpResponse plain_text(unsigned status, std::string body) {
    HttpResponse response;
    response.status = status;
    response.headers.push_back({"content-type", "text/plain; charset=utf-8"});
    response.body = std::move(body);
    return response;
}

enum class Framing { ContentLength, Chunked };

void write_head(const HttpResponse& response, Framing framing, bool keeps_alive, std::string& out) {
    out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
    out.append(reason_phrase(response.status)).append("\r\n");
    for (const auto& header : response.headers) {
        if (header.name == "content-length" || header.name == "transfer-encoding" || header.name == "connection") {
            continue;
        }
        out.append(header.name).append(": ").append(header.value).append("\r\n");
    }
    const bool has_no_body = response.status / 100 == 1 || response.status == 204 || response.status == 304;
    if (framing == Framing::Chunked) {
        out.append("transfer-encoding: chunked\r\n");
    } else if (!has_no_body) {
        out.append("content-length: ").append(std::to_string(response.body.size())).append("\r\n");
    }
    if (!keeps_alive) out.append("connection: close\r\n");
    out.append("\r\n");
}

/// Sends the pieces of a stream as chunks.
class ChunkWriter final : public ResponseWriter {
public:
    explicit ChunkWriter(Stream& stream) : stream_{stream} {}
    [[nodiscard]] Async<> write(std::string chunk) override {
        if (chunk.empty()) co_return;
        framed_ = fmt::format("{:x}\r\n", chunk.size());
        framed_.append(chunk).append("\r\n");
        try {
            co_await stream_.write(framed_);
        } catch (const system_error& error) {
            if (error.code() == asio::error::operation_aborted) throw;
            throw TransportError{TransportError::Kind::Broken, "the client is gone: " + error.code().message()};
        }
    }

private:
    Stream& stream_;
    std::string framed_;
};

}  // namespace

struct HttpServer::Impl : std::enable_shared_from_this<Impl> {
    /// What a connection is doing: only one that answers a request is waited for when the server stops.
    struct Client {
        explicit Client(tcp::socket socket) : stream{std::move(socket)} {}
        Stream stream;
        InputBuffer input;
        std::string output;
        enum class Doing { Waiting, Answering, Streaming } doing = Doing::Waiting;
    };

    Impl(asio::any_io_executor loop, HttpHandler& answers, HttpServerOptions with);

    asio::any_io_executor executor;
    HttpHandler& handler;
    HttpServerOptions options;
    std::shared_ptr<TlsContext> tls;
    tcp::acceptor acceptor;
    Scope connections;
    std::set<std::shared_ptr<Client>> clients;
    bool is_stopping = false;
    unsigned short port = 0;

    [[nodiscard]] Async<> accept();
    void renew_certificate();
    [[nodiscard]] Async<> serve(std::shared_ptr<Client> client);
    [[nodiscard]] Async<> serve_requests(std::shared_ptr<Client> client);
    [[nodiscard]] Async<bool> read_request(std::shared_ptr<Client> client, RequestParser& parser);
    [[nodiscard]] Async<bool> answer(std::shared_ptr<Client> client, RequestParser& parser);
    [[nodiscard]] Async<bool> answer_stream(
        std::shared_ptr<Client> client, HttpHandler::Answer answer, bool keeps_alive
    );
    [[nodiscard]] Async<> send(std::shared_ptr<Client> client, HttpResponse response, bool keeps_alive, bool is_head);
    void stop();
};

HttpServer::Impl::Impl(asio::any_io_executor loop, HttpHandler& answers, HttpServerOptions with)
    : executor{std::move(loop)},
      handler{answers},
      options{std::move(with)},
      acceptor{executor},
      // A connection ends by itself; what its coroutine throws means that this one client got no answer.
      connections{executor, [](const std::string&, const std::exception_ptr&) {}} {
    using Kind = TransportError::Kind;
    if (!options.tls_certificate_pem.empty() || !options.tls_key_pem.empty()) {
        try {
            tls = TlsContext::server(options.tls_certificate_pem, options.tls_key_pem, options.tls_client_ca_pem);
        } catch (const detail::TlsError& error) {
            throw TransportError{Kind::Configuration, error.what()};
        }
    }
    error_code error;
    const auto address = asio::ip::make_address(options.address, error);
    if (error) {
        throw TransportError{Kind::Configuration, "cannot listen: \"" + options.address + "\" is not an IP address"};
    }
    const tcp::endpoint endpoint{address, options.port};
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address{true}, error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
        throw TransportError{
            Kind::Connect, fmt::format("cannot listen on {}:{}: {}", options.address, options.port, error.message())
        };
    }
    port = acceptor.local_endpoint().port();
}

Async<> HttpServer::Impl::accept() {
    const auto self = shared_from_this();
    while (!is_stopping) {
        bool is_exhausted = false;
        try {
            auto socket = co_await acceptor.async_accept(asio::use_awaitable);
            detail::tune(socket);
            auto client = std::make_shared<Client>(std::move(socket));
            clients.insert(client);
            connections.spawn("http connection", serve(client));
        } catch (const system_error& error) {
            if (is_stopping || error.code() == asio::error::operation_aborted) co_return;
            is_exhausted = error.code() == asio::error::no_descriptors || error.code() == asio::error::no_memory;
        }
        if (is_exhausted) {
            // Connections that end give descriptors back; until then accepting would only spin.
            asio::steady_timer timer{executor, std::chrono::milliseconds{50}};
            co_await timer.async_wait(asio::use_awaitable);
        }
    }
}

void HttpServer::Impl::renew_certificate() {
    const auto renewed = options.renewed_certificate ? options.renewed_certificate() : std::nullopt;
    if (!renewed) return;
    try {
        tls = TlsContext::server(renewed->certificate_pem, renewed->key_pem, options.tls_client_ca_pem);
    } catch (const detail::TlsError& error) {
        if (options.warn) options.warn(fmt::format("{}; the certificate before it stays in use", error.what()));
    }
}

Async<> HttpServer::Impl::serve(std::shared_ptr<Client> client) {
    const auto self = shared_from_this();
    std::exception_ptr failure;
    try {
        co_await serve_requests(client);
    } catch (...) {
        failure = std::current_exception();
    }
    client->stream.close();
    clients.erase(client);
    if (failure) std::rethrow_exception(failure);
}

Async<> HttpServer::Impl::serve_requests(std::shared_ptr<Client> client) {
    if (tls) {
        renew_certificate();
        client->stream.expire_at(steady_clock::now() + options.head_time_limit);
        co_await client->stream.start_tls(tls);
    }
    std::optional<RequestParser> parser;
    while (!is_stopping) {
        client->doing = Client::Doing::Waiting;
        parser.emplace(options.request_body_bytes_max);
        if (!co_await read_request(client, *parser)) co_return;
        client->doing = Client::Doing::Answering;
        if (!co_await answer(client, *parser)) co_return;
    }
}

/// Reads one request; false when the client ends the connection instead, or sends what cannot be answered.
Async<bool> HttpServer::Impl::read_request(std::shared_ptr<Client> client, RequestParser& parser) {
    auto& input = client->input;
    client->stream.expire_at(steady_clock::now() + options.idle_time_limit);
    bool is_begun = false;
    bool is_continued = false;
    for (;;) {
        detail::BeastError error;
        if (parser.advance(input, error)) co_return true;
        if (error) {
            const bool is_too_large = error == detail::beast_http::error::body_limit;
            auto refusal =
                plain_text(is_too_large ? 413 : 400, "the request is not accepted: " + error.message() + "\n");
            co_await send(client, std::move(refusal), false, false);
            co_return false;
        }
        if (!is_continued && parser.is_header_done() &&
            detail::beast_http::token_list{parser.message.header("expect")}.exists("100-continue")) {
            is_continued = true;
            co_await client->stream.write("HTTP/1.1 100 Continue\r\n\r\n");
        }
        if (!is_begun && parser.got_some()) {
            is_begun = true;
            client->doing = Client::Doing::Answering;
            client->stream.expire_at(steady_clock::now() + options.head_time_limit);
        }
        if (co_await client->stream.read_some(input) == 0) co_return false;
    }
}

/// Lets the handler answer; false when the connection ends with it.
Async<bool> HttpServer::Impl::answer(std::shared_ptr<Client> client, RequestParser& parser) {
    client->stream.expire_at(MonotonicTime::max());
    const bool keeps_alive = parser.keep_alive();
    const bool is_head = parser.message.method_name == "HEAD";
    HttpHandler::Answer answer;
    try {
        answer = co_await handler.handle(std::move(parser.message));
    } catch (const system_error& error) {
        if (error.code() == asio::error::operation_aborted) throw;
        answer.response = plain_text(500, std::string{"internal error: "} + error.what() + "\n");
    } catch (const std::exception& error) {
        answer.response = plain_text(500, std::string{"internal error: "} + error.what() + "\n");
    }
    const bool stays = keeps_alive && !is_stopping;
    if (answer.stream && !is_head) co_return co_await answer_stream(client, std::move(answer), stays);
    co_await send(client, std::move(answer.response), stays, is_head);
    co_return stays;
}

Async<> HttpServer::Impl::send(std::shared_ptr<Client> client, HttpResponse response, bool keeps_alive, bool is_head) {
    auto& out = client->output;
    out.clear();
    write_head(response, Framing::ContentLength, keeps_alive, out);
    client->stream.expire_at(steady_clock::now() + options.idle_time_limit);
    // A long body is sent from where it is; a short one rides along with its head.
    const bool is_long = response.body.size() > (32u << 10u);
    if (!is_head && !is_long) out.append(response.body);
    co_await client->stream.write(out);
    if (!is_head && is_long) co_await client->stream.write(response.body);
    if (out.capacity() > (64u << 10u)) std::string{}.swap(out);
}

namespace {

/// Returns when the client is gone. What it sends meanwhile is kept for later (and bounded, since nobody pipelines).
Async<> wait_until_gone(Stream& stream, InputBuffer& input) {
    constexpr std::size_t kPipelinedBytesMax = 64u << 10u;
    try {
        while (input.view().size() < kPipelinedBytesMax && co_await stream.read_some(input) > 0) {
        }
    } catch (const system_error&) {
        co_return;  // Broken, closed by `stop`, or cancelled because the stream has ended.
    } catch (const detail::TlsError&) {
        co_return;
    }
}

/// Runs the stream's body and tells how it ended: `||` waits for a success, so that a failure must not look like one.
Async<std::exception_ptr> run_stream(const std::function<Async<>(ResponseWriter&)>& stream, ResponseWriter& writer) {
    std::exception_ptr failure;
    try {
        co_await stream(writer);
    } catch (...) {
        failure = std::current_exception();
    }
    co_return failure;
}

}  // namespace

/// Sends head and chunks until the stream returns or the client goes, which cancels it.
Async<bool> HttpServer::Impl::answer_stream(
    std::shared_ptr<Client> client, HttpHandler::Answer answer, bool keeps_alive
) {
    using asio::experimental::awaitable_operators::operator||;
    client->doing = Client::Doing::Streaming;
    if (is_stopping) co_return false;
    auto& out = client->output;
    out.clear();
    write_head(answer.response, Framing::Chunked, keeps_alive, out);
    co_await client->stream.write(out);

    ChunkWriter writer{client->stream};
    if (!answer.response.body.empty()) co_await writer.write(std::move(answer.response.body));
    const auto first = co_await (run_stream(answer.stream, writer) || wait_until_gone(client->stream, client->input));
    if (first.index() == 1) co_return false;
    // A stream that failed ends without its last chunk: the client sees that something is missing.
    if (std::get<0>(first)) co_return false;
    co_await client->stream.write("0\r\n\r\n");
    co_return keeps_alive && !is_stopping;
}

void HttpServer::Impl::stop() {
    is_stopping = true;
    error_code ignored;
    acceptor.close(ignored);
    const auto all = clients;
    for (const auto& client : all) {
        if (client->doing != Client::Doing::Answering) client->stream.close();
    }
}

HttpServer::HttpServer(asio::any_io_executor executor, HttpHandler& handler, HttpServerOptions options)
    : impl_{std::make_shared<Impl>(std::move(executor), handler, std::move(options))} {}

HttpServer::~HttpServer() = default;

unsigned short HttpServer::port() const {
    return impl_->acceptor.local_endpoint().port();
}

Async<> HttpServer::serve() {
    const auto impl = impl_;
    std::exception_ptr failure;
    try {
        co_await impl->accept();
        co_await impl->connections.drained();
    } catch (...) {
        failure = std::current_exception();
    }
    if (impl->is_stopping && !failure) co_return;
    // Cancelled: nothing is waited for any more but the ends of the connections' coroutines.
    co_await asio::this_coro::throw_if_cancelled(false);
    impl->stop();
    co_await impl->connections.stop();
    co_await asio::this_coro::throw_if_cancelled(true);
    if (failure) std::rethrow_exception(failure);
}

void HttpServer::stop() {
    impl_->stop();
}

}  // namespace kube
