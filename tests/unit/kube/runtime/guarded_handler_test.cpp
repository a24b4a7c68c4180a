// Who may read the metrics: a handler behind reviews of an API server that is a script.
#include "kube/runtime/detail/guarded_handler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "kube/async/manual_clock.hpp"
#include "kube/json/json.hpp"

namespace kube {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Knows the token "good" and says of each user what `allowed` says.
class Reviews final : public Transport {
public:
    bool allowed = true;
    bool is_down = false;
    unsigned status = 201;
    std::string user = "system:serviceaccount:monitoring:prometheus";
    std::vector<std::string> asked;
    std::string last_body;

    Async<HttpResponse> send(HttpRequest request) override {
        if (is_down) throw TransportError{TransportError::Kind::Connect, "connection refused"};
        last_body = request.body;
        json::Value object = json::parse(request.body);
        const json::Value& spec = object.at("spec");
        const bool is_token = request.target.find("/tokenreviews") != std::string::npos;
        asked.emplace_back(is_token ? "token" : "access");
        object.as_object()["status"] =
            is_token ? json::Value{{"authenticated", spec.at("token") == "good"}, {"user", {{"username", user}}}}
                     : json::Value{{"allowed", allowed}};
        co_return HttpResponse{
            .status = status, .headers = {{"content-type", "application/json"}}, .body = json::serialize(object)
        };
    }
    Async<std::unique_ptr<HttpStream>> open(HttpRequest) override {
        throw TransportError{TransportError::Kind::Connect, "not asked for"};
    }
};

class Secret final : public HttpHandler {
public:
    Async<Answer> handle(ServedRequest) override {
        co_return Answer{.response = {.status = 200, .headers = {}, .body = "metrics"}, .stream = {}};
    }
};

struct GuardedHandlerTest : ::testing::Test {
    boost::asio::io_context loop;
    ManualClock clock{loop.get_executor()};
    Reviews reviews;
    Client client{reviews, {}};
    Secret secret;
    std::vector<std::string> log;
    detail::GuardedHandler handler{secret, client, clock, make_logger(clock, {}, [this](std::string_view line) {
                                       log.emplace_back(line);
                                   })};

    std::string get(const std::string& authorization) {
        ServedRequest request;
        request.target = "/metrics?x=1";
        if (!authorization.empty()) request.headers.push_back({"authorization", authorization});
        std::optional<HttpHandler::Answer> answer;
        boost::asio::co_spawn(
            loop,
            handler.handle(std::move(request)),
            [&](std::exception_ptr error, HttpHandler::Answer a) {
                if (error) std::rethrow_exception(error);
                answer = std::move(a);
            }
        );
        loop.restart();
        loop.run();
        return std::to_string(answer->response.status) + " " + answer->response.body;
    }
};

TEST_F(GuardedHandlerTest, refuses_who_does_not_say_who_he_is_without_asking_anybody) {
    for (const char* authorization : {"", "Basic good", "Bearer", "Bearer  "}) {
        EXPECT_EQ(get(authorization), "401 Unauthorized\n") << authorization;
    }
    EXPECT_THAT(reviews.asked, IsEmpty());
}

TEST_F(GuardedHandlerTest, refuses_tokens_that_nobody_knows) {
    EXPECT_EQ(get("Bearer bad"), "401 Unauthorized\n");
}

TEST_F(GuardedHandlerTest, refuses_the_anonymous_user) {
    reviews.user = "system:anonymous";
    EXPECT_EQ(get("Bearer good"), "401 Unauthorized\n");
}

TEST_F(GuardedHandlerTest, lets_in_who_may_get_the_path) {
    EXPECT_EQ(get("bearer good"), "200 metrics");
    EXPECT_THAT(reviews.asked, ElementsAre("token", "access"));
    const json::Value asked = json::parse(reviews.last_body);
    EXPECT_EQ(asked.at("spec").at("nonResourceAttributes"), (json::Value{{"path", "/metrics"}, {"verb", "get"}}));
    EXPECT_EQ(asked.at("spec").at("user"), "system:serviceaccount:monitoring:prometheus");
}

TEST_F(GuardedHandlerTest, says_whom_it_does_not_allow) {
    reviews.allowed = false;
    EXPECT_EQ(get("Bearer good"), "403 Authorization denied for user system:serviceaccount:monitoring:prometheus\n");
}

TEST_F(GuardedHandlerTest, asks_about_a_token_each_minute_and_about_a_permission_each_five) {
    get("Bearer good");
    get("Bearer good");
    EXPECT_THAT(reviews.asked, ElementsAre("token", "access"));
    clock.advance_by(1min);
    get("Bearer good");
    EXPECT_THAT(reviews.asked, ElementsAre("token", "access", "token"));
    clock.advance_by(4min);
    get("Bearer good");
    EXPECT_THAT(reviews.asked, ElementsAre("token", "access", "token", "token", "access"));
}

TEST_F(GuardedHandlerTest, asks_again_half_a_minute_after_a_no) {
    reviews.allowed = false;
    get("Bearer good");
    reviews.allowed = true;
    clock.advance_by(29s);
    EXPECT_THAT(get("Bearer good"), HasSubstr("403"));
    clock.advance_by(1s);
    EXPECT_THAT(get("Bearer good"), HasSubstr("200"));
}

TEST_F(GuardedHandlerTest, says_that_callers_cannot_be_reviewed_and_recovers) {
    reviews.is_down = true;
    EXPECT_EQ(get("Bearer good"), "500 Authentication failed\n");
    reviews.is_down = false;
    reviews.status = 403;
    EXPECT_EQ(get("Bearer good"), "500 Authentication failed\n");
    EXPECT_THAT(log.back(), HasSubstr("tokenreviews"));
    reviews.status = 201;
    EXPECT_EQ(get("Bearer good"), "200 metrics");
}

}  // namespace
}  // namespace kube
