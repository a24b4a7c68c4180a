// The gate of a bootstrap pod: opened again for a seid that may still wait for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "node_world.hpp"

namespace sei::test {
namespace {

using testing::SizeIs;

std::set<std::string> ids_of_mark_ready(const NodeWorld& world) {
    std::set<std::string> ids;
    for (const FakeSidecar::Submission& submission : world.sidecar.submissions) {
        if (submission.type == "mark-ready") ids.insert(submission.id);
    }
    return ids;
}

TEST(GateOfBootstrapPod, is_opened_again_after_each_restart_of_its_sidecar) {
    NodeWorld world;
    world.create_node(
        R"({"chainId":"c","image":"seid:v1","fullNode":{"snapshot":{"s3":{"targetHeight":100},"bootstrapImage":"boot"}}})"
    );
    world.settle();
    ASSERT_EQ(world.task("await-bootstrap-complete").status, api::TaskStatus::Pending);
    const std::string job = world.uid_of(kJobPath);
    EXPECT_THAT(ids_of_mark_ready(world), SizeIs(1)) << "that of the plan: the gate is open";
    for (const std::size_t restarts : {1u, 2u}) {
        world.sidecar.health = sidecar::NotReady{};
        world.clock.advance_by(std::chrono::seconds{10});
        world.pass();
        world.sidecar.health = sidecar::Ready{};
        world.settle();
        EXPECT_THAT(ids_of_mark_ready(world), SizeIs(1 + restarts)) << "a task of an id is done once";
        EXPECT_EQ(world.task("await-bootstrap-complete").status, api::TaskStatus::Pending);
        EXPECT_EQ(world.uid_of(kJobPath), job) << "the Job stays";
    }
}

}  // namespace
}  // namespace sei::test
