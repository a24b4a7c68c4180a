#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/system/system_error.hpp>

#include "http_world.hpp"
#include "kube/async/manual_clock.hpp"
#include "kube/http/detail/stream.hpp"

namespace kube::test {
namespace {

HttpRequest watch() {
    HttpRequest request;
    request.target = "/watch";
    return request;
}

struct StreamWorld : HttpWorld {
    HttpsTransport over_sockets{pool, config()};
    InProcessTransport in_memory{io.get_executor(), answers};
    StreamWorld() {
        answers.answer = [this](const ServedRequest& request) {
            return request.target == "/watch" ? answers.streamed(3) : Answers::text(410, "gone");
        };
    }
};

/// Each behaviour holds over sockets and in memory.
class Streams : public testing::TestWithParam<std::string> {
protected:
    StreamWorld world;
    Transport& transport() {
        if (GetParam() == "sockets") return world.over_sockets;
        return world.in_memory;
    }
};

TEST_P(Streams, hand_out_each_piece_as_it_comes) {
    const auto stream = world.run(transport().open(watch()));
    EXPECT_EQ(stream->status(), 200u);
    std::string text;
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(world.run(stream->next_chunk()), "piece " + std::to_string(i));
        world.answers.release.notify_all();
    }
    EXPECT_EQ(world.run(stream->next_chunk()), std::nullopt);
    EXPECT_EQ(world.run(stream->next_chunk()), std::nullopt) << "an ended stream stays ended";
}

TEST_P(Streams, end_their_source_when_they_are_dropped) {
    {
        const auto stream = world.run(transport().open(watch()));
        EXPECT_EQ(world.run(stream->next_chunk()), "piece 0");
        EXPECT_EQ(world.answers.streams_ended, 0);
    }
    world.run_until([&] { return world.answers.streams_ended == 1; });
}

TEST_P(Streams, wait_without_a_time_limit_once_the_head_has_come) {
    auto request = watch();
    request.time_limit = 1s;  // enough for the head on a slow machine, and exceeded before the next piece
    const auto later = std::chrono::steady_clock::now() + 1100ms;
    const auto stream = world.run(transport().open(request));
    EXPECT_EQ(world.run(stream->next_chunk()), "piece 0");
    world.run_until([&] { return std::chrono::steady_clock::now() > later; });
    world.answers.release.notify_all();
    EXPECT_EQ(world.run(stream->next_chunk()), "piece 1");
}

TEST_P(Streams, end_a_waiting_reader_that_is_cancelled) {
    const auto stream = world.run(transport().open(watch()));
    EXPECT_EQ(world.run(stream->next_chunk()), "piece 0");
    Scope readers{world.io.get_executor()};
    struct Reader {
        static Async<> run(HttpStream& stream, bool& is_started) {
            is_started = true;
            co_await stream.next_chunk();
        }
    };
    bool is_started = false;
    readers.spawn("reader", Reader::run(*stream, is_started));
    world.run_until([&] { return is_started; });
    world.run(readers.stop());
    EXPECT_EQ(readers.running(), 0u);
}

TEST_P(Streams, give_the_body_of_an_error) {
    auto request = watch();
    request.target = "/old";
    const auto stream = world.run(transport().open(request));
    EXPECT_EQ(stream->status(), 410u);
    EXPECT_EQ(world.run(stream->next_chunk()), "gone");
    EXPECT_EQ(world.run(stream->next_chunk()), std::nullopt);
}

TEST_P(Streams, can_be_collected_by_send) {
    Scope releaser{world.io.get_executor()};
    world.answers.answer = [this](const ServedRequest&) { return world.answers.streamed(1); };
    struct Sender {
        static Async<> run(Transport& transport, std::string& body) {
            const auto response = co_await transport.send(watch());
            body = response.body;
        }
    };
    std::string body;
    world.scope.spawn("sender", Sender::run(transport(), body));
    world.run_until([&] {
        world.answers.release.notify_all();
        return !body.empty();
    });
    EXPECT_EQ(body, "piece 0");
}

INSTANTIATE_TEST_SUITE_P(Over, Streams, testing::Values("sockets", "memory"), [](const auto& info) {
    return info.param;
});

TEST(InProcessTransport, honours_the_time_limit_in_the_time_of_its_clock) {
    HttpWorld world;
    ManualClock virtual_clock{world.io.get_executor()};
    InProcessTransport transport{world.io.get_executor(), world.answers, virtual_clock};
    struct Client {
        static Async<> run(Transport& transport, std::optional<TransportError::Kind>& outcome) {
            HttpRequest request;
            request.target = "/hang";
            request.time_limit = 30s;
            try {
                co_await transport.send(request);
            } catch (const TransportError& error) {
                outcome = error.kind();
            }
        }
    };
    std::optional<TransportError::Kind> outcome;
    world.scope.spawn("client", Client::run(transport, outcome));
    world.run_until([&] { return virtual_clock.next_due().has_value(); });
    virtual_clock.advance_by(30s);
    world.run_until([&] { return outcome.has_value(); });
    EXPECT_EQ(outcome, TransportError::Kind::TimeLimit);
}

TEST(HttpStream, its_connection_is_kept_when_it_ended_in_order) {
    StreamWorld world;
    world.answers.answer = [](const ServedRequest&) { return Answers::text(410, "gone"); };
    const auto stream = world.run(world.over_sockets.open(watch()));
    EXPECT_EQ(world.run(stream->next_chunk()), "gone");
    EXPECT_EQ(world.run(stream->next_chunk()), std::nullopt);
    EXPECT_EQ(world.pool.counts().idle, 1u);
}

TEST(HttpStream, a_broken_one_is_told_from_one_that_ended) {
    HttpWorld world;
    RawServer raw{world.io};
    raw.replies = {{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", true}};
    world.scope.spawn("raw", raw.serve());
    auto config = world.config();
    config.origin = "http://127.0.0.1:" + std::to_string(raw.port());
    HttpsTransport transport{world.pool, config};
    const auto stream = world.run(transport.open(watch()));
    EXPECT_EQ(world.run(stream->next_chunk()), "hello");
    EXPECT_THROW(world.run(stream->next_chunk()), TransportError);
}

TEST(HttpStream, a_refusal_whose_body_does_not_come_ends_at_the_time_limit) {
    HttpWorld world;
    RawServer raw{world.io};
    raw.replies = {{"HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\n"}};
    world.scope.spawn("raw", raw.serve());
    auto config = world.config();
    config.origin = "http://127.0.0.1:" + std::to_string(raw.port());
    HttpsTransport transport{world.pool, config};
    auto request = watch();
    request.time_limit = 1s;  // enough for the head on a slow machine
    const auto stream = world.run(transport.open(request));
    EXPECT_EQ(stream->status(), 403u);
    std::optional<TransportError::Kind> ended_with;
    try {
        static_cast<void>(world.run(stream->next_chunk()));
    } catch (const TransportError& error) {
        ended_with = error.kind();
    }
    EXPECT_EQ(ended_with, TransportError::Kind::TimeLimit);
    world.run(world.scope.stop());
}

TEST(Socket, gives_a_peer_up_that_acknowledges_nothing_for_fifteen_seconds) {
    boost::asio::io_context io;
    boost::asio::ip::tcp::socket socket{io, boost::asio::ip::tcp::v4()};
    kube::detail::tune(socket);
    int milliseconds = 0;
    socklen_t size = sizeof milliseconds;
    ASSERT_EQ(::getsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, &size), 0);
    EXPECT_EQ(milliseconds, 15'000);
}

}  // namespace
}  // namespace kube::test
