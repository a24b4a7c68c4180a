#include "kube/http/https_transport.hpp"

#include <boost/system/system_error.hpp>

#include "http_world.hpp"
#include "kube/async/manual_clock.hpp"

namespace kube::test {
namespace {

/// What a send ends with, as text: the body, or the error's kind and words.
struct Ending {
    std::optional<TransportError::Kind> kind;
    std::string text;
};

Ending ending_of(HttpWorld& world, Transport& transport, HttpRequest request) {
    try {
        return {std::nullopt, world.send(transport, std::move(request)).body};
    } catch (const TransportError& error) {
        return {error.kind(), error.what()};
    }
}

HttpRequest request_to(std::string target, HttpMethod method = HttpMethod::Get) {
    HttpRequest request;
    request.method = method;
    request.target = std::move(target);
    return request;
}

struct RawWorld : HttpWorld {
    RawServer raw{io};
    std::unique_ptr<HttpsTransport> transport;
    RawWorld() {
        scope.spawn("raw", raw.serve());
        auto to_raw = config();
        to_raw.origin = "http://127.0.0.1:" + std::to_string(raw.port());
        transport = std::make_unique<HttpsTransport>(pool, to_raw);
    }
    Ending ending(HttpRequest request) { return ending_of(*this, *transport, std::move(request)); }
};

TEST(HttpsTransport, sends_a_request_and_returns_the_response) {
    HttpWorld world;
    HttpsTransport transport{world.pool, world.config()};
    auto request = request_to("/api/v1/pods?limit=5", HttpMethod::Post);
    request.content_type = "application/json";
    request.body = R"({"a":1})";
    request.headers = {{"X-Extra", "yes"}};
    const auto response = world.send(transport, request);
    EXPECT_EQ(response.status, 200u);
    EXPECT_EQ(response.body, "POST /api/v1/pods?limit=5");
    EXPECT_EQ(response.header("content-type"), "text/plain");
    ASSERT_EQ(world.answers.seen.size(), 1u);
    const auto& seen = world.answers.seen[0];
    EXPECT_EQ(seen.body, R"({"a":1})");
    EXPECT_EQ(seen.header("content-type"), "application/json");
    EXPECT_EQ(seen.header("accept"), "application/json");
    EXPECT_EQ(seen.header("x-extra"), "yes");
    EXPECT_EQ(seen.header("user-agent"), "kube-cpp");
    EXPECT_EQ(seen.header("host"), "127.0.0.1:" + std::to_string(world.server.port()));
}

TEST(HttpsTransport, puts_the_origins_path_before_the_target) {
    HttpWorld world;
    auto config = world.config();
    config.origin += "/k8s/clusters/c-1/";
    HttpsTransport transport{world.pool, config};
    EXPECT_EQ(world.get(transport, "/api").body, "GET /k8s/clusters/c-1/api");
}

TEST(HttpsTransport, uses_a_connection_again) {
    HttpWorld world;
    HttpsTransport transport{world.pool, world.config()};
    for (int i = 0; i < 5; ++i) world.get(transport, "/");
    EXPECT_EQ(world.pool.counts().opened, 1u);
    EXPECT_EQ(world.pool.counts().reused, 4u);
}

TEST(HttpsTransport, transports_to_one_plain_server_share_connections) {
    HttpWorld world;
    HttpsTransport one{world.pool, world.config()};
    HttpsTransport other{world.pool, world.config()};
    world.get(one, "/");
    world.get(other, "/");
    EXPECT_EQ(world.pool.counts().opened, 1u);
}

TEST(HttpsTransport, carries_bodies_of_any_size) {
    HttpWorld world;
    world.answers.answer = [](const ServedRequest& request) { return Answers::text(200, request.body); };
    HttpsTransport transport{world.pool, world.config()};
    for (const std::size_t size : {0u, 1u, 1000u, 16'384u, 100'000u, 3'000'000u}) {
        SCOPED_TRACE(size);
        auto request = request_to("/", HttpMethod::Put);
        for (std::size_t i = 0; i < size; ++i) request.body.push_back(static_cast<char>('a' + i % 26));
        EXPECT_EQ(world.send(transport, request).body, request.body);
    }
    EXPECT_EQ(world.pool.counts().opened, 1u);
}

TEST(HttpsTransport, reads_every_framing_of_a_body) {
    struct Case {
        std::string behaviour;
        RawServer::Reply reply;
        std::string body;
    };
    const std::vector<Case> cases{
        {"content length", {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"}, "hello"},
        {"chunks", {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"}, "hello"},
        {"until the connection ends", {"HTTP/1.1 200 OK\r\n\r\nhello", true}, "hello"},
        {"an interim answer first",
         {"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"},
         "ok"},
        {"HTTP/1.0", {"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", true}, "ok"},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.behaviour);
        RawWorld world;
        world.raw.replies = {c.reply};
        EXPECT_EQ(world.ending(request_to("/")).text, c.body);
    }
}

TEST(HttpsTransport, refuses_what_is_not_a_response) {
    struct Case {
        std::string behaviour;
        RawServer::Reply reply;
        std::string words;
    };
    const std::vector<Case> cases{
        {"garbage", {"SSH-2.0-OpenSSH_9.2\r\n\r\n"}, "not HTTP/1.1"},
        {"no answer", {"", true}, "without an answer"},
        {"half an answer", {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", true}, "middle of the answer"},
        {"half a chunk",
         {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello", true},
         "middle of the answer"},
        {"two lengths", {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"}, "not HTTP/1.1"},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.behaviour);
        RawWorld world;
        world.raw.replies = {c.reply};
        const auto ending = world.ending(request_to("/"));
        EXPECT_EQ(ending.kind, TransportError::Kind::Broken);
        EXPECT_TRUE(ending.text.find(c.words) != std::string::npos) << ending.text;
    }
}

TEST(HttpsTransport, repeats_a_request_whose_kept_connection_turns_out_dead_only_when_that_is_safe) {
    struct Case {
        std::string behaviour;
        HttpMethod method;
        Repeat repeat;
        bool is_repeated;
    };
    const std::vector<Case> cases{
        {"a GET", HttpMethod::Get, Repeat::Never, true},
        {"a POST", HttpMethod::Post, Repeat::Never, false},
        {"a PATCH whose precondition makes it safe", HttpMethod::Patch, Repeat::WhenSafe, true},
        {"a DELETE", HttpMethod::Delete, Repeat::Never, false},
    };
    const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    for (const auto& c : cases) {
        SCOPED_TRACE(c.behaviour);
        RawWorld world;
        world.raw.replies = {{ok}, {"", true}, {ok}};
        EXPECT_EQ(world.ending(request_to("/first")).text, "ok");
        auto request = request_to("/second", c.method);
        request.repeat = c.repeat;
        const auto ending = world.ending(request);
        EXPECT_EQ(world.pool.counts().reused, 1u) << "the second request must begin on the kept connection";
        EXPECT_EQ(ending.text == "ok", c.is_repeated) << ending.text;
        EXPECT_EQ(world.raw.requests.size(), c.is_repeated ? 3u : 2u);
    }
}

TEST(HttpsTransport, does_not_use_a_kept_connection_that_the_server_has_closed) {
    RawWorld world;
    world.raw.replies = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", true}, {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"}
    };
    EXPECT_EQ(world.ending(request_to("/", HttpMethod::Post)).text, "ok");
    EXPECT_EQ(world.pool.counts().idle, 1u);
    EXPECT_EQ(world.ending(request_to("/", HttpMethod::Post)).text, "ok");
    EXPECT_EQ(world.raw.connections, 2);
    EXPECT_EQ(world.pool.counts().reused, 0u);
}

TEST(HttpsTransport, honours_the_time_limit_in_each_phase) {
    HttpWorld world;
    HttpsTransport transport{world.pool, world.config()};
    auto request = request_to("/hang");
    request.time_limit = 1s;  // enough to connect on a slow machine
    const auto ending = ending_of(world, transport, request);
    EXPECT_EQ(ending.kind, TransportError::Kind::TimeLimit);
    EXPECT_TRUE(
        ending.text.find("GET /hang: the time limit of 1000 ms passed while waiting for the response") !=
        std::string::npos
    ) << ending.text;
    EXPECT_EQ(world.pool.counts().idle, 0u) << "a connection with a late answer is not used again";
    world.answers.release.notify_all();
}

TEST(HttpsTransport, the_time_limit_covers_the_body) {
    RawWorld world;
    world.raw.replies = {{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"}};
    auto request = request_to("/");
    request.time_limit = 1s;  // enough for the head on a slow machine
    const auto ending = world.ending(request);
    EXPECT_EQ(ending.kind, TransportError::Kind::TimeLimit);
    EXPECT_TRUE(ending.text.find("receiving the response") != std::string::npos) << ending.text;
}

TEST(HttpsTransport, bounds_the_requests_in_flight) {
    HttpWorld world;
    auto config = world.config();
    config.requests_in_flight_max = 2;
    HttpsTransport transport{world.pool, config};
    std::vector<std::string> bodies;
    struct Client {
        static Async<> run(Transport& transport, std::vector<std::string>& bodies) {
            const auto response = co_await transport.send(request_to("/hang"));
            bodies.push_back(response.body);
        }
    };
    for (int i = 0; i < 5; ++i) world.scope.spawn("client", Client::run(transport, bodies));
    world.run_until([&] { return world.answers.seen.size() == 2; });
    auto late = request_to("/late");
    late.time_limit = 30ms;
    const auto ending = ending_of(world, transport, late);
    EXPECT_EQ(ending.kind, TransportError::Kind::TimeLimit);
    EXPECT_TRUE(ending.text.find("waiting for other requests") != std::string::npos) << ending.text;
    EXPECT_EQ(world.answers.seen.size(), 2u);
    world.run_until([&] {
        world.answers.release.notify_all();
        return bodies.size() == 5;
    });
    EXPECT_LE(world.pool.counts().opened, 2u);
}

TEST(HttpsTransport, a_cancelled_request_ends_at_once) {
    HttpWorld world;
    HttpsTransport transport{world.pool, world.config()};
    Scope clients{world.io.get_executor()};
    struct Client {
        static Async<> run(Transport& transport) { co_await transport.send(request_to("/hang")); }
    };
    clients.spawn("client", Client::run(transport));
    world.run_until([&] { return world.answers.seen.size() == 1; });
    world.run(clients.stop());
    EXPECT_EQ(clients.running(), 0u);
    EXPECT_EQ(world.pool.counts().idle, 0u);
    world.answers.release.notify_all();
    EXPECT_EQ(world.get(transport, "/after").body, "GET /after");
}

TEST(HttpsTransport, refuses_a_response_that_is_too_long) {
    HttpWorld world;
    world.answers.answer = [](const ServedRequest&) { return Answers::text(200, std::string(1001, 'x')); };
    HttpsTransport transport{world.pool, world.config()};
    auto request = request_to("/");
    request.response_body_bytes_max = 1000;
    const auto ending = ending_of(world, transport, request);
    EXPECT_EQ(ending.kind, TransportError::Kind::TooLarge);
    EXPECT_TRUE(ending.text.find("longer than 1000 bytes") != std::string::npos) << ending.text;
}

TEST(HttpsTransport, says_where_nothing_listens) {
    HttpWorld world;
    auto config = world.config();
    config.origin = "https://127.0.0.1:1";
    HttpsTransport transport{world.pool, config};
    const auto ending = ending_of(world, transport, request_to("/"));
    EXPECT_EQ(ending.kind, TransportError::Kind::Connect);
    EXPECT_EQ(
        ending.text, "https://127.0.0.1:1: Connection refused: check that the server runs and that the address is right"
    );
}

TEST(HttpsTransport, finds_a_server_by_its_name) {
    HttpWorld world;
    HttpsTransport transport{world.pool, world.config("http", "localhost")};
    EXPECT_EQ(world.get(transport, "/").status, 200u);
}

TEST(HttpsTransport, refuses_line_breaks_that_would_make_another_header) {
    HttpWorld world;
    HttpsTransport transport{world.pool, world.config()};
    auto request = request_to("/");
    request.headers = {{"X-A", "a\r\nX-B: b"}};
    EXPECT_EQ(ending_of(world, transport, request).kind, TransportError::Kind::Configuration);
    EXPECT_EQ(ending_of(world, transport, request_to("/\r\nX: y")).kind, TransportError::Kind::Configuration);
}

/// A world whose waits between tries happen in virtual time.
struct RetryWorld : HttpWorld {
    ManualClock virtual_clock{io.get_executor()};
    ConnectionPool patient_pool{io.get_executor(), virtual_clock};
    std::optional<HttpResponse> response;

    Async<> client(Transport& transport, HttpRequest request) {
        response = co_await transport.send(std::move(request));
    }
};

TEST(HttpsTransport, waits_as_long_as_the_server_asks_then_sends_again) {
    for (const unsigned status : {429u, 503u}) {
        SCOPED_TRACE(status);
        RetryWorld world;
        world.answers.answer = [&](const ServedRequest&) {
            auto answer = Answers::text(world.answers.seen.size() == 1 ? status : 200, "body");
            if (world.answers.seen.size() == 1) answer.response.headers.push_back({"retry-after", "2"});
            return answer;
        };
        HttpsTransport transport{world.patient_pool, world.config()};
        const auto start = world.virtual_clock.monotonic();
        world.scope.spawn("client", world.client(transport, request_to("/", HttpMethod::Post)));
        world.run_until([&] { return world.virtual_clock.next_due().has_value(); });
        EXPECT_GE(*world.virtual_clock.next_due() - start, 2s);
        EXPECT_LE(*world.virtual_clock.next_due() - start, 2250ms);
        world.virtual_clock.advance_to(*world.virtual_clock.next_due());
        world.run_until([&] { return world.response.has_value(); });
        EXPECT_EQ(world.response->status, 200u);
        EXPECT_EQ(world.answers.seen.size(), 2u);
        world.patient_pool.close_idle();
    }
}

TEST(HttpsTransport, hands_out_the_refusal_when_the_wait_exceeds_the_time_limit) {
    HttpWorld world;
    world.answers.answer = [&](const ServedRequest&) {
        auto answer = Answers::text(429, "busy");
        answer.response.headers.push_back({"retry-after", "60"});
        return answer;
    };
    HttpsTransport transport{world.pool, world.config()};
    const auto response = world.get(transport, "/");
    EXPECT_EQ(response.status, 429u);
    EXPECT_EQ(world.answers.seen.size(), 1u);
}

TEST(HttpsTransport, repeats_after_broken_connections_only_when_told_that_it_is_safe) {
    for (const auto repeat : {Repeat::Never, Repeat::WhenSafe}) {
        RetryWorld world;
        RawServer raw{world.io};
        raw.replies = {{"", true}, {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", true}};
        world.scope.spawn("raw", raw.serve());
        auto config = world.config();
        config.origin = "http://127.0.0.1:" + std::to_string(raw.port());
        HttpsTransport transport{world.patient_pool, config};
        auto request = request_to("/", HttpMethod::Put);
        request.repeat = repeat;
        if (repeat == Repeat::Never) {
            EXPECT_EQ(ending_of(world, transport, request).kind, TransportError::Kind::Broken);
            EXPECT_EQ(raw.requests.size(), 1u);
            continue;
        }
        world.scope.spawn("client", world.client(transport, request));
        world.run_until([&] { return world.virtual_clock.next_due().has_value(); });
        world.virtual_clock.advance_to(*world.virtual_clock.next_due());
        world.run_until([&] { return world.response.has_value(); });
        EXPECT_EQ(world.response->body, "ok");
        EXPECT_EQ(raw.requests.size(), 2u);
        world.patient_pool.close_idle();
    }
}

TEST(HttpsTransport, does_not_keep_a_connection_for_longer_than_the_idle_limit) {
    RetryWorld world;
    HttpsTransport transport{world.patient_pool, world.config()};
    world.get(transport, "/");
    world.virtual_clock.advance_by(89s);
    world.get(transport, "/");
    EXPECT_EQ(world.patient_pool.counts().opened, 1u);
    world.virtual_clock.advance_by(90s);
    world.get(transport, "/");
    EXPECT_EQ(world.patient_pool.counts().opened, 2u);
    world.patient_pool.close_idle();
}

/// So many requests, none of which is answered before all of them are there.
void send_at_once(HttpWorld& world, Transport& transport, std::size_t requests) {
    std::size_t answered = 0;
    struct Client {
        static Async<> run(Transport& transport, std::size_t& answered) {
            co_await transport.send(request_to("/hang"));
            ++answered;
        }
    };
    for (std::size_t i = 0; i < requests; ++i) world.scope.spawn("client", Client::run(transport, answered));
    world.run_until([&] { return world.answers.seen.size() == requests; });
    world.answers.release.notify_all();
    world.run_until([&] { return answered == requests; });
}

TEST(HttpsTransport, keeps_no_more_idle_connections_than_allowed) {
    HttpWorld world{{}, {.idle_per_server_max = 2}};
    HttpsTransport transport{world.pool, world.config()};
    send_at_once(world, transport, 4);
    EXPECT_EQ(world.pool.counts().idle, 2u);
}

TEST(HttpsTransport, closes_what_else_it_keeps_when_a_kept_connection_stays_without_an_answer) {
    HttpWorld world;
    HttpsTransport transport{world.pool, world.config()};
    send_at_once(world, transport, 2);
    ASSERT_EQ(world.pool.counts().idle, 2u);
    auto request = request_to("/hang");
    request.time_limit = 1s;
    EXPECT_EQ(ending_of(world, transport, request).kind, TransportError::Kind::TimeLimit);
    EXPECT_EQ(world.pool.counts().reused, 1u);
    EXPECT_EQ(world.pool.counts().idle, 0u) << "each of them would use up another time limit";
    world.answers.release.notify_all();
}

/// An authorizer with tokens that can go stale.
class Tokens final : public Authorizer {
public:
    std::vector<std::string> tokens{"old", "new"};
    std::size_t at = 0;
    int fetched = 0;
    SharedCredential current;

    SharedCredential ready() override { return current; }
    Async<SharedCredential> credential() override {
        ++fetched;
        current = std::make_shared<const Credential>(Credential{.authorization = "Bearer " + tokens.at(at)});
        co_return current;
    }
    bool refused(const SharedCredential&) override {
        if (at + 1 >= tokens.size()) return false;
        ++at;
        current = nullptr;
        return true;
    }
};

TEST(HttpsTransport, sends_the_authorizers_header) {
    HttpWorld world;
    auto config = world.config();
    const auto tokens = std::make_shared<Tokens>();
    config.authorizer = tokens;
    HttpsTransport transport{world.pool, config};
    world.get(transport, "/a");
    world.get(transport, "/b");
    EXPECT_EQ(world.answers.seen.at(1).header("authorization"), "Bearer old");
    EXPECT_EQ(tokens->fetched, 1) << "what is ready is not fetched again";
}

TEST(HttpsTransport, leaves_an_authorization_header_of_the_request_alone) {
    HttpWorld world;
    auto config = world.config();
    config.authorizer = std::make_shared<Tokens>();
    HttpsTransport transport{world.pool, config};
    auto request = request_to("/");
    request.headers = {{"Authorization", "Basic abc"}};
    world.send(transport, request);
    EXPECT_EQ(world.answers.seen.at(0).header("authorization"), "Basic abc");
}

TEST(HttpsTransport, tries_once_more_with_a_newer_credential_after_a_401) {
    HttpWorld world;
    world.answers.answer = [](const ServedRequest& request) {
        return Answers::text(request.header("authorization") == "Bearer new" ? 200 : 401, "");
    };
    auto config = world.config();
    config.authorizer = std::make_shared<Tokens>();
    HttpsTransport transport{world.pool, config};
    EXPECT_EQ(world.send(transport, request_to("/", HttpMethod::Post)).status, 200u);
    EXPECT_EQ(world.answers.seen.size(), 2u);
}

TEST(HttpsTransport, hands_out_the_second_401) {
    HttpWorld world;
    world.answers.answer = [](const ServedRequest&) { return Answers::text(401, "who?"); };
    auto config = world.config();
    const auto tokens = std::make_shared<Tokens>();
    tokens->tokens = {"a", "b", "c"};
    config.authorizer = tokens;
    HttpsTransport transport{world.pool, config};
    EXPECT_EQ(world.get(transport, "/").status, 401u);
    EXPECT_EQ(world.answers.seen.size(), 2u);
}

TEST(HttpsTransport, does_not_follow_redirects) {
    HttpWorld world;
    world.answers.answer = [](const ServedRequest&) {
        auto answer = Answers::text(302, "");
        answer.response.headers.push_back({"location", "/elsewhere"});
        return answer;
    };
    HttpsTransport transport{world.pool, world.config()};
    EXPECT_EQ(world.get(transport, "/").status, 302u);
    EXPECT_EQ(world.answers.seen.size(), 1u);
}

}  // namespace
}  // namespace kube::test
