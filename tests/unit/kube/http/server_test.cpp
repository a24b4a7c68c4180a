#include "kube/http/server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>

#include "http_world.hpp"

namespace kube::test {
namespace {

namespace asio = boost::asio;

/// Sends bytes and returns what comes back until it ends with `until`, or until the server ends the connection.
Async<std::string> converse(HttpWorld& world, std::string bytes, std::string until) {
    asio::ip::tcp::socket socket{world.io};
    const asio::ip::tcp::endpoint endpoint{asio::ip::address_v4::loopback(), world.server.port()};
    co_await socket.async_connect(endpoint, asio::use_awaitable);
    co_await asio::async_write(socket, asio::buffer(bytes), asio::use_awaitable);
    std::string answer;
    try {
        if (until.empty()) {
            co_await asio::async_read(socket, asio::dynamic_buffer(answer), asio::use_awaitable);
        } else {
            co_await asio::async_read_until(socket, asio::dynamic_buffer(answer), until, asio::use_awaitable);
        }
    } catch (const boost::system::system_error& error) {
        if (error.code() != asio::error::eof) throw;
    }
    co_return answer;
}

TEST(HttpServer, says_where_it_cannot_listen) {
    HttpWorld world;
    HttpServerOptions options;
    options.address = "192.0.2.1";
    try {
        HttpServer{world.io.get_executor(), world.answers, options};
        ADD_FAILURE() << "it listens";
    } catch (const TransportError& error) {
        EXPECT_TRUE(std::string{error.what()}.find("cannot listen on 192.0.2.1:0") != std::string::npos)
            << error.what();
    }
}

TEST(HttpServer, answers_what_is_not_http_with_400_and_ends) {
    HttpWorld world;
    const auto answer = world.run(converse(world, "nonsense\r\n\r\n", ""));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
    EXPECT_TRUE(answer.find("connection: close") != std::string::npos) << answer;
}

TEST(HttpServer, answers_a_body_that_is_too_long_with_413) {
    HttpServerOptions options;
    options.request_body_bytes_max = 10;
    HttpWorld world{options};
    const auto answer = world.run(converse(world, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n", ""));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ")) << answer;
    EXPECT_TRUE(world.answers.seen.empty());
}

TEST(HttpServer, answers_head_without_a_body) {
    HttpWorld world;
    const auto answer = world.run(converse(world, "HEAD /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", ""));
    EXPECT_TRUE(answer.find("content-length: 7\r\n") != std::string::npos) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST(HttpServer, hands_methods_without_a_name_of_ours_to_the_handler) {
    HttpWorld world;
    const auto answer = world.run(converse(world, "OPTIONS /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", ""));
    EXPECT_TRUE(answer.ends_with("OPTIONS /x")) << answer;
}

TEST(HttpServer, asks_for_the_body_of_a_client_that_expects_to_be_asked) {
    HttpWorld world;
    const std::string head = "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
    const auto answer = world.run(converse(world, head, "\r\n\r\n"));
    EXPECT_EQ(answer, "HTTP/1.1 100 Continue\r\n\r\n");
}

TEST(HttpServer, ends_the_connection_when_the_client_asks_for_it) {
    HttpWorld world;
    const auto answer = world.run(converse(world, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", ""));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_TRUE(answer.find("connection: close\r\n") != std::string::npos) << answer;
}

TEST(HttpServer, answers_requests_that_come_at_once_one_after_the_other) {
    HttpWorld world;
    const auto answer = world.run(
        converse(world, "GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "")
    );
    EXPECT_LT(answer.find("GET /a"), answer.find("GET /b")) << answer;
}

TEST(HttpServer, drops_a_client_that_is_slow_with_its_head) {
    HttpServerOptions options;
    options.head_time_limit = 30ms;
    HttpWorld world{options};
    EXPECT_EQ(world.run(converse(world, "GET / HT", "never")), "");
}

TEST(HttpServer, drops_a_client_that_is_idle) {
    HttpServerOptions options;
    options.idle_time_limit = 30ms;
    HttpWorld world{options};
    EXPECT_EQ(world.run(converse(world, "", "never")), "");
}

TEST(HttpServer, answers_500_when_the_handler_throws) {
    HttpWorld world;
    world.answers.answer = [](const ServedRequest&) -> HttpHandler::Answer { throw std::runtime_error{"broken"}; };
    HttpsTransport transport{world.pool, world.config()};
    const auto response = world.get(transport, "/");
    EXPECT_EQ(response.status, 500u);
    EXPECT_EQ(response.body, "internal error: broken\n");
}

TEST(HttpServer, stop_ends_idle_and_streaming_connections) {
    HttpWorld world;
    world.answers.answer = [&](const ServedRequest& request) {
        return request.target == "/watch" ? world.answers.streamed(9) : Answers::text(200, "");
    };
    HttpsTransport transport{world.pool, world.config()};
    world.get(transport, "/idle");
    HttpRequest watch;
    watch.target = "/watch";
    const auto stream = world.run(transport.open(watch));
    EXPECT_EQ(world.run(stream->next_chunk()), "piece 0");
    world.server.stop();
    world.run(world.scope.drained());
    EXPECT_EQ(world.answers.streams_ended, 1);
    EXPECT_THROW(world.run(stream->next_chunk()), TransportError);
}

TEST(HttpServer, stop_waits_for_the_request_that_is_being_answered) {
    HttpWorld world;
    HttpsTransport transport{world.pool, world.config()};
    std::string body;
    struct Client {
        static Async<> run(Transport& transport, std::string& body) {
            HttpRequest request;
            request.target = "/hang";
            const auto response = co_await transport.send(request);
            body = response.body;
        }
    };
    Scope clients{world.io.get_executor()};
    clients.spawn("client", Client::run(transport, body));
    world.run_until([&] { return world.answers.seen.size() == 1; });
    world.server.stop();
    EXPECT_EQ(world.scope.running(), 1u);
    world.answers.release.notify_all();
    world.run(world.scope.drained());
    world.run(clients.drained());
    EXPECT_EQ(body, "GET /hang");
    EXPECT_EQ(world.pool.counts().idle, 0u) << "the answer said that the connection ends";
}

TEST(HttpServer, a_failing_stream_is_not_taken_for_a_complete_one) {
    HttpWorld world;
    struct Failing {
        static Async<> stream(ResponseWriter& writer) {
            co_await writer.write("half");
            throw std::runtime_error{"broken"};
        }
    };
    world.answers.answer = [](const ServedRequest&) {
        HttpHandler::Answer answer;
        answer.response.status = 200;
        answer.stream = Failing::stream;
        return answer;
    };
    HttpsTransport transport{world.pool, world.config()};
    EXPECT_THROW(world.get(transport, "/"), TransportError);
}

}  // namespace
}  // namespace kube::test
