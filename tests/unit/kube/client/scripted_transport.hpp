// A transport that plays the server's part from a script, and keeps what it was sent.
#pragma once

#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "kube/http/transport.hpp"
#include "kube/json/json.hpp"

namespace kube::testing {

class ScriptedStream final : public HttpStream {
public:
    ScriptedStream(unsigned status, std::deque<std::string> chunks) : status_{status}, chunks_{std::move(chunks)} {}
    unsigned status() const override { return status_; }
    Async<std::optional<std::string>> next_chunk() override {
        if (chunks_.empty()) co_return std::nullopt;
        std::string chunk = std::move(chunks_.front());
        chunks_.pop_front();
        co_return chunk;
    }

private:
    unsigned status_;
    std::deque<std::string> chunks_;
};

class ScriptedTransport final : public Transport {
public:
    void answer(unsigned status, std::string body) { answers_.push_back({.status = status, .body = std::move(body)}); }
    void stream(unsigned status, std::deque<std::string> chunks) { streams_.push_back({status, std::move(chunks)}); }

    Async<HttpResponse> send(HttpRequest request) override {
        sent.push_back(std::move(request));
        if (answers_.empty()) throw TransportError{TransportError::Kind::Broken, "the script has no further answer"};
        HttpResponse response = std::move(answers_.front());
        answers_.pop_front();
        co_return response;
    }
    Async<std::unique_ptr<HttpStream>> open(HttpRequest request) override {
        sent.push_back(std::move(request));
        if (streams_.empty()) throw TransportError{TransportError::Kind::Broken, "the script has no further stream"};
        auto [status, chunks] = std::move(streams_.front());
        streams_.pop_front();
        co_return std::make_unique<ScriptedStream>(status, std::move(chunks));
    }

    std::vector<HttpRequest> sent;

private:
    std::deque<HttpResponse> answers_;
    std::deque<std::pair<unsigned, std::deque<std::string>>> streams_;
};

namespace detail {
template <class T>
Async<> store(Async<T> work, std::optional<T>* result) {
    result->emplace(co_await std::move(work));
}
}  // namespace detail

/// Runs one coroutine to its end on a loop of its own.
template <class T>
T run(Async<T> work) {
    boost::asio::io_context loop;
    std::optional<T> result;
    std::exception_ptr failure;
    boost::asio::co_spawn(loop, detail::store(std::move(work), &result), [&](std::exception_ptr error) {
        failure = error;
    });
    loop.run();
    if (failure) std::rethrow_exception(failure);
    return std::move(result.value());
}

}  // namespace kube::testing
