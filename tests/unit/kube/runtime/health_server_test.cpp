// The probes over real sockets: the server's own thread answers while the main loop does, or does not, turn.
#include "kube/runtime/health_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

namespace kube {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Read by two threads, moved by the test.
class SharedClock final : public Clock {
public:
    WallTime now() const override { return {}; }
    MonotonicTime monotonic() const override { return time.load(); }
    Async<> sleep_until(MonotonicTime) override { co_return; }
    std::atomic<MonotonicTime> time{MonotonicTime{1h}};
};

struct HealthServerTest : ::testing::Test {
    boost::asio::io_context main_loop;
    SharedClock clock;
    HealthServer server{clock, main_loop.get_executor(), {.host = "127.0.0.1", .port = 0}, 15s};

    void SetUp() override {
        server.start([] { return std::string{"[]"}; });
    }
    std::string get(const std::string& target) const {
        boost::asio::io_context io;
        boost::asio::ip::tcp::socket socket{io};
        socket.connect({boost::asio::ip::make_address("127.0.0.1"), server.port()});
        boost::asio::write(
            socket, boost::asio::buffer("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        );
        std::string response;
        boost::system::error_code ended;
        boost::asio::read(socket, boost::asio::dynamic_buffer(response), ended);
        const std::size_t body = response.find("\r\n\r\n");
        return response.substr(9, 3) + " " + response.substr(body + 4);
    }
};

TEST_F(HealthServerTest, answers_liveness_while_the_loop_turns) {
    for (const char* target : {"/healthz", "/healthz/", "/healthz/healthz"}) EXPECT_EQ(get(target), "200 ok") << target;
    EXPECT_EQ(get("/healthz?verbose"), "200 [+]healthz ok\nhealthz check passed\n");
    EXPECT_THAT(get("/healthz/other"), StartsWith("404 "));
    EXPECT_THAT(get("/healthzz"), StartsWith("404 "));
    EXPECT_THAT(get("/"), StartsWith("404 "));
}

TEST_F(HealthServerTest, tells_a_wedged_loop) {
    clock.time = clock.time.load() + 15s;
    EXPECT_EQ(get("/healthz"), "200 ok");
    clock.time = clock.time.load() + 1s;
    EXPECT_EQ(get("/healthz"), "500 [-]healthz failed: reason withheld\nhealthz check failed\n");
    EXPECT_THAT(get("/healthz/healthz"), StartsWith("500 "));
    EXPECT_EQ(get("/healthz?exclude=healthz"), "200 ok");
    EXPECT_EQ(get("/healthz?verbose&exclude=healthz"), "200 [+]healthz excluded: ok\nhealthz check passed\n");
    server.beat();
    EXPECT_EQ(get("/healthz"), "200 ok");
}

TEST_F(HealthServerTest, is_ready_when_told_so) {
    EXPECT_THAT(get("/readyz"), StartsWith("500 "));
    server.set_ready("");
    for (const char* target : {"/readyz", "/readyz/", "/readyz/readyz"}) EXPECT_EQ(get(target), "200 ok") << target;
    server.set_ready("Widget is not listed yet");
    EXPECT_THAT(get("/readyz/readyz"), StartsWith("500 "));
}

TEST_F(HealthServerTest, says_why_it_is_not_ready_to_those_who_ask) {
    server.set_ready("Widget is not listed yet");
    EXPECT_EQ(get("/readyz?verbose"), "500 [-]readyz failed: Widget is not listed yet\nreadyz check failed\n");
    EXPECT_EQ(get("/readyz"), "500 [-]readyz failed: reason withheld\nreadyz check failed\n");
}

TEST_F(HealthServerTest, says_when_the_main_loop_does_not_answer) {
    EXPECT_EQ(get("/debug/controllers"), "503 the main loop does not answer\n");
}

TEST_F(HealthServerTest, has_no_barrier_unless_it_is_switched_on) {
    EXPECT_THAT(get("/debug/barrier"), StartsWith("404 "));
}

struct BarrierServerTest : HealthServerTest {
    void SetUp() override {
        server.serve_barrier([this](const std::string& query, HealthServer::Reply reply) {
            asked.push_back(query);
            replies.push_back(std::move(reply));
        });
        HealthServerTest::SetUp();
    }
    std::vector<std::string> asked;
    std::vector<HealthServer::Reply> replies;
};

TEST_F(BarrierServerTest, holds_the_connection_until_the_main_loop_replies_and_answers_others_meanwhile) {
    std::future<std::string> answer = std::async(std::launch::async, [this] { return get("/debug/barrier?kind=A"); });
    while (replies.empty()) {
        main_loop.restart();
        main_loop.run_one_for(10ms);
    }
    EXPECT_EQ(asked.at(0), "kind=A");
    EXPECT_EQ(get("/healthz"), "200 ok");
    EXPECT_EQ(answer.wait_for(0s), std::future_status::timeout) << "it answered before it was told what";
    replies[0](200, "{}");
    EXPECT_EQ(answer.get(), "200 {}\n");
}

TEST_F(BarrierServerTest, gives_up_questions_when_it_stops) {
    std::future<std::string> answer = std::async(std::launch::async, [this] { return get("/debug/barrier"); });
    while (replies.empty()) {
        main_loop.restart();
        main_loop.run_one_for(10ms);
    }
    server.stop();
    EXPECT_EQ(answer.get(), "503 the main loop does not answer\n");
}

}  // namespace
}  // namespace kube
