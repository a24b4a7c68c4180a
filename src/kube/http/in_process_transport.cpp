#include <deque>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include "kube/async/signal.hpp"
#include "kube/http/detail/bounded.hpp"
#include "kube/http/server.hpp"

namespace kube {

namespace asio = boost::asio;

namespace {

ServedRequest served(HttpRequest request) {
    ServedRequest as_served;
    as_served.method = request.method;
    as_served.method_name = to_string(request.method);
    as_served.target = std::move(request.target);
    for (auto& header : request.headers) {
        for (auto& c : header.name) {
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        }
        as_served.headers.push_back(std::move(header));
    }
    if (!request.accept.empty()) as_served.headers.push_back({"accept", std::move(request.accept)});
    if (!request.content_type.empty()) as_served.headers.push_back({"content-type", std::move(request.content_type)});
    as_served.body = std::move(request.body);
    return as_served;
}

/// The two ends of a stream in memory. The writer waits while the reader is behind, as a socket would make it.
struct Pipe {
    static constexpr std::size_t kPiecesMax = 64;

    explicit Pipe(const asio::any_io_executor& executor) : changed{executor} {}

    Signal changed;
    std::deque<std::string> pieces;
    HttpHandler::Answer answer;
    asio::cancellation_signal cancel;
    bool is_ended = false;
    std::exception_ptr failure;
};

class PipeWriter final : public ResponseWriter {
public:
    explicit PipeWriter(std::shared_ptr<Pipe> pipe) : pipe_{std::move(pipe)} {}
    [[nodiscard]] Async<> write(std::string chunk) override {
        if (chunk.empty()) co_return;
        while (pipe_->pieces.size() >= Pipe::kPiecesMax) co_await pipe_->changed.wait();
        pipe_->pieces.push_back(std::move(chunk));
        pipe_->changed.notify_all();
    }

private:
    std::shared_ptr<Pipe> pipe_;
};

Async<> run_stream(std::shared_ptr<Pipe> pipe) {
    PipeWriter writer{pipe};
    co_await pipe->answer.stream(writer);
}

class PipeStream final : public HttpStream {
public:
    PipeStream(std::shared_ptr<Pipe> pipe, unsigned status) : pipe_{std::move(pipe)}, status_{status} {}
    ~PipeStream() override {
        if (!pipe_->is_ended) pipe_->cancel.emit(asio::cancellation_type::terminal);
    }
    PipeStream(const PipeStream&) = delete;
    PipeStream& operator=(const PipeStream&) = delete;

    [[nodiscard]] Pipe& pipe() { return *pipe_; }
    [[nodiscard]] unsigned status() const override { return status_; }
    [[nodiscard]] Async<std::optional<std::string>> next_chunk() override {
        const auto pipe = pipe_;
        while (pipe->pieces.empty() && !pipe->is_ended) co_await pipe->changed.wait();
        if (!pipe->pieces.empty()) {
            auto piece = std::move(pipe->pieces.front());
            pipe->pieces.pop_front();
            pipe->changed.notify_all();
            co_return piece;
        }
        if (pipe->failure) throw TransportError{TransportError::Kind::Broken, "the stream ended with a failure"};
        co_return std::nullopt;
    }

private:
    std::shared_ptr<Pipe> pipe_;
    unsigned status_;
};

}  // namespace

struct InProcessTransport::Impl {
    asio::any_io_executor executor;
    HttpHandler& handler;
    Clock* clock = nullptr;

    [[nodiscard]] Async<std::unique_ptr<PipeStream>> start(HttpRequest request);
    [[nodiscard]] Async<HttpResponse> exchange(HttpRequest request);
};

InProcessTransport::InProcessTransport(asio::any_io_executor executor, HttpHandler& handler)
    : impl_{std::make_unique<Impl>(std::move(executor), handler)} {}

InProcessTransport::InProcessTransport(asio::any_io_executor executor, HttpHandler& handler, Clock& clock)
    : impl_{std::make_unique<Impl>(std::move(executor), handler, &clock)} {}

InProcessTransport::~InProcessTransport() = default;

Async<HttpResponse> InProcessTransport::send(HttpRequest request) {
    if (impl_->clock == nullptr) co_return co_await impl_->exchange(std::move(request));
    using asio::experimental::awaitable_operators::operator||;
    const auto limit = request.time_limit;
    auto first =
        co_await (detail::keep_exception(impl_->exchange(std::move(request))) || impl_->clock->sleep_for(limit));
    if (first.index() == 1) {
        throw TransportError{TransportError::Kind::TimeLimit, fmt::format("no answer within {} ms", limit.count())};
    }
    auto& outcome = std::get<0>(first);
    if (outcome.failure) std::rethrow_exception(outcome.failure);
    co_return std::move(*outcome.value);
}

Async<HttpResponse> InProcessTransport::Impl::exchange(HttpRequest request) {
    const auto bytes_max = request.response_body_bytes_max;
    const auto stream = co_await start(std::move(request));
    HttpResponse response = std::move(stream->pipe().answer.response);
    while (auto chunk = co_await stream->next_chunk()) {
        response.body += *chunk;
        if (response.body.size() > bytes_max) {
            throw TransportError{
                TransportError::Kind::TooLarge, fmt::format("the response is longer than {} bytes", bytes_max)
            };
        }
    }
    co_return response;
}

Async<std::unique_ptr<HttpStream>> InProcessTransport::open(HttpRequest request) {
    co_return co_await impl_->start(std::move(request));
}

Async<std::unique_ptr<PipeStream>> InProcessTransport::Impl::start(HttpRequest request) {
    auto pipe = std::make_shared<Pipe>(executor);
    pipe->answer = co_await handler.handle(served(std::move(request)));
    auto stream = std::make_unique<PipeStream>(pipe, pipe->answer.response.status);
    if (auto& body = pipe->answer.response.body; !body.empty()) pipe->pieces.push_back(std::exchange(body, {}));
    if (!pipe->answer.stream) {
        pipe->is_ended = true;
        co_return stream;
    }
    asio::co_spawn(
        executor,
        run_stream(pipe),
        asio::bind_cancellation_slot(
            pipe->cancel.slot(),
            [pipe](std::exception_ptr failure) {
                pipe->is_ended = true;
                pipe->failure = std::move(failure);
                pipe->changed.notify_all();
            }
        )
    );
    co_return stream;
}

}  // namespace kube
