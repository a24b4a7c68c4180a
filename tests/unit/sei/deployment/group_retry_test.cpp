// A failed task of a group's plan is tried again when its time has come, whatever happens until then (decision 0019).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

#include "deployment_world.hpp"
#include "sei/api/conditions.hpp"
#include "sei/plan/task_type.hpp"

namespace sei::deployment::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

/// A validator that has done its part of the ceremony.
void report_artifacts(DeploymentWorld& world, const std::string& name) {
    api::PlannedTask uploaded;
    uploaded.type = plan::to_wire(plan::TaskType::UploadGenesisArtifacts);
    uploaded.id = "2d5531fb-0972-5fa8-9d84-dc9dcf4a7fe7";
    uploaded.status = api::TaskStatus::Complete;
    world.edit_status<api::SeiNode>(name, [&](auto& node) {
        node.status.phase = api::NodePhase::Initializing;
        node.status.plan.emplace();
        node.status.plan->id = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
        node.status.plan->phase = api::PlanPhase::Active;
        node.status.plan->tasks.push_back(uploaded);
    });
}

/// Of one validator, whose part is there to be assembled.
void create_chain(DeploymentWorld& world) {
    auto chain = DeploymentWorld::a_fleet(1);
    chain.spec.template_.spec.fullNode.reset();
    chain.spec.template_.spec.validator.emplace();
    chain.spec.genesis.emplace();
    chain.spec.genesis->chainId = "pacific-1";
    world.world.create(std::move(chain));
    ASSERT_TRUE(world.world.run_until([&] { return world.nodes().size() == 1; }));
    report_artifacts(world, "fleet-0");
}

api::PlannedTask assembly(DeploymentWorld& world) {
    const api::SeiNodeDeployment fleet = world.fleet();
    return fleet.status.plan ? fleet.status.plan->tasks.front() : api::PlannedTask{};
}

/// The same time later, as far as the stored task tells.
void let_its_time_run_out(DeploymentWorld& world) {
    world.edit_status<api::SeiNodeDeployment>("fleet", [&](auto& fleet) {
        fleet.status.plan->tasks.front().deadline = kube::Time::of(world.world.clock().now());
    });
}

TEST(GroupTask, is_not_tried_again_before_its_stored_time_by_a_new_process_either) {
    DeploymentWorld world;
    world.sidecar.on_start = [](const std::string&) {
        return sidecar::TaskRun{.status = sidecar::RunStatus::Failed, .run = 1, .error = "no bucket yet"};
    };
    create_chain(world);
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

TEST(GroupTask, that_hangs_has_a_deadline_and_is_told_when_that_is_over) {
    DeploymentWorld world;
    world.sidecar.leave_tasks_running();
    create_chain(world);
    ASSERT_TRUE(world.world.run_until([&] { return assembly(world).deadline.has_value(); }));
    const api::PlannedTask task = assembly(world);
    ASSERT_TRUE(task.submittedAt);
    EXPECT_EQ(task.deadline->at - task.submittedAt->at, *plan::time_limit(plan::TaskType::AssembleAndUploadGenesis));
    let_its_time_run_out(world);
    ASSERT_TRUE(world.world.run_until([&] { return !world.fleet().status.plan; })) << world.world.last_reason();
    EXPECT_EQ(world.condition(api::deployment_condition::kStalled), "True/CeremonyFailed");
    EXPECT_THAT(
        world.condition_message(api::deployment_condition::kStalled),
        HasSubstr("deadline exceeded: not complete within 24 hours")
    );
}

TEST(GroupTask, that_comes_to_nothing_stores_its_attempts_for_the_next_process) {
    DeploymentWorld world;
    world.sidecar.is_unreachable = true;
    create_chain(world);
    ASSERT_TRUE(world.world.run_until([&] { return assembly(world).attempts > 0; })) << world.world.last_reason();
    const api::PlannedTask task = assembly(world);
    EXPECT_FALSE(task.lastError.empty());
    EXPECT_TRUE(task.deadline);
    world.world.stop_operator();
    world.world.start_operator();
    ASSERT_TRUE(world.world.run_until([&] { return assembly(world).attempts > task.attempts; }));
    EXPECT_EQ(assembly(world).deadline, task.deadline) << "it is set once";
}

}  // namespace
}  // namespace sei::deployment::test
