// One node's trouble is nobody else's: the same on every backend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <string_view>

#include "integration/deployment_steps.hpp"
#include "kube/async/signal.hpp"
#include "kube/http/name_lookups.hpp"
#include "support/nodes.hpp"

namespace {

using namespace support;
using devcluster::sidecar::HttpFault;
using sei::api::NodePhase;

/// Requests about objects of one node.
FaultyTransport::Matches about(std::string_view name) {
    return [part = "/" + std::string{name}](const kube::HttpRequest& request) {
        return request.target.find(part) != std::string::npos;
    };
}

/// A node comes up, is rolled and goes while another one cannot get on.
void expect_free(World& world, const std::string& stuck = "stuck") {
    world.create(world.a_full_node("free"));
    EXPECT_TRUE(world.run_until_running("free"));
    EXPECT_TRUE(roll(world, "free"));
    EXPECT_TRUE(delete_and_wait(world, "free"));
    EXPECT_NE(world.node(stuck)->status.phase, NodePhase::Running);
}

TEST(Isolation, of_a_sidecar_that_hangs) {
    World world;
    auto& faults = world.sidecars().faults();
    const auto fault = faults.add({.kind = HttpFault::Kind::Hang, .node = world.key("stuck")});
    world.create(world.a_full_node("stuck"));
    ASSERT_TRUE(world.run_until("the hanging sidecar was asked", [&] { return faults.times_fired(fault) > 0; }));
    expect_free(world);
}

TEST(Isolation, of_a_sidecar_that_fails) {
    World world;
    auto& faults = world.sidecars().faults();
    const auto fault = faults.add({.kind = HttpFault::Kind::Status, .status = 500, .node = world.key("stuck")});
    world.create(world.a_full_node("stuck"));
    ASSERT_TRUE(world.run_until("the failing sidecar was asked", [&] { return faults.times_fired(fault) > 1; }));
    expect_free(world);
    faults.clear(fault);
    EXPECT_TRUE(world.run_until_running("stuck"));
}

TEST(Isolation, of_throttled_calls) {
    World world;
    kube::HttpResponse throttled{.status = 429, .headers = {{"retry-after", "1"}}, .body = "{}"};
    world.operator_transport().answer(about("stuck"), std::move(throttled), 1000);
    world.create(world.a_full_node("stuck"));
    ASSERT_TRUE(world.run_until("a call was throttled", [&] { return world.operator_transport().times_fired() > 0; }));
    expect_free(world);
    world.operator_transport().forget_faults();
    EXPECT_TRUE(world.run_until_running("stuck"));
}

/// Goal: a call that waits because the server asked it to takes no place from others. Method: more calls than the
/// operator may have under way at once are throttled, over HTTPS, and wait until this test lets them through.
TEST(Isolation, of_calls_that_wait_as_the_server_asks) {
    constexpr std::size_t kUnderWayMax = 2;
    constexpr std::size_t kStuck = 5;
    World world{{.requests_through_front_max = kUnderWayMax}};
    ThrottlingFront& front = world.front();
    ASSERT_TRUE(world.run_until("the operator is ready", [&] { return world.operator_is_ready(); }));
    front.throttle([](const kube::ServedRequest& request) { return request.target.contains("/stuck-"); });
    for (std::size_t i = 0; i < kStuck; ++i) world.create(world.a_full_node("stuck-" + std::to_string(i)));
    ASSERT_TRUE(world.run_until("all of them wait", [&] { return front.waiting() == kStuck; }));
    EXPECT_EQ(front.throttled(), kStuck);
    expect_free(world, "stuck-0");
    EXPECT_EQ(front.waiting(), kStuck) << "none of them was over before the other node was";
    EXPECT_EQ(front.throttled(), kStuck);
    front.let_through();
    for (std::size_t i = 0; i < kStuck; ++i) EXPECT_TRUE(world.run_until_running("stuck-" + std::to_string(i)));
    EXPECT_EQ(front.throttled(), kStuck) << "each was sent again once";
}

/// Knows every name, but says nothing about those that begin with "stuck" until it is told to.
struct NameServer {
    std::promise<void> release;
    std::shared_future<void> released = release.get_future().share();
    /// At most so many names are looked up at the same time.
    [[nodiscard]] std::unique_ptr<kube::NameLookups> lookups(std::size_t at_once_max) const {
        return std::make_unique<kube::NameLookups>(at_once_max, [released = released](const std::string& host) {
            if (host.starts_with("stuck")) released.wait();
            return kube::NameLookups::Addresses{"127.0.0.1"};
        });
    }
};

TEST(Isolation, of_a_name_that_is_slow) {
    NameServer server;
    World world;
    world.names = server.lookups(2);  // were the slow one asked for twice, nobody else would get an answer
    world.create(world.a_full_node("stuck"));
    ASSERT_TRUE(world.run_until("its name is looked up", [&] { return world.names->under_way() > 0; }));
    expect_free(world);
    EXPECT_EQ(world.names->under_way(), 1U);
    server.release.set_value();
    EXPECT_TRUE(world.run_until_running("stuck"));
}

/// The name of a route is looked up for information only: its own fleet goes on as well (spec 08 6, NetworkingReady).
TEST(Isolation, of_a_route_whose_name_is_slow) {
    if (!gateway_api_crds()) GTEST_SKIP() << "SEI_GATEWAY_API_CRDS is not set";
    NameServer server;
    World world{{.with_gateway_api = true}};
    world.names = server.lookups(3);
    for (const char* name : {"stuck", "free"}) {
        auto fleet = world.a_deployment(name, 1);
        fleet.spec.networking.emplace();
        world.create(std::move(fleet));
    }
    const auto networking = [&](const char* name) { return steps::condition(world, name, "NetworkingReady"); };
    EXPECT_TRUE(world.run_until("the other one is published", [&] {
        return networking("free") == "True/HTTPRoutesPublished" && networking("stuck") == "False/DNSPending";
    }));
    EXPECT_TRUE(world.run_until_running("free-0"));
    EXPECT_TRUE(world.run_until("its route and the sidecar of its node are asked for", [&] {
        return world.names->under_way() == 2;
    }));
    server.release.set_value();
    EXPECT_TRUE(world.run_until_running("stuck-0"));
}

/// Holds requests about "stuck" until it is told to let them go.
struct Barrier {
    explicit Barrier(boost::asio::any_io_executor executor) : opened{std::move(executor)} {}
    kube::Signal opened;
    bool is_open = false;
    int held = 0;
    [[nodiscard]] kube::Async<> pass(bool is_held) {
        if (!is_held) co_return;
        ++held;
        while (!is_open) co_await opened.wait();
    }
};

TEST(Isolation, of_calls_that_are_slow) {
    World world;
    Barrier barrier{world.loop().get_executor()};
    world.operator_transport().before_each = [&barrier](const kube::HttpRequest& request) {
        return barrier.pass(request.target.find("/stuck") != std::string::npos);
    };
    world.create(world.a_full_node("stuck"));
    ASSERT_TRUE(world.run_until("a call is held", [&] { return barrier.held > 0; }));
    expect_free(world);
    barrier.is_open = true;
    barrier.opened.notify_all();
    EXPECT_TRUE(world.run_until_running("stuck"));
    world.operator_transport().before_each = {};
}

}  // namespace
