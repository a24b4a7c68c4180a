// What goes over the wire to a sidecar, and which token it carries.
#include "sei/sidecar/http_sidecar.hpp"

#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace sei::sidecar {
namespace {

class ManualClock final : public kube::Clock {
public:
    [[nodiscard]] kube::WallTime now() const override { return {}; }
    [[nodiscard]] kube::MonotonicTime monotonic() const override { return now_; }
    [[nodiscard]] kube::Async<> sleep_until(kube::MonotonicTime when) override {
        now_ = when;
        co_return;
    }
    void advance(std::chrono::seconds by) { now_ += by; }

private:
    kube::MonotonicTime now_{std::chrono::hours{1}};
};

class ScriptedTransport final : public kube::Transport {
public:
    std::deque<std::function<kube::HttpResponse()>> script;
    std::vector<kube::HttpRequest> sent;

    [[nodiscard]] kube::Async<kube::HttpResponse> send(kube::HttpRequest request) override {
        sent.push_back(std::move(request));
        if (script.empty()) throw kube::TransportError{kube::TransportError::Kind::Connect, "end of script"};
        const auto next = script.front();
        script.pop_front();
        co_return next();
    }
    [[nodiscard]] kube::Async<std::unique_ptr<kube::HttpStream>> open(kube::HttpRequest) override {
        throw kube::TransportError{kube::TransportError::Kind::Connect, "no streams here"};
    }
};

kube::HttpResponse json_answer(unsigned status, std::string body) {
    kube::HttpResponse response;
    response.status = status;
    response.headers.push_back({"content-type", "application/json"});
    response.body = std::move(body);
    return response;
}

template <class T>
T run(kube::Async<T> work) {
    boost::asio::io_context loop;
    std::optional<T> result;
    std::exception_ptr failure;
    boost::asio::co_spawn(loop, std::move(work), [&](std::exception_ptr error, T value) {
        failure = error;
        if (!error) result = std::move(value);
    });
    loop.run();
    if (failure) std::rethrow_exception(failure);
    return std::move(*result);
}

std::string authorization_of(const kube::HttpRequest& request) {
    for (const auto& header : request.headers) {
        if (header.name == "Authorization") return header.value;
    }
    return {};
}

struct TokenFile {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() /
        ("sidecar-token-" + std::string{::testing::UnitTest::GetInstance()->current_test_info()->name()});
    explicit TokenFile(const std::string& content) { write(content); }
    ~TokenFile() { std::filesystem::remove(path); }
    void write(const std::string& content) const { std::ofstream{path} << content; }
};

struct HttpSidecarTest : ::testing::Test {
    ManualClock clock;
    std::vector<std::string> log;
    std::shared_ptr<ScriptedTransport> transport = std::make_shared<ScriptedTransport>();
    BearerToken no_token{clock, "/nonexistent/token", [this](const std::string& line) { log.push_back(line); }};
};

TEST_F(HttpSidecarTest, sends_a_submission_as_the_protocol_says) {
    transport->script.push_back([] { return json_answer(201, R"({"id":"i"})"); });
    HttpSidecar sidecar{transport, no_token, clock};
    TaskSubmission submission;
    submission.id = "i";
    submission.type = "config-apply";
    submission.params = boost::json::object{{"mode", "full"}};

    EXPECT_TRUE(std::holds_alternative<Accepted>(run(sidecar.submit(submission))));

    ASSERT_EQ(transport->sent.size(), 1u);
    EXPECT_EQ(transport->sent[0].method, kube::HttpMethod::Post);
    EXPECT_EQ(transport->sent[0].target, "/v0/tasks");
    EXPECT_EQ(transport->sent[0].content_type, "application/json");
    EXPECT_EQ(transport->sent[0].body, R"({"id":"i","params":{"mode":"full"},"type":"config-apply"})");
    EXPECT_EQ(transport->sent[0].repeat, kube::Repeat::Never);
    EXPECT_EQ(transport->sent[0].time_limit, kCallTimeLimit);
}

TEST_F(HttpSidecarTest, leaves_params_out_when_there_are_none) {
    transport->script.push_back([] { return json_answer(201, R"({"id":"i"})"); });
    HttpSidecar sidecar{transport, no_token, clock};
    run(sidecar.submit({"i", "mark-ready", std::nullopt}));
    ASSERT_EQ(transport->sent.size(), 1u);
    EXPECT_EQ(transport->sent[0].body, R"({"id":"i","type":"mark-ready"})");
}

TEST_F(HttpSidecarTest, probes_with_two_seconds_to_answer) {
    transport->script.push_back([] { return json_answer(200, ""); });
    HttpSidecar sidecar{transport, no_token, clock};
    EXPECT_TRUE(std::holds_alternative<Ready>(run(sidecar.probe(ProbedPod::Node))));
    ASSERT_EQ(transport->sent.size(), 1u);
    EXPECT_EQ(transport->sent[0].target, "/v0/healthz");
    EXPECT_EQ(transport->sent[0].time_limit, std::chrono::seconds{2});
}

TEST_F(HttpSidecarTest, asks_for_all_tasks) {
    transport->script.push_back([] { return json_answer(200, "[]"); });
    HttpSidecar sidecar{transport, no_token, clock};
    EXPECT_TRUE(run(sidecar.tasks_at_work()));
    ASSERT_EQ(transport->sent.size(), 1u);
    EXPECT_EQ(transport->sent[0].target, "/v0/tasks");
    EXPECT_EQ(transport->sent[0].time_limit, kCallTimeLimit);
}

TEST_F(HttpSidecarTest, makes_a_broken_connection_an_outcome) {
    HttpSidecar sidecar{transport, no_token, clock};
    const LookupOutcome outcome = run(sidecar.look_up("i"));
    ASSERT_TRUE(std::holds_alternative<Unavailable>(outcome));
    EXPECT_EQ(std::get<Unavailable>(outcome).text, "looking up task i: no connection to the sidecar");
}

TEST_F(HttpSidecarTest, without_a_token_file_sends_no_authorization_but_one_log_line) {
    HttpSidecar sidecar{transport, no_token, clock};
    run(sidecar.probe(ProbedPod::Bootstrap));
    run(sidecar.probe(ProbedPod::Bootstrap));
    ASSERT_EQ(transport->sent.size(), 2u);
    EXPECT_EQ(authorization_of(transport->sent[1]), "");
    EXPECT_EQ(log.size(), 1u);
}

TEST_F(HttpSidecarTest, finds_a_token_file_that_came_later_within_a_second) {
    const TokenFile file{""};
    std::filesystem::remove(file.path);
    BearerToken token{clock, file.path.string(), [](const std::string&) {}};
    HttpSidecar sidecar{transport, token, clock};
    run(sidecar.probe(ProbedPod::Bootstrap));
    file.write("late");
    clock.advance(std::chrono::seconds{1});
    run(sidecar.probe(ProbedPod::Bootstrap));
    ASSERT_EQ(transport->sent.size(), 2u);
    EXPECT_EQ(authorization_of(transport->sent[0]), "");
    EXPECT_EQ(authorization_of(transport->sent[1]), "Bearer late");
}

TEST_F(HttpSidecarTest, keeps_its_token_from_the_sidecar_that_the_proxy_lets_probes_through_to) {
    const TokenFile file{"secret"};
    BearerToken token{clock, file.path.string(), [](const std::string&) {}};
    HttpSidecar sidecar{transport, token, clock};
    run(sidecar.probe(ProbedPod::Node));
    run(sidecar.probe(ProbedPod::Bootstrap));
    ASSERT_EQ(transport->sent.size(), 2u);
    EXPECT_EQ(authorization_of(transport->sent[0]), "");
    EXPECT_EQ(authorization_of(transport->sent[1]), "Bearer secret") << "nobody is let in without one there";
}

TEST_F(HttpSidecarTest, reads_the_token_again_when_it_is_older_than_fifty_seconds) {
    const TokenFile file{" first\n"};
    BearerToken token{clock, file.path.string(), [](const std::string&) {}};
    HttpSidecar sidecar{transport, token, clock};

    run(sidecar.probe(ProbedPod::Bootstrap));
    file.write("second");
    run(sidecar.probe(ProbedPod::Bootstrap));
    clock.advance(std::chrono::seconds{51});
    run(sidecar.probe(ProbedPod::Bootstrap));

    ASSERT_EQ(transport->sent.size(), 3u);
    EXPECT_EQ(authorization_of(transport->sent[0]), "Bearer first");
    EXPECT_EQ(authorization_of(transport->sent[1]), "Bearer first");
    EXPECT_EQ(authorization_of(transport->sent[2]), "Bearer second");
}

TEST_F(HttpSidecarTest, reads_the_token_again_after_a_401) {
    const TokenFile file{"first"};
    BearerToken token{clock, file.path.string(), [](const std::string&) {}};
    HttpSidecar sidecar{transport, token, clock};
    transport->script.push_back([] { return json_answer(401, ""); });

    run(sidecar.probe(ProbedPod::Bootstrap));
    file.write("second");
    run(sidecar.probe(ProbedPod::Bootstrap));

    ASSERT_EQ(transport->sent.size(), 2u);
    EXPECT_EQ(authorization_of(transport->sent[1]), "Bearer second");
}

TEST_F(HttpSidecarTest, keeps_the_older_token_while_the_file_is_empty) {
    const TokenFile file{"first"};
    BearerToken token{clock, file.path.string(), [](const std::string&) {}};
    HttpSidecar sidecar{transport, token, clock};
    run(sidecar.probe(ProbedPod::Bootstrap));
    file.write("");
    clock.advance(std::chrono::seconds{51});
    run(sidecar.probe(ProbedPod::Bootstrap));
    ASSERT_EQ(transport->sent.size(), 2u);
    EXPECT_EQ(authorization_of(transport->sent[1]), "Bearer first");
}

TEST_F(HttpSidecarTest, sends_nothing_when_the_token_file_was_always_empty) {
    const TokenFile file{""};
    BearerToken token{clock, file.path.string(), [](const std::string&) {}};
    HttpSidecar sidecar{transport, token, clock};
    const HealthOutcome outcome = run(sidecar.probe(ProbedPod::Bootstrap));
    EXPECT_TRUE(std::holds_alternative<Unavailable>(outcome));
    EXPECT_TRUE(transport->sent.empty());
}

TEST_F(HttpSidecarTest, keeps_one_transport_for_each_node_until_it_is_forgotten) {
    std::vector<std::string> made;
    HttpSidecarFactory factory{
        [&](const std::string& url) {
            made.push_back(url);
            return std::make_unique<ScriptedTransport>();
        },
        clock,
        "/nonexistent/token",
        [](const std::string&) {}
    };
    (void)factory.sidecar_of({"ns", "a"});
    (void)factory.sidecar_of({"ns", "a"});
    ASSERT_EQ(made.size(), 1u);
    EXPECT_EQ(made[0], "http://a-0.a.ns.svc.cluster.local:8443");
    factory.forget({"ns", "a"});
    (void)factory.sidecar_of({"ns", "a"});
    EXPECT_EQ(made.size(), 2u);
}

TEST_F(HttpSidecarTest, keeps_the_transports_of_those_nodes_that_were_asked_last) {
    std::size_t made = 0;
    HttpSidecarFactory factory{
        [&](const std::string&) {
            ++made;
            return std::make_unique<ScriptedTransport>();
        },
        clock,
        "/nonexistent/token",
        [](const std::string&) {}
    };
    for (int i = 0; i < 70; ++i) (void)factory.sidecar_of({"ns", std::to_string(i)});
    ASSERT_EQ(made, 70u);
    (void)factory.sidecar_of({"ns", "69"});
    EXPECT_EQ(made, 70u) << "it was asked just now";
    (void)factory.sidecar_of({"ns", "0"});
    EXPECT_EQ(made, 71u) << "64 others were asked since";
}

}  // namespace
}  // namespace sei::sidecar
