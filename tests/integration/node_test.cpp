// A full node comes up, whatever the API server does and whenever the operator dies: the same on every backend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "kube/meta/condition.hpp"
#include "sei/api/conditions.hpp"
#include "support/world.hpp"

namespace {

using sei::api::NodePhase;
using support::Backend;
using support::FaultyTransport;
using support::World;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

bool is_status_write(const support::PassedRequest& request) {
    return request.path().ends_with("/status");
}

std::vector<std::string> condition_lines(const sei::api::SeiNode& node) {
    std::vector<std::string> lines;
    for (const kube::Condition& condition : node.status.conditions) {
        lines.push_back(
            condition.type + "=" + std::string{sei::api::word_of(condition.status)} + "/" + condition.reason
        );
    }
    return lines;
}

TEST(FullNode, owns_a_stateful_set_a_service_a_config_map_and_a_claim) {
    World world;
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until_running("n0"));
    world.run_until("the owned objects are seen", [&] {
        return world.stateful_set("n0") && world.service("n0") && world.config_map("n0-rbac-proxy-config") &&
               world.claim("data-n0");
    });
    const kube::Uid owner{world.node("n0")->metadata.uid};
    EXPECT_TRUE(world.stateful_set("n0")->metadata.is_controlled_by(owner));
    EXPECT_TRUE(world.service("n0")->metadata.is_controlled_by(owner));
    EXPECT_TRUE(world.config_map("n0-rbac-proxy-config")->metadata.is_controlled_by(owner));
    EXPECT_TRUE(world.claim("data-n0")->metadata.is_controlled_by(owner));
}

TEST(FullNode, records_the_running_image_with_its_first_plan) {
    World world;
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until_running("n0"));
    EXPECT_EQ(world.node("n0")->status.currentImage, "example.com/seid:v1");
}

TEST(FullNode, tells_its_conditions_in_the_order_of_the_contract) {
    World world;
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until_running("n0"));
    ASSERT_TRUE(world.run_until("the sidecar was probed", [&] {
        return kube::find_condition(world.node("n0")->status.conditions, "SidecarReady") != nullptr;
    }));
    EXPECT_THAT(condition_lines(*world.node("n0")), ElementsAre("Paused=False/NotPaused", "SidecarReady=True/Ready"));
}

TEST(FullNode, asks_the_sidecar_for_each_task_once_and_in_order) {
    World world;
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until_running("n0"));
    EXPECT_THAT(
        world.submissions("n0"), ElementsAre("configure-genesis", "config-apply", "config-validate", "mark-ready")
    );
}

TEST(FullNode, announces_its_phases_as_events) {
    World world;
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until_running("n0"));
    ASSERT_TRUE(world.run_until("both events are seen", [&] { return world.events().size() >= 2; }));
    EXPECT_THAT(world.events(), ElementsAre("Normal PhaseTransition SeiNode/n0", "Normal PhaseTransition SeiNode/n0"));
}

TEST(FullNode, persists_its_plan_before_the_first_effect) {
    World world{{.with_operator = false}};
    world.start_operator();
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until_running("n0"));
    const auto writes = world.operator_writes();
    const auto plan = std::ranges::find_if(writes, [](const auto& write) {
        return is_status_write(write) && write.body.find("\"plan\"") != std::string::npos;
    });
    ASSERT_NE(plan, writes.end());
    const auto effect = std::ranges::find_if(writes, [](const auto& write) {
        return write.path().find("/seinodes/") == std::string::npos &&
               write.path().find("/events") == std::string::npos;
    });
    ASSERT_NE(effect, writes.end());
    EXPECT_LT(plan - writes.begin(), effect - writes.begin());
}

TEST(FullNode, sends_the_version_with_every_status_write) {
    World world;
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until_running("n0"));
    std::size_t status_writes = 0;
    for (const auto& write : world.operator_writes()) {
        if (!is_status_write(write)) continue;
        ++status_writes;
        EXPECT_THAT(write.body, HasSubstr("resourceVersion"));
    }
    EXPECT_GT(status_writes, 0U);
}

TEST(FullNode, costs_at_most_ten_writes) {
    World world;
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until_running("n0"));
    ASSERT_TRUE(world.run_until("both events are seen", [&] { return world.events().size() >= 2; }));
    EXPECT_LE(world.operator_writes().size(), 10U);
}

// The API server fails.

TEST(FullNode, comes_up_although_the_first_status_writes_fail) {
    World world;
    const auto is_status = [](const kube::HttpRequest& request) {
        return request.target.find("/status") != std::string::npos;
    };
    world.operator_transport().answer(is_status, {.status = 500, .headers = {}, .body = "{}"}, 2);
    world.create(world.a_full_node("n0"));
    EXPECT_TRUE(world.run_until_running("n0"));
    EXPECT_EQ(world.operator_transport().times_fired(), 2U);
}

TEST(FullNode, comes_up_although_answers_are_garbage) {
    World world;
    const auto is_write = [](const kube::HttpRequest& request) { return request.method != kube::HttpMethod::Get; };
    world.operator_transport().answer(is_write, {.status = 200, .headers = {}, .body = "<html>"}, 3);
    world.create(world.a_full_node("n0"));
    EXPECT_TRUE(world.run_until_running("n0"));
    EXPECT_EQ(world.operator_transport().times_fired(), 3U);
}

TEST(FullNode, keeps_its_one_plan_when_the_answer_to_its_write_is_lost) {
    World world;
    const auto is_status = [](const kube::HttpRequest& request) {
        return request.target.find("/status") != std::string::npos;
    };
    world.operator_transport().fail(is_status, FaultyTransport::Effect::After, 1);
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until("a plan is seen", [&] { return world.node("n0") && world.node("n0")->status.plan; }));
    const std::string plan = world.node("n0")->status.plan->id;
    bool was_replaced = false;
    ASSERT_TRUE(world.run_until("it runs", [&] {
        const auto now = world.node("n0")->status;
        was_replaced = was_replaced || (now.plan && now.plan->id != plan);
        return now.phase == NodePhase::Running;
    }));
    EXPECT_FALSE(was_replaced);
    EXPECT_EQ(world.operator_transport().times_fired(), 1U);
}

TEST(FullNode, comes_up_after_all_watches_broke) {
    World world;
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until("its plan is stored", [&] { return world.node("n0") && world.node("n0")->status.plan; })
    );
    world.operator_transport().break_watches();
    EXPECT_TRUE(world.run_until_running("n0"));
}

TEST(FullNode, comes_up_when_the_api_server_was_away_at_the_operators_start) {
    World world{{.with_operator = false}};
    world.operator_transport().cut_off();
    world.start_operator();
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until("the operator tried in vain", [&] {
        return world.operator_transport().turned_away() > 2;
    }));
    EXPECT_FALSE(world.operator_is_ready());
    world.operator_transport().restore();
    EXPECT_TRUE(world.run_until_running("n0"));
}

TEST(FullNode, comes_up_when_the_api_server_went_away_in_between) {
    World world;
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until("its plan is stored", [&] { return world.node("n0") && world.node("n0")->status.plan; })
    );
    world.operator_transport().cut_off();
    ASSERT_TRUE(world.run_until("the operator tried in vain", [&] {
        return world.operator_transport().turned_away() > 2;
    }));
    world.operator_transport().restore();
    EXPECT_TRUE(world.run_until_running("n0"));
}

// The operator dies.

struct Crash {
    std::size_t nth;
    FaultyTransport::Effect effect;
};

class CrashingOperator : public ::testing::TestWithParam<Crash> {};

TEST_P(CrashingOperator, changes_nothing_of_the_outcome) {
    World world;
    ASSERT_TRUE(world.run_until("the operator is ready", [&] { return world.operator_is_ready(); }));
    world.crash_operator_at(GetParam().nth, GetParam().effect);
    world.create(world.a_full_node("n0"));
    ASSERT_TRUE(world.run_until("the operator crashed, or was done before it could", [&] {
        return world.operator_has_crashed() ||
               (world.node("n0") && world.node("n0")->status.phase == NodePhase::Running);
    }));
    if (world.operator_has_crashed()) world.restart_crashed_operator();
    ASSERT_TRUE(world.run_until_running("n0"));
    EXPECT_THAT(
        world.submissions("n0"), ElementsAre("configure-genesis", "config-apply", "config-validate", "mark-ready")
    );
    EXPECT_THAT(condition_lines(*world.node("n0")), Contains("Paused=False/NotPaused"));
    ASSERT_TRUE(world.run_until("the StatefulSet is tracked", [&] {
        const auto set = world.stateful_set("n0");
        return set && world.node("n0")->status.statefulSet &&
               world.node("n0")->status.statefulSet->uid == set->metadata.uid;
    }));
    EXPECT_EQ(world.node("n0")->status.currentImage, "example.com/seid:v1");
}

/// Every write of a creation, and a few requests more. Everywhere but on `embedded` a sample is enough: each costs
/// seconds there.
std::vector<Crash> crashes() {
    std::vector<Crash> all;
    const std::size_t step = support::backend() == Backend::Embedded ? 1 : 3;
    for (std::size_t nth = 1; nth <= 12; nth += step) {
        all.push_back({nth, FaultyTransport::Effect::Before});
        all.push_back({nth, FaultyTransport::Effect::After});
    }
    return all;
}

INSTANTIATE_TEST_SUITE_P(AtEachRequest, CrashingOperator, ::testing::ValuesIn(crashes()), [](const auto& tested) {
    return (tested.param.effect == FaultyTransport::Effect::Before ? "before_request_" : "after_request_") +
           std::to_string(tested.param.nth);
});

}  // namespace
