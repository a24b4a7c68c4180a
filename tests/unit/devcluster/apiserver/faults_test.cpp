// What tests make the server do wrong.
#include "server_under_test.hpp"

namespace devcluster::apiserver::test {
namespace {

bool is_a_write(const RequestSummary& request) {
    return request.verb == "create";
}

TEST(Faults, refuse_the_requests_that_they_match_as_often_as_they_should) {
    ServerUnderTest server;
    const Faults::Id id = server.server.faults().add({.matches = is_a_write, .code = 503, .times = 1});
    EXPECT_EQ(server.get(kConfigMaps).code, 200u);
    EXPECT_EQ(server.post(kConfigMaps, a_config_map("a")).code, 503u);
    EXPECT_EQ(server.post(kConfigMaps, a_config_map("a")).code, 201u);
    EXPECT_EQ(server.server.faults().times_struck(id), 1);
}

TEST(Faults, may_strike_after_the_effect) {
    ServerUnderTest server;
    server.server.faults().add({.matches = is_a_write, .code = 500, .after_effect = true});
    EXPECT_EQ(server.post(kConfigMaps, a_config_map("a")).code, 500u);
    EXPECT_EQ(server.get(kConfigMaps + "/a").code, 200u);
}

TEST(Faults, tell_how_long_to_wait) {
    ServerUnderTest server;
    server.server.faults().add({.code = 429, .retry_after_seconds = 7});
    const Answered refused = server.get(kConfigMaps);
    EXPECT_EQ(refused.text("/details/retryAfterSeconds"), "7");
    EXPECT_TRUE(std::ranges::any_of(refused.headers, [](const kube::HttpHeader& header) {
        return header.name == "retry-after" && header.value == "7";
    }));
}

TEST(Faults, let_another_writer_come_in_between) {
    ServerUnderTest server;
    int calls = 0;
    server.server.faults().add({.matches = is_a_write, .struck = [&](const RequestSummary&) { ++calls; }});
    EXPECT_EQ(server.post(kConfigMaps, a_config_map("a")).code, 201u);
    EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace devcluster::apiserver::test
