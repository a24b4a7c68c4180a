// The barrier at work on every backend: in the process, and over HTTP for tests that run the program. It blocks when it
// should, and what it promised holds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kube/http/connection_pool.hpp"
#include "kube/http/https_transport.hpp"
#include "support/child_process.hpp"
#include "support/program_events.hpp"
#include "support/world.hpp"
#include "testkit/gate.hpp"

namespace {

using namespace std::chrono_literals;
using sei::api::NodePhase;
using support::ChildProcess;
using support::World;
using ::testing::HasSubstr;

bool is_status_write(const kube::HttpRequest& request) {
    return request.method == kube::HttpMethod::Patch && request.target.find("/status") != std::string::npos;
}

kube::Async<> reach(
    kube::Manager& manager,
    kube::BarrierQuestion question,
    kube::Deadline deadline,
    std::optional<kube::BarrierAnswer>* answer
) {
    *answer = co_await manager.reach_barrier(std::move(question), deadline);
}

kube::BarrierQuestion about(const kube::Snapshot<sei::api::SeiNode>& node) {
    kube::BarrierQuestion question;
    question.kind = "SeiNode";
    question.version = node.resource_version();
    question.namespace_ = node->metadata.namespace_;
    return question;
}

TEST(Barrier, blocks_while_the_pass_that_a_version_caused_is_in_flight) {
    World world;
    ASSERT_TRUE(world.run_until("the operator is ready", [&] { return world.operator_is_ready(); }));
    // A gate for two, and only one comes: the status write of the first pass waits until the test opens it.
    testkit::Gate gate{world.loop().get_executor(), 2, [](const kube::HttpRequest& request) {
                           return is_status_write(request) ? request.target : std::string{};
                       }};
    world.operator_transport().before_each = [&gate](const kube::HttpRequest& request) { return gate.pass(request); };
    const auto node = world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until("the pass has come to its status write", [&] { return gate.waiting() == 1; }));

    EXPECT_THAT(world.operator_manager().at_barrier(about(node)).reason, HasSubstr("n0 is in flight"));
    std::optional<kube::BarrierAnswer> answer;
    kube::Scope scope{world.loop().get_executor()};
    const kube::Deadline deadline = kube::Deadline::after(world.clock(), support::kWaitLimit);
    scope.spawn("barrier", reach(world.operator_manager(), about(node), deadline, &answer));
    // Others go on meanwhile: what they do is no reason to let go.
    kube::ConfigMap other;
    other.metadata.namespace_ = world.namespace_name();
    other.metadata.name = "other";
    (void)world.run(world.client().create(std::move(other)));
    ASSERT_TRUE(world.run_until("another write is seen", [&] { return world.config_map("other").has_value(); }));
    EXPECT_FALSE(answer.has_value()) << "it let go while a pass was in flight";

    gate.open();
    ASSERT_TRUE(world.run_until("the barrier lets go", [&] { return answer.has_value(); }));
    world.operator_transport().before_each = {};
    EXPECT_TRUE(answer->is_reached) << answer->reason;
    EXPECT_EQ(scope.running(), 0U);
}

TEST(Barrier, blocks_until_a_version_is_seen) {
    World world;
    ASSERT_TRUE(world.run_until_quiet());
    const auto before = world.operator_manager().at_barrier({.kind = "SeiNode", .version = {}, .namespace_ = {}});
    EXPECT_TRUE(before.is_reached) << before.reason;
    kube::BarrierQuestion question;
    question.kind = "SeiNode";
    question.version = kube::ResourceVersion{"999999999999"};
    const auto answer =
        world.run(world.operator_manager().reach_barrier(question, kube::Deadline::after(world.clock(), 0ms)));
    EXPECT_FALSE(answer.is_reached);
    EXPECT_THAT(answer.reason, HasSubstr("and not yet 999999999999"));
}

TEST(Barrier, leaves_nothing_to_do_behind) {
    World world;
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until_running("n0"));
    ASSERT_TRUE(world.run_until_quiet());
    world.operator_transport().forget_requests();
    const auto passes = [&] { return world.operator_transport().passed(); };
    const std::size_t before = passes();
    ASSERT_TRUE(world.run_one_more_pass_of_everything());
    EXPECT_THAT(world.operator_writes(), ::testing::IsEmpty());
    EXPECT_GE(passes(), before);
}

/// The program, and its debug endpoint.
class BarrierOverHttp : public ::testing::Test {
protected:
    void start(const std::vector<std::string>& more) {
        std::vector<std::string> arguments{
            "--kubeconfig=" + world_.access().kubeconfig.string(),
            "--leader-elect=false",
            "--health-probe-bind-address=127.0.0.1:0",
            "--metrics-bind-address=0"
        };
        arguments.insert(arguments.end(), more.begin(), more.end());
        process_ = std::make_unique<ChildProcess>(ChildProcess::Options{
            .program = std::filesystem::path{SEI_BINARY_DIR} / "bin" / "sei-operator",
            .arguments = std::move(arguments),
            .environment = world_.operator_environment(),
            .log = folder_.path() / "sei-operator.log"
        });
        events_ = std::make_unique<support::ProgramEvents>(world_.loop(), *process_, folder_.path());
        world_.run_until("the program says where it answers", [this] { return !port().empty(); });
        kube::TransportConfig config;
        config.origin = "http://127.0.0.1:" + port();
        config.proxy_settings.reset();
        transport_ = std::make_unique<kube::HttpsTransport>(pool_, std::move(config));
    }
    [[nodiscard]] std::string port() const {
        const std::string log = process_->log();
        const std::size_t line = log.find("Serving health probes");
        if (line == std::string::npos) return {};
        const std::size_t begin = log.find("\"port\":", line);
        if (begin == std::string::npos) return {};
        const std::size_t digits = begin + std::string_view{"\"port\":"}.size();
        return log.substr(digits, log.find_first_not_of("0123456789", digits) - digits);
    }
    kube::HttpResponse get(const std::string& target) {
        kube::HttpRequest request;
        request.target = target;
        request.time_limit = 60s;
        return world_.run(transport_->send(std::move(request)));
    }

    support::TemporaryFolder folder_;
    World world_{{.with_operator = false}};
    kube::ConnectionPool pool_{world_.loop().get_executor(), world_.clock()};
    std::unique_ptr<ChildProcess> process_;
    std::unique_ptr<support::ProgramEvents> events_;
    std::unique_ptr<kube::HttpsTransport> transport_;
};

TEST_F(BarrierOverHttp, is_not_served_unless_it_is_asked_for) {
    start({});
    EXPECT_EQ(get("/debug/barrier").status, 404U);
    EXPECT_EQ(get("/debug/controllers").status, 200U);
}

TEST_F(BarrierOverHttp, answers_when_the_program_has_seen_a_version_and_is_at_rest) {
    start({"--debug-barrier"});
    // A sidecar that does not answer yet keeps a pass in flight.
    const auto fault = world_.sidecars().faults().add(
        {.kind = devcluster::sidecar::HttpFault::Kind::Hold,
         .endpoint = devcluster::sidecar::Endpoint::Any,
         .node = world_.key("n0"),
         .times = {}}
    );
    const auto node = world_.create(world_.a_full_node("n0"));
    const std::string question = "/debug/barrier?kind=SeiNode&namespace=" + world_.namespace_name() +
                                 "&resourceVersion=" + node->metadata.resourceVersion;
    ASSERT_TRUE(world_.run_until("a pass waits for the sidecar", [&] {
        return world_.sidecars().faults().times_fired(fault) > 0;
    }));
    EXPECT_THAT(get(question).body, HasSubstr("n0 is in flight"));
    world_.sidecars().faults().clear(fault);

    // A node that still waits for its pod or its sidecar polls every few seconds at least; one at rest does not.
    kube::HttpResponse answer;
    for (int tries = 0; tries < 3 && answer.status != 200U; ++tries) {
        answer = get(question + "&pollsWithinMilliseconds=10000&events=true&timeoutSeconds=30");
    }
    ASSERT_EQ(answer.status, 200U) << answer.body;
    const auto now = world_.run(world_.client().get<sei::api::SeiNode>(world_.key("n0")));
    EXPECT_EQ((*now)->status.phase, NodePhase::Running);
}

}  // namespace
