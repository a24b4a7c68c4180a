// A loop with a server, a pool and whatever else the tests of this room need. No test shares its world.
#pragma once

#include <deque>
#include <functional>
#include <optional>

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "kube/async/scope.hpp"
#include "kube/async/signal.hpp"
#include "kube/async/system_clock.hpp"
#include "kube/http/certificates.hpp"
#include "kube/http/connection_pool.hpp"
#include "kube/http/https_transport.hpp"
#include "kube/http/server.hpp"

namespace kube::test {

using namespace std::chrono_literals;

/// Answers with what a function says; "/hang" is answered when `release` is notified.
class Answers final : public HttpHandler {
public:
    explicit Answers(boost::asio::any_io_executor executor) : release{std::move(executor)} {}

    using Function = std::function<Answer(const ServedRequest&)>;
    Function answer = [](const ServedRequest& request) {
        return text(200, request.method_name + " " + request.target);
    };
    Signal release;
    std::vector<ServedRequest> seen;
    int streams_ended = 0;

    static Answer text(unsigned status, std::string body) {
        Answer made;
        made.response.status = status;
        made.response.headers.push_back({"content-type", "text/plain"});
        made.response.body = std::move(body);
        return made;
    }

    [[nodiscard]] Async<Answer> handle(ServedRequest request) override {
        seen.push_back(request);
        if (request.target == "/hang") co_await release.wait();
        co_return answer(request);
    }

    /// Sends "piece 0", "piece 1", … one with each `release`.
    Async<> stream_pieces(ResponseWriter& writer, int count) {
        struct Ended {
            int& counter;
            ~Ended() { ++counter; }
        } ended{streams_ended};
        for (int i = 0; i < count; ++i) {
            co_await writer.write("piece " + std::to_string(i));
            co_await release.wait();
        }
    }
    Answer streamed(int count) {
        Answer made;
        made.response.status = 200;
        made.stream = [this, count](ResponseWriter& writer) { return stream_pieces(writer, count); };
        return made;
    }
};

struct HttpWorld {
    explicit HttpWorld(HttpServerOptions options = {}, ConnectionPoolOptions pool_options = {})
        : pool{io.get_executor(), clock, pool_options}, server{io.get_executor(), answers, std::move(options)} {
        scope.spawn("server", server.serve());
    }
    ~HttpWorld() {
        pool.close_idle();
        if (scope.running() > 0) run(scope.stop());
    }
    HttpWorld(const HttpWorld&) = delete;
    HttpWorld& operator=(const HttpWorld&) = delete;

    boost::asio::io_context io;
    SystemClock clock{io.get_executor()};
    Answers answers{io.get_executor()};
    ConnectionPool pool;
    HttpServer server;
    Scope scope{io.get_executor()};

    [[nodiscard]] TransportConfig config(std::string scheme = "http", std::string host = "127.0.0.1") const {
        TransportConfig made;
        made.origin = scheme + "://" + host + ":" + std::to_string(server.port());
        made.proxy_settings = std::nullopt;
        return made;
    }

    /// Runs the loop until `is_true`, for at most 20 s.
    void run_until(const std::function<bool()>& is_true) {
        const auto limit = std::chrono::steady_clock::now() + 20s;
        io.restart();
        while (!is_true()) {
            if (std::chrono::steady_clock::now() > limit) {
                ADD_FAILURE() << "what the test waits for did not happen within 20 s";
                return;
            }
            io.run_one_for(100ms);
            if (io.stopped()) io.restart();
        }
    }

    /// Runs one coroutine to its end; its exception is thrown here.
    template <class T>
    T run(Async<T> work) {
        std::exception_ptr failure;
        bool is_done = false;
        if constexpr (std::is_void_v<T>) {
            boost::asio::co_spawn(io, std::move(work), [&](std::exception_ptr thrown) {
                failure = std::move(thrown);
                is_done = true;
            });
            run_until([&] { return is_done; });
            if (failure) std::rethrow_exception(failure);
        } else {
            std::optional<T> value;
            boost::asio::co_spawn(io, std::move(work), [&](std::exception_ptr thrown, T returned) {
                failure = std::move(thrown);
                value.emplace(std::move(returned));
                is_done = true;
            });
            run_until([&] { return is_done; });
            if (failure) std::rethrow_exception(failure);
            return std::move(value).value();
        }
    }

    HttpResponse send(Transport& transport, HttpRequest request) { return run(transport.send(std::move(request))); }
    HttpResponse get(Transport& transport, std::string target) {
        HttpRequest request;
        request.target = std::move(target);
        return send(transport, std::move(request));
    }
};

/// A server that does what a real one should not: it plays a list of answers, byte by byte as they stand.
class RawServer {
public:
    struct Reply {
        std::string bytes;
        /// Ends the connection after the bytes.
        bool closes = false;
    };
    explicit RawServer(boost::asio::io_context& io) : acceptor_{io, {boost::asio::ip::address_v4::loopback(), 0}} {}
    [[nodiscard]] unsigned short port() const { return acceptor_.local_endpoint().port(); }
    [[nodiscard]] Async<> serve();

    /// Answers to the requests, in the order in which they come, on whichever connection.
    std::deque<Reply> replies;
    std::vector<std::string> requests;
    int connections = 0;

private:
    boost::asio::ip::tcp::acceptor acceptor_;
};

}  // namespace kube::test
