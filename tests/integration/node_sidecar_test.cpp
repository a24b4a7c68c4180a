// Whatever a sidecar answers (spec 04 §8.8): what becomes of its node. The same on every backend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "support/nodes.hpp"

namespace {

using namespace support;
using devcluster::sidecar::Endpoint;
using devcluster::sidecar::HttpFault;
using devcluster::sidecar::Script;
using sei::api::NodePhase;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

bool has_failed(const World& world, const std::string& node) {
    return world.node(node) && world.node(node)->status.phase == NodePhase::Failed;
}

std::string failure(const World& world, const std::string& node) {
    const auto seen = world.node(node);
    if (!seen || !seen->status.plan || !seen->status.plan->failedTaskDetail) return "no failure";
    const auto& detail = *seen->status.plan->failedTaskDetail;
    return detail.type + ": " + detail.error;
}

/// An answer that says nothing about the task: it is asked again, nothing is counted, nothing is begun twice.
struct PassingFault {
    std::string node;
    HttpFault fault;
};

std::vector<PassingFault> passing_faults() {
    using enum HttpFault::Kind;
    return {
        {"submit-401", {.kind = Status, .status = 401, .endpoint = Endpoint::SubmitTask, .times = 2}},
        {"submit-403", {.kind = Status, .status = 403, .endpoint = Endpoint::SubmitTask, .times = 2}},
        {"submit-404", {.kind = Status, .status = 404, .endpoint = Endpoint::SubmitTask, .times = 2}},
        {"submit-500", {.kind = Status, .status = 500, .endpoint = Endpoint::SubmitTask, .times = 2}},
        {"submit-502", {.kind = Status, .status = 502, .endpoint = Endpoint::SubmitTask, .times = 2}},
        {"submit-garbage", {.kind = Garbage, .endpoint = Endpoint::SubmitTask, .times = 2}},
        {"look-up-401", {.kind = Status, .status = 401, .endpoint = Endpoint::GetTask, .times = 2}},
        {"look-up-403", {.kind = Status, .status = 403, .endpoint = Endpoint::GetTask, .times = 2}},
        {"look-up-500", {.kind = Status, .status = 500, .endpoint = Endpoint::GetTask, .times = 2}},
        {"look-up-garbage", {.kind = Garbage, .endpoint = Endpoint::GetTask, .times = 2}},
        {"everything-502", {.kind = Status, .status = 502, .times = 5}},
    };
}

TEST(SidecarAnswer, that_says_nothing_about_the_task_is_waited_out) {
    World world;
    std::vector<std::size_t> ids;
    for (PassingFault& passing : passing_faults()) {
        passing.fault.node = world.key(passing.node);
        ids.push_back(world.sidecars().faults().add(passing.fault));
        world.create(world.a_full_node(passing.node));
    }
    const auto cases = passing_faults();
    for (std::size_t i = 0; i < cases.size(); ++i) {
        SCOPED_TRACE(cases[i].node);
        EXPECT_TRUE(world.run_until_running(cases[i].node));
        EXPECT_EQ(world.sidecars().faults().times_fired(ids[i]), cases[i].fault.times);
        EXPECT_THAT(
            world.submissions(cases[i].node),
            ElementsAre("configure-genesis", "config-apply", "config-validate", "mark-ready")
        );
    }
}

TEST(SidecarAnswer, of_401_is_told_at_once_until_it_is_over) {
    World world;
    auto& faults = world.sidecars().faults();
    const auto fault = faults.add({.kind = HttpFault::Kind::Status, .status = 401, .node = world.key("n0")});
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until("it is told", [&] {
        return condition(world, "n0", "Stalled") == "True/TaskNotProgressing";
    }));
    EXPECT_THAT(condition_message(world, "n0", "Stalled"), HasSubstr("returned 401: Unauthorized"));
    faults.clear(fault);
    EXPECT_TRUE(world.run_until_running("n0"));
    EXPECT_EQ(condition(world, "n0", "Stalled"), "False/Progressing");
}

TEST(SidecarAnswer, of_400_fails_the_node_with_the_reason) {
    World world;
    auto& faults = world.sidecars().faults();
    const auto fault = faults.add(
        {.kind = HttpFault::Kind::Status, .status = 400, .endpoint = Endpoint::SubmitTask, .node = world.key("n0")}
    );
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until("it has failed", [&] { return has_failed(world, "n0"); }));
    EXPECT_EQ(failure(world, "n0"), "configure-genesis: sidecar rejected the configure-genesis task: scripted refusal");
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_EQ(faults.times_fired(fault), 1U) << "what was rejected is not sent again";
}

TEST(SidecarTask, that_fails_without_a_budget_fails_the_node_with_its_text) {
    World world;
    world.sidecars()
        .node(world.key("n0"))
        .scripts()
        .set("config-apply", {.outcome = Script::Outcome::Fail, .error = "no such value"});
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until("it has failed", [&] { return has_failed(world, "n0"); }));
    EXPECT_EQ(failure(world, "n0"), "config-apply: no such value");
    ASSERT_TRUE(world.run_until("it is announced", [&] {
        return std::ranges::count(world.events(), "Warning NodeFailed SeiNode/n0") == 1;
    }));
    EXPECT_THAT(world.submissions("n0"), ElementsAre("configure-genesis", "config-apply"));
}

TEST(SidecarTask, that_the_sidecar_forgot_is_submitted_again) {
    World world;
    world.sidecars()
        .node(world.key("n0"))
        .scripts()
        .set("config-apply", {.outcome = Script::Outcome::Forget, .times = 1});
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until_running("n0"));
    EXPECT_THAT(
        world.submissions("n0"),
        ElementsAre("configure-genesis", "config-apply", "config-apply", "config-validate", "mark-ready")
    );
}

TEST(SidecarTask, is_continued_when_the_sidecar_restarts_under_it) {
    World world;
    auto& sidecar = world.sidecars().node(world.key("n0"));
    sidecar.scripts().set("config-apply", {.outcome = Script::Outcome::Hang, .times = 1});
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until("config-apply runs", [&] { return world.submissions("n0").size() == 2; }));
    sidecar.restart();
    EXPECT_TRUE(world.run_until_running("n0"));
    EXPECT_THAT(
        world.submissions("n0"), ElementsAre("configure-genesis", "config-apply", "config-validate", "mark-ready")
    );
}

TEST(Sidecar, that_lost_its_readiness_gets_it_back_by_a_mark_ready_plan) {
    World world;
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until_running("n0"));
    ASSERT_TRUE(world.run_until("it was probed", [&] { return condition(world, "n0", "SidecarReady") == "True/Ready"; })
    );
    const std::size_t before = world.submissions("n0").size();
    world.sidecars().node(world.key("n0")).restart();
    ASSERT_TRUE(world.run_until("mark-ready was submitted again", [&] {
        world.operator_manager().wake_all();  // instead of the poll that is due within 30 s
        return world.submissions("n0").size() > before;
    }));
    EXPECT_TRUE(world.run_until("both are announced, and it is ready", [&] {
        return std::ranges::count(world.events(), "Warning SidecarReadinessLost SeiNode/n0") == 1 &&
               std::ranges::count(world.events(), "Normal SidecarReadinessRestored SeiNode/n0") == 1 &&
               condition(world, "n0", "SidecarReady") == "True/Ready";
    }));
    EXPECT_EQ(world.submissions("n0").back(), "mark-ready");
}

TEST(Sidecar, that_does_not_answer_probes_makes_readiness_unknown_and_nothing_else) {
    World world;
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until_running("n0"));
    const std::size_t before = world.submissions("n0").size();
    world.sidecars().faults().add(
        {.kind = HttpFault::Kind::Hang, .endpoint = Endpoint::Healthz, .node = world.key("n0")}
    );
    ASSERT_TRUE(world.run_until("its readiness is unknown", [&] {
        world.operator_manager().wake_all();
        return condition(world, "n0", "SidecarReady") == "Unknown/Unreachable";
    }));
    EXPECT_EQ(world.node("n0")->status.phase, NodePhase::Running);
    EXPECT_FALSE(world.node("n0")->status.plan);
    EXPECT_EQ(world.submissions("n0").size(), before);
}

TEST(FailedNode, is_tried_again_with_its_data_when_its_spec_changes) {
    World world;
    ASSERT_TRUE(run_until_failed_once(world, "n0"));
    ASSERT_TRUE(world.run_until("its claim is seen", [&] { return world.claim("data-n0").has_value(); }));
    const std::string claim = world.claim("data-n0")->metadata.uid;
    world.edit("n0", [](sei::api::NodeSpec& spec) { spec.overrides["evm.http_port"] = "9545"; });
    ASSERT_TRUE(world.run_until_running("n0"));
    EXPECT_EQ(world.claim("data-n0")->metadata.uid, claim);
}

}  // namespace
