// A failed task of a group's plan is tried again when its time has come, whatever happens until then (decision 0019).
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

#include "deployment_world.hpp"
#include "kube/meta/condition.hpp"
#include "sei/api/conditions.hpp"
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
    const auto read = world.world.get<api::SeiNodeDeployment>(DeploymentWorld::key("fleet"));
    api::SeiNodeDeploymentStatus status = (*read)->status;
    status.plan->tasks.front().deadline = kube::Time::of(world.world.clock().now());
    ASSERT_TRUE(world.world.run(world.world.person().write_status(*read, std::move(status))));
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
    const api::SeiNodeDeployment fleet = world.fleet();
    const kube::Condition* stalled = kube::find_condition(fleet.status.conditions, api::deployment_condition::kStalled);
    ASSERT_NE(stalled, nullptr);
    EXPECT_EQ(stalled->reason, api::reason::kCeremonyFailed);
    EXPECT_TRUE(stalled->message.contains("deadline exceeded: not complete within 24 hours")) << stalled->message;
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
