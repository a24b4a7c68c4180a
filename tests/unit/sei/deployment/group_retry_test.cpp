// A failed task of a group's plan is tried again when its time has come, whatever happens until then (decision 0019).
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

#include "deployment_world.hpp"
#include "sei/plan/task_type.hpp"

namespace sei::deployment::test {
namespace {

using namespace std::chrono_literals;

/// A validator that has done its part of the ceremony.
void report_artifacts(DeploymentWorld& world, const std::string& node) {
    const auto read = world.world.get<api::SeiNode>(DeploymentWorld::key(node));
    api::SeiNodeStatus status = (*read)->status;
    api::PlannedTask uploaded;
    uploaded.type = plan::to_wire(plan::TaskType::UploadGenesisArtifacts);
    uploaded.id = "2d5531fb-0972-5fa8-9d84-dc9dcf4a7fe7";
    uploaded.status = api::TaskStatus::Complete;
    status.phase = api::NodePhase::Initializing;
    status.plan.emplace();
    status.plan->id = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
    status.plan->phase = api::PlanPhase::Active;
    status.plan->tasks.push_back(std::move(uploaded));
    ASSERT_TRUE(world.world.run(world.world.person().write_status(*read, std::move(status))));
}

TEST(GroupTask, is_not_tried_again_before_its_stored_time_by_a_new_process_either) {
    DeploymentWorld world;
    world.sidecar.on_start = [](const std::string&) {
        return sidecar::TaskRun{.status = sidecar::RunStatus::Failed, .run = 1, .error = "no bucket yet"};
    };
    auto chain = DeploymentWorld::a_fleet(1);
    chain.spec.template_.spec.fullNode.reset();
    chain.spec.template_.spec.validator.emplace();
    chain.spec.genesis.emplace();
    chain.spec.genesis->chainId = "pacific-1";
    world.world.create(std::move(chain));
    ASSERT_TRUE(world.world.run_until([&] { return world.nodes().size() == 1; }));
    report_artifacts(world, "fleet-0");
    ASSERT_TRUE(world.world.run_until([&] { return world.sidecar.submissions.size() == 1; }));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    const api::PlannedTask failed = world.fleet().status.plan->tasks.front();
    ASSERT_EQ(failed.retryCount, 1);
    ASSERT_TRUE(failed.notBefore);

    world.world.stop_operator();
    world.world.start_operator();
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    world.edit([](auto& fleet) { fleet.spec.template_.spec.overrides["a.b"] = "c"; });
    ASSERT_TRUE(world.world.run_until([&] { return world.sidecar.submissions.size() == 2; }));
    EXPECT_GE(kube::Time::of(world.world.clock().now()), *failed.notBefore);
    EXPECT_LT(world.world.clock().now() - failed.notBefore->at, 2s);
}

}  // namespace
}  // namespace sei::deployment::test
