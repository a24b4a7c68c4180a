#include "devcluster/sidecar/sidecar_host.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "kube/async/manual_clock.hpp"

namespace devcluster::sidecar {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kTaskA = "a0f1bd3e-8c78-50dd-aedb-2823cebb2ff0";
constexpr std::string_view kTaskB = "764a43ef-b885-58d1-934f-a5549c5be396";
constexpr std::string_view kTaskC = "56c9b4a1-090e-5a19-bcc9-7313d1d999ed";

struct Reply {
    unsigned status = 0;
    std::string content_type;
    std::string text;
    boost::json::value body;

    [[nodiscard]] std::string_view field(std::string_view name) const {
        const auto* found = body.is_object() ? body.as_object().if_contains(name) : nullptr;
        return found != nullptr && found->is_string() ? std::string_view{found->as_string()} : std::string_view{};
    }
};

/// A host of sidecars in a world whose time stands still.
class World {
public:
    explicit World(SidecarHostOptions options = {}) : host{clock, std::move(options)} {}

    kube::ServedRequest request(std::string method, std::string path, std::string body = {}) {
        kube::ServedRequest request;
        request.method_name = std::move(method);
        request.target = std::move(path);
        request.body = std::move(body);
        request.headers = {{"host", "rpc-0-0.rpc-0.sei.svc.cluster.local:8443"}};
        return request;
    }
    /// The answer, or nullopt while there is none.
    std::optional<Reply> send(kube::ServedRequest request) {
        auto reply = std::make_shared<std::optional<Reply>>();
        boost::asio::co_spawn(loop, exchange(host, std::move(request), reply), boost::asio::detached);
        turn();
        pending = reply;
        return *reply;
    }
    Reply ask(std::string method, std::string path, std::string body = {}) {
        auto reply = send(request(std::move(method), std::move(path), std::move(body)));
        EXPECT_TRUE(reply) << "no answer";
        return reply.value_or(Reply{});
    }
    Reply submit(std::string_view id, std::string_view type, boost::json::object params = {}) {
        boost::json::object body{{"id", id}, {"type", type}};
        if (!params.empty()) body["params"] = std::move(params);
        return ask("POST", "/v0/tasks", boost::json::serialize(body));
    }
    Reply get(std::string_view id) { return ask("GET", "/v0/tasks/" + std::string{id}); }
    NodeSidecar& node() { return host.node({"sei", "rpc-0"}); }
    void turn() {
        loop.restart();
        loop.poll();
    }

    boost::asio::io_context loop;
    kube::ManualClock clock{loop.get_executor()};
    SidecarHost host;
    std::shared_ptr<std::optional<Reply>> pending;

private:
    static kube::Async<> exchange(
        SidecarHost& host, kube::ServedRequest request, std::shared_ptr<std::optional<Reply>> into
    ) {
        auto answer = co_await host.handle(std::move(request));
        Reply reply{.status = answer.response.status, .text = answer.response.body};
        for (const auto& header : answer.response.headers) {
            if (header.name == "content-type") reply.content_type = header.value;
        }
        boost::system::error_code broken;
        reply.body = boost::json::parse(reply.text, broken);
        *into = std::move(reply);
    }
};

TEST(SidecarHost, finds_the_node_in_the_name_of_the_host) {
    struct Case {
        std::string behaviour;
        std::string host;
        std::optional<kube::NamespacedName> expected;
    };
    const std::vector<Case> cases{
        {"a pod behind the headless Service", "rpc-0-0.rpc-0.sei.svc.cluster.local:8443", {{"sei", "rpc-0"}}},
        {"the port does not matter", "a-0.a.b.svc.cluster.local", {{"b", "a"}}},
        {"a name may have dots", "a.b-0.a.b.ns.svc.cluster.local", {{"ns", "a.b"}}},
        {"pod and Service belong together", "rpc-0-0.rpc-1.sei.svc.cluster.local", std::nullopt},
        {"only the first pod has a sidecar", "rpc-0-1.rpc-0.sei.svc.cluster.local", std::nullopt},
        {"another domain", "rpc-0-0.rpc-0.sei.svc.example.com", std::nullopt},
        {"nothing before the domain", ".svc.cluster.local", std::nullopt},
        {"no host", "", std::nullopt},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        EXPECT_EQ(node_of_host(c.host), c.expected);
    }
}

TEST(SidecarHost, completes_a_task_and_remembers_it) {
    World world;
    const Reply submitted = world.submit(kTaskA, "config-apply", {{"mode", "full"}, {"incremental", false}});
    EXPECT_EQ(submitted.status, 201U);
    EXPECT_EQ(submitted.content_type, "application/json");
    EXPECT_EQ(submitted.text, "{\"id\":\"a0f1bd3e-8c78-50dd-aedb-2823cebb2ff0\"}\n");

    const Reply result = world.get(kTaskA);
    EXPECT_EQ(result.status, 200U);
    EXPECT_EQ(result.field("status"), "completed");
    EXPECT_EQ(result.field("type"), "config-apply");
    EXPECT_EQ(result.body.at("run").as_int64(), 1);
    EXPECT_EQ(result.body.at("params").at("mode").as_string(), "full");
    EXPECT_THAT(std::string{result.field("completedAt")}, StartsWith("2024-10-04T"));
    EXPECT_FALSE(result.body.as_object().contains("error"));
}

TEST(SidecarHost, judges_submissions_in_the_order_of_the_protocol) {
    struct Case {
        std::string behaviour;
        std::string body;
        std::string error;
    };
    const std::vector<Case> cases{
        {"not JSON", "{", "invalid request body"},
        {"not an object", "[]", "invalid request body"},
        {"an id of the wrong type", R"({"id":7,"type":"mark-ready"})", "invalid request body"},
        {"params of the wrong type", R"({"type":"mark-ready","params":[]})", "invalid request body"},
        {"no type, whatever else is wrong", R"({"id":"x"})", "type is required"},
        {"an unknown type, whatever the id", R"({"id":"x","type":"config-melt"})", "unknown task type: config-melt"},
        {"an id that is no UUID", R"({"id":"x","type":"mark-ready"})", "task ID must be a valid UUID: \"x\""},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        World world;
        const Reply reply = world.ask("POST", "/v0/tasks", c.body);
        EXPECT_EQ(reply.status, 400U);
        EXPECT_EQ(reply.field("error"), c.error);
        EXPECT_TRUE(world.host.submissions().empty());
    }
}

TEST(SidecarHost, makes_up_an_id_when_none_is_sent) {
    World world;
    const Reply submitted = world.ask("POST", "/v0/tasks", R"({"type":"mark-ready","params":null})");
    EXPECT_EQ(submitted.status, 201U);
    EXPECT_EQ(world.get(submitted.field("id")).field("status"), "completed");
}

TEST(SidecarHost, answers_paths_and_methods_that_it_does_not_know) {
    World world;
    EXPECT_EQ(world.ask("GET", "/v1/tasks").status, 404U);
    EXPECT_EQ(world.ask("PUT", "/v0/tasks").status, 405U);
    EXPECT_EQ(world.ask("POST", "/v0/healthz").status, 405U);
    EXPECT_EQ(world.get(kTaskA).status, 404U);
    EXPECT_EQ(world.get(kTaskA).text, "{\"error\":\"task not found\"}\n");
}

TEST(SidecarHost, runs_a_failed_task_again_with_a_new_run_number) {
    World world;
    world.node().scripts().set("configure-genesis", {.outcome = Script::Outcome::Fail, .error = "no luck", .times = 1});
    EXPECT_EQ(world.submit(kTaskA, "configure-genesis").status, 201U);
    EXPECT_EQ(world.get(kTaskA).field("status"), "failed");
    EXPECT_EQ(world.get(kTaskA).field("error"), "no luck");

    EXPECT_EQ(world.submit(kTaskA, "configure-genesis").status, 201U);
    const Reply second = world.get(kTaskA);
    EXPECT_EQ(second.field("status"), "completed");
    EXPECT_EQ(second.body.at("run").as_int64(), 2);
    EXPECT_FALSE(second.body.as_object().contains("error"));
    EXPECT_EQ(world.node().scripts().times_followed("configure-genesis"), 1U);
}

TEST(SidecarHost, ignores_a_submission_of_a_task_that_runs_or_is_done) {
    World world;
    world.node().scripts().set("configure-genesis", {.duration = 10s});
    EXPECT_EQ(world.submit(kTaskA, "configure-genesis").status, 201U);
    EXPECT_EQ(world.submit(kTaskA, "configure-genesis").status, 201U);
    EXPECT_EQ(world.get(kTaskA).body.at("run").as_int64(), 1);
    EXPECT_EQ(world.node().scripts().times_followed("configure-genesis"), 1U);
    world.clock.advance_by(10s);
    EXPECT_EQ(world.get(kTaskA).field("status"), "completed");
    EXPECT_EQ(world.submit(kTaskA, "configure-genesis").status, 201U);
    EXPECT_EQ(world.get(kTaskA).body.at("run").as_int64(), 1);
}

TEST(SidecarHost, takes_as_long_as_the_script_says) {
    World world;
    world.host.scripts().set("configure-genesis", {.duration = 3s});
    EXPECT_EQ(world.submit(kTaskA, "configure-genesis").status, 201U);
    world.clock.advance_by(2'999ms);
    EXPECT_EQ(world.get(kTaskA).field("status"), "running");
    EXPECT_FALSE(world.get(kTaskA).body.as_object().contains("completedAt"));
    world.clock.advance_by(1h);
    const Reply done = world.get(kTaskA);
    EXPECT_EQ(done.field("status"), "completed");
    EXPECT_EQ(done.field("submittedAt"), "2024-10-04T00:00:00Z");
    EXPECT_EQ(done.field("completedAt"), "2024-10-04T00:00:03Z") << "it ended when it was due, not when somebody asked";
}

TEST(SidecarHost, lets_a_hanging_task_run_for_ever) {
    World world;
    world.node().scripts().set("config-apply", {.outcome = Script::Outcome::Hang});
    EXPECT_EQ(world.submit(kTaskA, "config-apply", {{"mode", "full"}}).status, 201U);
    world.clock.advance_by(24h);
    EXPECT_EQ(world.get(kTaskA).field("status"), "running");
}

TEST(SidecarHost, forgets_a_task_when_it_is_told_to) {
    World world;
    world.node().scripts().set("config-apply", {.outcome = Script::Outcome::Forget});
    EXPECT_EQ(world.submit(kTaskA, "config-apply", {{"mode", "full"}}).status, 201U);
    EXPECT_EQ(world.get(kTaskA).status, 404U);
    EXPECT_EQ(world.submit(kTaskB, "mark-ready").status, 201U);
    world.node().forget_tasks();
    EXPECT_EQ(world.get(kTaskB).status, 404U);
}

TEST(SidecarHost, is_ready_once_mark_ready_has_run) {
    World world;
    EXPECT_EQ(world.ask("GET", "/v0/healthz").status, 503U);
    EXPECT_EQ(world.ask("GET", "/v0/status").text, "{\"status\":\"Initializing\"}\n");
    EXPECT_EQ(world.submit(kTaskA, "mark-ready").status, 201U);
    EXPECT_EQ(world.ask("GET", "/v0/healthz").status, 200U);
    EXPECT_EQ(world.ask("GET", "/v0/startupz").status, 200U);
    EXPECT_EQ(world.ask("GET", "/v0/healthz").text, "");
    EXPECT_EQ(world.ask("GET", "/v0/status").text, "{\"status\":\"Ready\"}\n");
}

TEST(SidecarHost, loses_readiness_on_a_restart_until_a_new_mark_ready) {
    World world;
    EXPECT_EQ(world.submit(kTaskA, "mark-ready").status, 201U);
    world.node().restart();
    EXPECT_EQ(world.ask("GET", "/v0/healthz").status, 503U);
    EXPECT_EQ(world.submit(kTaskA, "mark-ready").status, 201U);
    EXPECT_EQ(world.ask("GET", "/v0/healthz").status, 503U) << "a completed task is not run again";
    EXPECT_EQ(world.submit(kTaskB, "mark-ready").status, 201U);
    EXPECT_EQ(world.ask("GET", "/v0/healthz").status, 200U);
}

TEST(SidecarHost, keeps_its_results_over_a_restart) {
    World world;
    EXPECT_EQ(world.submit(kTaskA, "mark-ready").status, 201U);
    world.node().restart(Store::Kept);
    EXPECT_EQ(world.get(kTaskA).field("status"), "completed");
    world.node().restart(Store::Lost);
    EXPECT_EQ(world.get(kTaskA).status, 404U);
}

TEST(SidecarHost, starts_interrupted_tasks_again_with_the_same_run_number) {
    World world;
    world.node().scripts().set("configure-genesis", {.duration = 10s});
    EXPECT_EQ(world.submit(kTaskA, "configure-genesis").status, 201U);
    world.clock.advance_by(9s);
    world.node().restart();
    world.clock.advance_by(9s);
    EXPECT_EQ(world.get(kTaskA).field("status"), "running");
    world.clock.advance_by(1s);
    EXPECT_EQ(world.get(kTaskA).field("status"), "completed");
    EXPECT_EQ(world.get(kTaskA).body.at("run").as_int64(), 1);
}

TEST(SidecarHost, goes_on_with_what_was_begun_on_a_volume_that_another_node_had) {
    World world;
    NodeSidecar& earlier = world.host.node({"sei", "earlier"});
    world.host.scripts().set("configure-genesis", {.duration = 10s});
    ASSERT_TRUE(earlier.submit(std::string{kTaskA}, "configure-genesis", {}));
    earlier.volume().markers.insert(".some-done");
    world.node().take_volume_of(earlier);
    world.node().restart();
    EXPECT_EQ(world.get(kTaskA).field("status"), "running");
    EXPECT_TRUE(world.node().volume().markers.contains(".some-done"));
    EXPECT_TRUE(earlier.list().empty());
}

TEST(SidecarHost, answers_for_a_stopped_sidecar_as_its_proxy_would) {
    World world;
    world.node().stop();
    const Reply reply = world.ask("GET", "/v0/healthz");
    EXPECT_EQ(reply.status, 502U);
    EXPECT_EQ(reply.text, "");
    world.node().start();
    EXPECT_EQ(world.ask("GET", "/v0/healthz").status, 503U);
}

TEST(SidecarHost, rejects_unknown_configuration_keys_when_the_task_runs) {
    World world;
    const boost::json::object overrides{{"evm.http_prt", "9545"}};
    EXPECT_EQ(world.submit(kTaskA, "config-apply", {{"mode", "full"}, {"overrides", overrides}}).status, 201U);
    const Reply result = world.get(kTaskA);
    EXPECT_EQ(result.field("status"), "failed");
    EXPECT_EQ(
        result.field("error"),
        "config-apply: applying overrides: applying override \"evm.http_prt\"=\"9545\": unknown config field "
        "\"evm.http_prt\""
    );
}

TEST(SidecarHost, fails_tasks_whose_params_are_wrong) {
    struct Case {
        std::string behaviour;
        std::string type;
        boost::json::object params;
        std::string error;
    };
    const std::vector<Case> cases{
        {"no mode", "config-apply", {{"mode", ""}}, "mode is required"},
        {"an unknown mode", "config-apply", {{"mode", "light"}}, "unknown mode \"light\""},
        {"a version of the future", "config-apply", {{"mode", "full"}, {"targetVersion", 2}}, "exceeds maximum"},
        {"a patch before the first configuration", "config-apply", {{"incremental", true}}, "reading config"},
        {"no configuration to validate", "config-validate", {}, "reading config"},
        {"no sources", "discover-peers", {{"sources", boost::json::array{}}}, "at least one source"},
        {"state sync without peers", "configure-state-sync", {}, "no peers in config.toml"},
        {"a negative height", "snapshot-restore", {{"targetHeight", -1}}, "must be >= 0"},
        {"an unknown condition", "await-condition", {{"condition", "moon"}}, "unknown condition \"moon\""},
        {"artifacts before the gentx", "upload-genesis-artifacts", {{"nodeName", "n"}}, "no gentx"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        World world;
        EXPECT_EQ(world.submit(kTaskA, c.type, c.params).status, 201U);
        EXPECT_EQ(world.get(kTaskA).field("status"), "failed");
        EXPECT_THAT(std::string{world.get(kTaskA).field("error")}, HasSubstr(c.error));
    }
}

TEST(SidecarHost, synchronises_state_with_peers_that_the_configuration_names) {
    World world;
    const boost::json::object overrides{{"network.p2p.persistent_peers", "ab@h:26656"}};
    EXPECT_EQ(world.submit(kTaskA, "config-apply", {{"mode", "full"}, {"overrides", overrides}}).status, 201U);
    EXPECT_EQ(world.submit(kTaskB, "configure-state-sync").status, 201U);
    EXPECT_EQ(world.get(kTaskB).field("status"), "completed");
}

TEST(SidecarHost, asks_the_peers_for_state_whatever_it_was_told_before_and_whom_it_is_told_afterwards) {
    World world;
    const boost::json::object overrides{
        {"network.p2p.persistent_peers", "ab@h:26656"}, {"state_sync.rpc_servers", "a:1,b:1"}
    };
    const boost::json::object full{{"mode", "full"}, {"overrides", overrides}};
    EXPECT_EQ(world.submit(kTaskA, "config-apply", full).status, 201U);
    EXPECT_EQ(world.node().volume().rpc_servers, "a:1,b:1");
    EXPECT_EQ(world.submit(kTaskB, "configure-state-sync").status, 201U);
    EXPECT_EQ(world.node().volume().rpc_servers, "peers");
    const boost::json::object patch{{"mode", "full"}, {"incremental", true}, {"overrides", overrides}};
    EXPECT_EQ(world.submit(kTaskC, "config-apply", patch).status, 201U);
    EXPECT_EQ(world.node().volume().rpc_servers, "a:1,b:1");
}

TEST(SidecarHost, waits_for_a_genesis_that_somebody_uploads) {
    World world;
    world.node().set_chain_id("my-chain");
    EXPECT_EQ(world.submit(kTaskA, "configure-genesis").status, 201U);
    EXPECT_THAT(std::string{world.get(kTaskA).field("error")}, HasSubstr("\"my-chain/genesis.json\" not found"));
    world.host.buckets().genesis.insert("my-chain/genesis.json");
    EXPECT_EQ(world.submit(kTaskA, "configure-genesis").status, 201U);
    EXPECT_EQ(world.get(kTaskA).field("status"), "completed");
}

TEST(SidecarHost, succeeds_at_once_where_a_marker_file_says_so) {
    World world;
    world.node().set_chain_id("my-chain");
    world.host.buckets().genesis.insert("my-chain/genesis.json");
    EXPECT_EQ(world.submit(kTaskA, "configure-genesis").status, 201U);
    world.host.buckets().genesis.clear();
    EXPECT_EQ(world.submit(kTaskB, "configure-genesis").status, 201U);
    EXPECT_EQ(world.get(kTaskB).field("status"), "completed");
}

TEST(SidecarHost, awaits_a_height) {
    World world;
    const boost::json::object params{{"condition", "height"}, {"targetHeight", 100}, {"action", "SIGTERM_SEID"}};
    EXPECT_EQ(world.submit(kTaskA, "await-condition", params).status, 201U);
    world.clock.advance_by(1h);
    EXPECT_EQ(world.get(kTaskA).field("status"), "running");
    world.node().set_height(100);
    EXPECT_EQ(world.get(kTaskA).field("status"), "completed");
    EXPECT_EQ(world.get(kTaskA).field("completedAt"), "2024-10-04T01:00:00Z");
    EXPECT_EQ(world.node().seid_terminations(), 1U);
}

TEST(SidecarHost, stores_the_row_of_a_deleted_task_again_when_it_ends) {
    World world;
    world.node().scripts().set("configure-genesis", {.duration = 5s});
    EXPECT_EQ(world.submit(kTaskA, "configure-genesis").status, 201U);
    EXPECT_EQ(world.ask("DELETE", "/v0/tasks/" + std::string{kTaskA}).status, 204U);
    EXPECT_EQ(world.get(kTaskA).status, 404U);
    EXPECT_EQ(world.ask("DELETE", "/v0/tasks/" + std::string{kTaskA}).status, 404U);
    world.clock.advance_by(5s);
    EXPECT_EQ(world.get(kTaskA).field("status"), "completed");
}

TEST(SidecarHost, lists_the_newest_tasks_first) {
    World world;
    EXPECT_EQ(world.ask("GET", "/v0/tasks").text, "[]\n");
    EXPECT_EQ(world.submit(kTaskA, "mark-ready").status, 201U);
    world.clock.advance_by(1s);
    EXPECT_EQ(world.submit(kTaskB, "mark-ready").status, 201U);
    const Reply list = world.ask("GET", "/v0/tasks");
    ASSERT_EQ(list.body.as_array().size(), 2U);
    EXPECT_EQ(list.body.as_array()[0].at("id").as_string(), kTaskB);
}

TEST(SidecarHost, tells_the_node_id_once_there_is_a_key) {
    World world;
    world.node().volume().has_node_key = false;
    const Reply before = world.ask("GET", "/v0/node-id");
    EXPECT_EQ(before.status, 500U);
    EXPECT_THAT(std::string{before.field("error")}, StartsWith("node_key.json not found"));
    EXPECT_EQ(world.submit(kTaskA, "generate-identity", {{"chainId", "c"}, {"moniker", "m"}}).status, 201U);
    const Reply after = world.ask("GET", "/v0/node-id");
    EXPECT_EQ(after.status, 200U);
    EXPECT_EQ(after.field("nodeId").size(), 40U);
    EXPECT_NE(after.field("nodeId"), world.host.node({"sei", "rpc-1"}).node_id().value());
}

TEST(SidecarHost, keeps_nodes_apart) {
    World world;
    EXPECT_EQ(world.submit(kTaskA, "mark-ready").status, 201U);
    kube::ServedRequest other = world.request("GET", "/v0/healthz");
    other.headers = {{"host", "rpc-1-0.rpc-1.sei.svc.cluster.local:8443"}};
    EXPECT_EQ(world.send(other)->status, 503U);
}

TEST(SidecarHost, takes_the_node_from_an_absolute_target_as_proxies_get_it) {
    World world;
    EXPECT_EQ(world.submit(kTaskA, "mark-ready").status, 201U);
    kube::ServedRequest request = world.request("GET", "http://rpc-0-0.rpc-0.sei.svc.cluster.local:8443/v0/healthz");
    request.headers = {{"host", "127.0.0.1:3128"}};
    EXPECT_EQ(world.send(request)->status, 200U);
}

TEST(SidecarHost, refuses_hosts_that_are_no_node) {
    World world;
    kube::ServedRequest request = world.request("GET", "http://example.com/");
    const auto reply = world.send(request);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 502U);
    EXPECT_THAT(reply->text, HasSubstr("\"example.com\""));
}

TEST(SidecarHost, wants_a_token_where_the_proxy_stands_in_front) {
    World world{{.authentication = Authentication::BearerToken, .accepted_tokens = {"good"}}};
    kube::ServedRequest request = world.request("GET", "/v0/tasks");
    EXPECT_EQ(world.send(request)->text, "Unauthorized\n");
    request.headers.push_back({"authorization", "Bearer bad"});
    EXPECT_EQ(world.send(request)->status, 401U);
    request.headers.back().value = "Bearer good";
    EXPECT_EQ(world.send(request)->status, 200U);
    EXPECT_EQ(world.ask("GET", "/v0/healthz").status, 503U) << "health needs no token";
}

TEST(SidecarHost, wants_exactly_one_user_in_trusted_header_mode) {
    World world{{.authentication = Authentication::TrustedHeader}};
    kube::ServedRequest request = world.request("GET", "/v0/tasks");
    EXPECT_EQ(world.send(request)->field("error"), "missing X-Remote-User header");
    request.headers.push_back({"x-remote-user", ""});
    EXPECT_EQ(world.send(request)->field("error"), "empty X-Remote-User header");
    request.headers.back().value = "somebody";
    EXPECT_EQ(world.send(request)->status, 200U);
    request.headers.push_back({"x-remote-user", "somebody else"});
    EXPECT_THAT(std::string{world.send(request)->field("error")}, StartsWith("expected exactly one X-Remote-User"));
    EXPECT_EQ(world.ask("GET", "/v0/livez").status, 200U);
}

TEST(SidecarHost, answers_with_the_errors_that_were_ordered) {
    World world;
    const auto forbidden = world.host.faults().add({.status = 403, .endpoint = Endpoint::SubmitTask, .times = 1});
    const Reply refused = world.submit(kTaskA, "mark-ready");
    EXPECT_EQ(refused.status, 403U);
    EXPECT_THAT(refused.text, HasSubstr("verb=create, resource=seinodetasks"));
    EXPECT_EQ(world.submit(kTaskA, "mark-ready").status, 201U);
    EXPECT_EQ(world.host.faults().times_fired(forbidden), 1U);

    const auto garbage = world.host.faults().add({.kind = HttpFault::Kind::Garbage, .endpoint = Endpoint::GetTask});
    EXPECT_EQ(world.get(kTaskA).text, "{\"id\":");
    world.host.faults().clear(garbage);
    EXPECT_EQ(world.get(kTaskA).field("status"), "completed");
}

TEST(SidecarHost, keeps_a_request_waiting_while_others_are_answered) {
    World world;
    const auto held = world.host.faults().add(
        {.kind = HttpFault::Kind::Hold, .endpoint = Endpoint::Healthz, .node = {{"sei", "rpc-0"}}, .times = 1}
    );
    EXPECT_FALSE(world.send(world.request("GET", "/v0/healthz")));
    const auto slow = world.pending;
    EXPECT_EQ(world.ask("GET", "/v0/status").status, 200U);
    EXPECT_FALSE(slow->has_value());
    world.host.faults().clear(held);
    world.turn();
    ASSERT_TRUE(slow->has_value());
    EXPECT_EQ((*slow)->status, 503U);
}

TEST(SidecarHost, notes_what_each_node_was_told_to_do) {
    World world;
    EXPECT_EQ(world.submit(kTaskA, "config-apply", {{"mode", "archive"}}).status, 201U);
    ASSERT_EQ(world.host.submissions().size(), 1U);
    const Submission& submission = world.host.submissions().front();
    EXPECT_EQ(submission.node, (kube::NamespacedName{"sei", "rpc-0"}));
    EXPECT_EQ(submission.type, "config-apply");
    EXPECT_EQ(submission.params.at("mode").as_string(), "archive");
}

}  // namespace
}  // namespace devcluster::sidecar
