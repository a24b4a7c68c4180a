// One node's trouble is nobody else's: the same on every backend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "kube/async/signal.hpp"
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
void expect_free(World& world) {
    world.create(world.a_full_node("free"));
    EXPECT_TRUE(world.run_until_running("free"));
    EXPECT_TRUE(roll(world, "free"));
    EXPECT_TRUE(delete_and_wait(world, "free"));
    EXPECT_NE(world.node("stuck")->status.phase, NodePhase::Running);
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
