// What a fleet tells while it lives: status, metrics (spec 03 §17) and events (spec 03 §16). The same on every backend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "integration/deployment_steps.hpp"
#include "kube/runtime/metrics.hpp"
#include "support/world.hpp"

namespace {

using namespace steps;  // NOLINT(google-build-using-namespace)
using sei::api::DeploymentPhase;
using support::World;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

/// The value of the first series of this metric that has all of `labels`; "absent" when there is none.
std::string value_of(World& world, const std::string& metric, const std::vector<std::string>& labels) {
    const std::string text = world.operator_manager().metrics().serialize();
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string line = text.substr(begin, end - begin);
        begin = end + 1;
        const bool has_all = std::ranges::all_of(labels, [&](const auto& label) { return line.contains(label); });
        if (line.starts_with(metric + "{") && has_all) return line.substr(line.rfind(' ') + 1);
    }
    return "absent";
}

class Metrics : public ::testing::Test {
protected:
    std::string phase(const std::string& phase) {
        return value_of(
            world, "sei_controller_seinodedeployment_phase", {here(), "name=\"fleet\"", "phase=\"" + phase + "\""}
        );
    }
    std::string replicas(const std::string& state) {
        return value_of(
            world,
            "sei_controller_seinodedeployment_replicas",
            {here(), "name=\"fleet\"", "replica_state=\"" + state + "\""}
        );
    }
    std::string active_plans() {
        return value_of(world, "sei_controller_plan_active", {here(), "controller=\"seinodedeployment\""});
    }
    std::string here() { return "namespace=\"" + world.namespace_name() + "\""; }
    World world;
};

TEST_F(Metrics, tell_the_stored_state_of_a_fleet_and_go_with_it) {
    ASSERT_TRUE(run_until_fleet_runs(world, 2));
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_EQ(phase("Ready"), "1");
    for (const char* other : {"Pending", "Initializing", "Upgrading", "Paused", "Degraded", "Failed", "Terminating"}) {
        EXPECT_EQ(phase(other), "0") << other;
    }
    EXPECT_EQ(replicas("desired"), "2");
    EXPECT_EQ(replicas("ready"), "2");

    world.hold_image(kV2);
    set_image(world, "fleet", kV2);
    ASSERT_TRUE(run_until_phase(world, "fleet", DeploymentPhase::Upgrading));
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_EQ(phase("Upgrading"), "1");
    EXPECT_EQ(phase("Ready"), "0");
    EXPECT_EQ(active_plans(), "1") << "however often the plan was looked at";
    world.let_images_run();
    ASSERT_TRUE(run_until_settled(world, "fleet", kV2));
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_EQ(active_plans(), "0");

    world.delete_deployment("fleet");
    ASSERT_TRUE(world.run_until("the deployment is gone", [&] { return !world.deployment("fleet"); }));
    ASSERT_TRUE(world.run_until("its series are gone", [&] {
        return phase("Ready") == "absent" && phase("Terminating") == "absent" && replicas("desired") == "absent" &&
               replicas("ready") == "absent";
    }));
}

TEST_F(Metrics, tell_a_plan_that_goes_with_its_fleet) {
    ASSERT_TRUE(run_until_fleet_runs(world, 1));
    world.hold_image(kV2);
    set_image(world, "fleet", kV2);
    ASSERT_TRUE(world.run_until("a plan is counted", [&] { return active_plans() == "1"; }));
    world.delete_deployment("fleet");
    EXPECT_TRUE(world.run_until("it is counted no more", [&] { return active_plans() == "absent"; }));
    world.let_images_run();
}

TEST_F(Metrics, count_passes_that_ended_in_an_error) {
    world.operator_transport().answer(
        [](const kube::HttpRequest& request) {
            return request.method == kube::HttpMethod::Patch && request.target.contains("/services/fleet-internal");
        },
        refusal(500, "InternalError"),
        1
    );
    world.create(world.a_deployment("fleet", 1));
    ASSERT_TRUE(run_until_settled(world, "fleet", kV1)) << "it is tried again";
    EXPECT_EQ(world.operator_transport().times_fired(), 1U);
    EXPECT_EQ(
        value_of(world, "sei_controller_reconcile_errors_total", {here(), "controller=\"seinodedeployment\""}), "1"
    );
}

TEST(Events, tell_the_life_of_a_fleet_once_each) {
    World world;
    ASSERT_TRUE(run_until_fleet_runs(world, 1));
    world.edit_deployment("fleet", [](auto& spec) { spec.replicas = 2; });
    ASSERT_TRUE(run_until_settled(world, "fleet", kV1));
    ASSERT_TRUE(run_until_told(world, "fleet", "SeiNodeCreated: Created SeiNode fleet-1"));
    world.edit_deployment("fleet", [](auto& spec) { spec.replicas = 1; });
    ASSERT_TRUE(run_until_settled(world, "fleet", kV1));
    ASSERT_TRUE(run_until_told(world, "fleet", "SeiNodeDeleted"));
    world.edit_deployment("fleet", [](auto& spec) { spec.paused = true; });
    ASSERT_TRUE(run_until_told(world, "fleet", "Paused"));
    ASSERT_TRUE(run_until_told(world, "fleet", "ChildPaused"));
    world.edit_deployment("fleet", [](auto& spec) { spec.paused = false; });
    ASSERT_TRUE(run_until_told(world, "fleet", "Unpaused"));
    ASSERT_TRUE(run_until_told(world, "fleet", "ChildResumed"));
    ASSERT_TRUE(world.run_one_more_pass_of_everything());
    const auto once = [](const std::string& line) {
        return "Normal " + line + " (x1 by seinodedeployment-controller)";
    };
    EXPECT_THAT(
        world.deployment_events_in_full("fleet"),
        UnorderedElementsAre(
            once("SeiNodeCreated: Created SeiNode fleet-0"),
            once("SeiNodeCreated: Created SeiNode fleet-1"),
            once("SeiNodeDeleted: Scaled down SeiNode fleet-1"),
            once("ChildPaused: Paused SeiNode fleet-0"),
            once("Paused: operator set spec.paused; controller will not advance plans, rollouts, or template changes "
                 "until unpaused"),
            once("ChildResumed: Resumed SeiNode fleet-0"),
            once("Unpaused: operator cleared spec.paused; controller resumes plan-driven orchestration")
        )
    );
    const auto told = world.deployment_events("fleet");
    // What is done to a node follows the node's write, what is said of the deployment its own: of a pair either may
    // come first. What came of one edit comes before what came of the next.
    const auto place = [&](const std::string& line) {
        return std::ranges::find_if(told, [&](const auto& one) { return one.starts_with(line); }) - told.begin();
    };
    EXPECT_LT(place("SeiNodeCreated: Created SeiNode fleet-0"), place("SeiNodeCreated: Created SeiNode fleet-1"));
    EXPECT_LT(place("SeiNodeCreated: Created SeiNode fleet-1"), place("SeiNodeDeleted"));
    for (const char* pause : {"ChildPaused", "Paused"}) {
        EXPECT_LT(place("SeiNodeDeleted"), place(pause));
        for (const char* release : {"ChildResumed", "Unpaused"}) EXPECT_LT(place(pause), place(release));
    }
}

TEST(Events, that_are_told_again_are_counted_in_one) {
    World world;
    ASSERT_TRUE(run_until_fleet_runs(world, 1));
    for (const char* times : {"x1", "x2"}) {
        for (const bool is_paused : {true, false}) {
            world.edit_deployment("fleet", [&](auto& spec) { spec.paused = is_paused; });
            const std::string line = is_paused ? "Paused SeiNode fleet-0" : "Resumed SeiNode fleet-0";
            ASSERT_TRUE(world.run_until(line + " is told " + times, [&] {
                return std::ranges::any_of(world.deployment_events_in_full("fleet"), [&](const auto& told) {
                    return told.contains(line + " (" + times + " by ");
                });
            }));
        }
    }
}

TEST(Events, of_what_went_wrong_are_warnings) {
    World world;
    auto fleet = world.a_deployment("fleet", 1);
    fleet.spec.networking.emplace();
    world.create(std::move(fleet));
    ASSERT_TRUE(world.run_until("the Service is seen", [&] { return world.service("fleet-external").has_value(); }));
    ASSERT_TRUE(world.run_until_running("fleet-0"));
    world.operator_transport().answer(
        [](const kube::HttpRequest& request) {
            return request.method == kube::HttpMethod::Delete && request.target.contains("/services/fleet-external");
        },
        refusal(403, "Forbidden"),
        1
    );
    world.delete_deployment("fleet");
    ASSERT_TRUE(run_until_told(world, "fleet", "DeleteFailed"));
    EXPECT_THAT(
        world.deployment_events_in_full("fleet"),
        Contains(AllOf(
            StartsWith("Warning DeleteFailed: Failed to clean up networking resources: "),
            EndsWith(" (x1 by seinodedeployment-controller)")
        ))
    );
    EXPECT_TRUE(world.run_until("the deployment is gone", [&] { return !world.deployment("fleet"); }));
}

TEST(Events, of_a_status_that_was_refused_are_told_when_it_is_written) {
    World world;
    ASSERT_TRUE(run_until_fleet_runs(world, 1));
    ASSERT_TRUE(world.run_until_quiet());
    world.operator_transport().answer(
        [](const kube::HttpRequest& request) {
            return request.method == kube::HttpMethod::Patch && request.body.contains("TemplateChanged") &&
                   request.target.contains("/seinodedeployments/fleet/status");
        },
        refusal(500, "InternalError"),
        2
    );
    set_image(world, "fleet", kV2);
    ASSERT_TRUE(run_until_settled(world, "fleet", kV2));
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_EQ(world.operator_transport().times_fired(), 2U);
    EXPECT_THAT(
        world.deployment_events_in_full("fleet"),
        AllOf(
            Contains(AllOf(HasSubstr("RolloutStarted"), HasSubstr("(x1 by "))).Times(1),
            Contains(AllOf(HasSubstr("PlanStarted"), HasSubstr("(x1 by "))).Times(1)
        )
    );
}

TEST(Conditions, are_all_there_with_the_first_status) {
    World world{{.with_operator = false}};
    world.create(world.a_deployment("fleet", 2));
    std::vector<std::string> first;
    world.start_operator();
    ASSERT_TRUE(world.run_until("a status is seen", [&] {
        const auto deployment = world.deployment("fleet");
        if (!deployment || deployment->status.conditions.empty()) return false;
        for (const auto& one : deployment->status.conditions) first.push_back(one.type);
        return true;
    }));
    EXPECT_THAT(
        first,
        ElementsAre(
            "GenesisCeremonyComplete", "Paused", "PlanInProgress", "RolloutInProgress", "NetworkingReady", "NodesReady"
        )
    );
    EXPECT_EQ(condition(world, "fleet", "PlanInProgress"), "False/NotStarted");
    EXPECT_EQ(condition(world, "fleet", "RolloutInProgress"), "False/NotStarted");
    EXPECT_EQ(condition(world, "fleet", "GenesisCeremonyComplete"), "False/NotApplicable");
    EXPECT_EQ(condition(world, "fleet", "Paused"), "False/NotPaused");
}

TEST(Conditions, that_a_transition_wrote_are_never_seeded_again) {
    World world;
    ASSERT_TRUE(run_until_rollout_is_held(world, 1));
    ASSERT_TRUE(run_until_condition(world, "fleet", "PlanInProgress", "True/PlanStarted"));
    EXPECT_TRUE(world.holds_through_passes(3, [&] {
        return condition(world, "fleet", "PlanInProgress") == "True/PlanStarted" &&
               condition(world, "fleet", "RolloutInProgress") == "True/TemplateChanged";
    }));
    world.let_images_run();
    ASSERT_TRUE(run_until_settled(world, "fleet", kV2));
    world.stop_operator();
    world.start_operator();
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_TRUE(world.holds_through_passes(3, [&] {
        return condition(world, "fleet", "PlanInProgress") == "False/PlanComplete" &&
               condition(world, "fleet", "RolloutInProgress") == "False/RolloutComplete";
    }));
}

/// As the contract has it (spec 03 §19, H14): the phase says that nothing runs.
TEST(Status, of_a_paused_fleet_has_the_counts_of_before) {
    World world;
    ASSERT_TRUE(run_until_fleet_runs(world, 2));
    world.edit_deployment("fleet", [](auto& spec) { spec.paused = true; });
    ASSERT_TRUE(run_until_phase(world, "fleet", DeploymentPhase::Paused));
    ASSERT_TRUE(world.run_until("no pod is to run", [&] {
        return world.stateful_set("fleet-0")->spec.replicas == 0 && world.stateful_set("fleet-1")->spec.replicas == 0;
    }));
    ASSERT_TRUE(world.run_until_quiet());
    const auto status = world.deployment("fleet")->status;
    EXPECT_EQ(status.phase, DeploymentPhase::Paused);
    EXPECT_EQ(status.readyReplicas, 2);
    EXPECT_EQ(condition(world, "fleet", "NodesReady"), "True/AllNodesReady");
    EXPECT_EQ(status.endpoints->nodes.size(), 2U);
}

/// As the contract has it (spec 03 §15.4), although validators serve none of them.
TEST(Status, has_the_endpoints_of_every_node_whatever_its_mode) {
    World world{{.with_workloads = false}};
    auto fleet = world.a_deployment("fleet", 1);
    fleet.spec.template_.spec.fullNode.reset();
    fleet.spec.template_.spec.validator.emplace();
    world.create(std::move(fleet));
    ASSERT_TRUE(world.run_until("there are endpoints", [&] {
        const auto deployment = world.deployment("fleet");
        return deployment && deployment->status.endpoints && deployment->status.endpoints->nodes.size() == 1;
    }));
    const auto endpoints = *world.deployment("fleet")->status.endpoints;
    const std::string host = "fleet-0." + world.namespace_name() + ".svc";
    EXPECT_EQ(endpoints.nodes.front().evmJsonRpc, "http://" + host + ":8545");
    EXPECT_EQ(endpoints.nodes.front().evmWs, "ws://" + host + ":8546");
}

TEST(Status, has_its_lists_in_the_order_of_ordinals) {
    World world;
    world.create(world.a_deployment("fleet", 11));
    ASSERT_TRUE(run_until_settled(world, "fleet", kV1));
    const auto status = world.deployment("fleet")->status;
    std::vector<std::string> expected;
    for (int i = 0; i < 11; ++i) expected.push_back("fleet-" + std::to_string(i));
    const auto names = [](const auto& list) {
        std::vector<std::string> found;
        for (const auto& one : list) found.push_back(one.name);
        return found;
    };
    EXPECT_EQ(status.incumbentNodes, expected);
    EXPECT_EQ(names(status.nodes), expected);
    EXPECT_EQ(names(status.perPodServices), expected);
    EXPECT_EQ(names(status.endpoints->nodes), expected);
}

}  // namespace
