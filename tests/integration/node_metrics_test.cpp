// The metrics of a SeiNode (spec 02 §23): each is there when it should be, and goes with its node.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/nodes.hpp"
#include "support/scrape.hpp"

namespace {

using namespace support;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class NodeMetrics : public ::testing::Test {
protected:
    double value(std::string_view name, std::string_view label) {
        return total(world_.operator_manager().metrics(), name, {in_namespace_, label});
    }
    auto lines(std::string_view name, std::string_view label) {
        return series(world_.operator_manager().metrics(), name, {in_namespace_, label});
    }
    World world_;
    std::string in_namespace_ = "namespace=\"" + world_.namespace_name() + "\"";
};

TEST_F(NodeMetrics, tell_its_phases_plans_and_probes) {
    world_.create(world_.a_full_node("n0"));
    ASSERT_TRUE(world_.run_until("a plan is active", [&] {
        return value("sei_controller_plan_active", "seinode") == 1;
    }));
    ASSERT_TRUE(world_.run_until_running("n0"));
    ASSERT_TRUE(world_.run_until("it is at rest", [&] { return value("sei_controller_plan_active", "seinode") == 0; }));
    EXPECT_THAT(lines("sei_controller_seinode_phase", R"(name="n0")"), SizeIs(5));
    EXPECT_EQ(value("sei_controller_seinode_phase", R"(phase="Running")"), 1);
    EXPECT_EQ(value("sei_controller_seinode_phase", R"(phase="Initializing")"), 0);
    EXPECT_EQ(value("sei_controller_seinode_phase_transitions_total", R"(to_phase="Initializing")"), 1);
    EXPECT_EQ(value("sei_controller_seinode_phase_transitions_total", R"(to_phase="Running")"), 1);
    EXPECT_EQ(value("sei_controller_seinode_phase_duration_seconds_count", R"(phase="Initializing")"), 1);
    EXPECT_EQ(value("sei_controller_plan_duration_seconds_count", R"(plan_type="init")"), 1);
    EXPECT_GE(value("sei_controller_seinode_sidecar_health_probes_total", R"(outcome="ready")"), 1);
    EXPECT_EQ(value("sei_controller_seinode_sidecar_ready", R"(name="n0")"), 1);
    ASSERT_TRUE(roll(world_, "n0"));
    // It follows the write that this test has seen.
    EXPECT_TRUE(world_.run_until("the update is counted", [&] {
        return value("sei_controller_plan_duration_seconds_count", R"(plan_type="node-update")") == 1;
    }));
    EXPECT_EQ(value("sei_controller_plan_duration_seconds_count", R"(outcome="failed")"), 0);
}

/// What the alert SeiNodeSidecarNotReady joins, by labels that both have.
TEST_F(NodeMetrics, tell_of_a_running_node_whose_sidecar_does_not_answer) {
    world_.create(world_.a_full_node("n0"));
    ASSERT_TRUE(world_.run_until_running("n0"));
    world_.sidecars().faults().add(
        {.kind = devcluster::sidecar::HttpFault::Kind::Hang,
         .endpoint = devcluster::sidecar::Endpoint::Healthz,
         .node = world_.key("n0")}
    );
    ASSERT_TRUE(world_.run_until("its readiness is unknown", [&] {
        world_.operator_manager().wake_all();  // instead of the poll that is due within 30 s
        return condition(world_, "n0", "SidecarReady") == "Unknown/Unreachable";
    }));
    const std::string of_node = R"({name="n0",)" + in_namespace_;
    EXPECT_THAT(
        lines("sei_controller_seinode_sidecar_ready", R"(name="n0")"),
        ElementsAre("sei_controller_seinode_sidecar_ready" + of_node + "} 0")
    );
    EXPECT_THAT(
        lines("sei_controller_seinode_phase", R"(phase="Running")"),
        ElementsAre("sei_controller_seinode_phase" + of_node + R"(,phase="Running"} 1)")
    );
}

TEST_F(NodeMetrics, count_passes_that_ended_in_an_error) {
    world_.operator_transport().answer(
        [](const kube::HttpRequest& request) { return request.target.find("/n0/status") != std::string::npos; },
        {.status = 500, .headers = {}, .body = "{}"},
        1
    );
    world_.create(world_.a_full_node("n0"));
    ASSERT_TRUE(world_.run_until_running("n0"));
    EXPECT_EQ(world_.operator_transport().times_fired(), 1U);
    EXPECT_EQ(value("sei_controller_reconcile_errors_total", R"(controller="seinode")"), 1);
}

TEST_F(NodeMetrics, go_with_it) {
    world_.create(world_.a_full_node("n0"));
    ASSERT_TRUE(world_.run_until_running("n0"));
    ASSERT_TRUE(world_.run_until("it was probed", [&] {
        return !lines("sei_controller_seinode_sidecar_ready", R"(name="n0")").empty();
    }));
    ASSERT_TRUE(delete_and_wait(world_, "n0"));
    ASSERT_TRUE(world_.run_until_quiet());
    EXPECT_THAT(lines("sei_controller_seinode_phase", R"(name="n0")"), IsEmpty());
    EXPECT_THAT(lines("sei_controller_seinode_sidecar_ready", R"(name="n0")"), IsEmpty());
}

TEST_F(NodeMetrics, count_no_active_plan_of_a_node_that_went_in_the_middle_of_one) {
    world_.sidecars().scripts().set("config-apply", {.outcome = devcluster::sidecar::Script::Outcome::Hang});
    world_.create(world_.a_full_node("n0"));
    ASSERT_TRUE(world_.run_until("a plan is active", [&] {
        return value("sei_controller_plan_active", "seinode") == 1;
    }));
    ASSERT_TRUE(delete_and_wait(world_, "n0"));
    ASSERT_TRUE(world_.run_until("it is not counted", [&] {
        return value("sei_controller_plan_active", "seinode") == 0;
    }));
}

}  // namespace
