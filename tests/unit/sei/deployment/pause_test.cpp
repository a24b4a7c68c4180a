// What a pause and its end write to the nodes (spec 03 §6.2, H13).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "deployment_world.hpp"
#include "sei/api/conditions.hpp"

namespace sei::deployment::test {
namespace {

TEST(EndOfPause, writes_each_node_of_a_bounded_rollout_from_what_it_wrote_itself) {
    DeploymentWorld world;
    auto fleet = DeploymentWorld::a_fleet(3);
    fleet.spec.updateStrategy.maxUnavailable = 1;
    world.world.create(std::move(fleet));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    world.edit([](auto& edited) { edited.spec.template_.spec.image = "example.com/seid:v2"; });
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    ASSERT_TRUE(world.fleet().status.rollout);
    world.edit([](auto& edited) { edited.spec.paused = true; });
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();

    std::vector<std::string> applied;
    const auto note = [&](std::string target) -> kube::Async<> {
        const std::string path = target.substr(0, target.find('?'));
        // The pass sees nothing of its own releases: its watches break with the first.
        const bool is_release = target.find("fieldManager=manager") != std::string::npos;
        if (is_release && path.ends_with("/seinodes/fleet-0")) world.world.calls().break_watches();
        const bool is_apply = target.find("seinodedeployment-controller") != std::string::npos;
        if (is_apply && path.find("/seinodes/fleet-") != std::string::npos) {
            applied.push_back(path.substr(path.rfind('/') + 1));
        }
        co_return;
    };
    world.world.calls().before_each = [&](const kube::HttpRequest& request) { return note(request.target); };
    world.edit([](auto& edited) { edited.spec.paused = false; });
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    world.world.calls().before_each = {};
    EXPECT_THAT(applied, ::testing::ElementsAre("fleet-0", "fleet-1", "fleet-2")) << "none was refused";
    EXPECT_TRUE(std::ranges::none_of(world.nodes(), [](const auto& node) { return node->spec.paused; }));
}

TEST(EndOfPause, gives_a_rollout_its_whole_time_to_make_progress) {
    DeploymentWorld world;
    world.world.create(DeploymentWorld::a_fleet(1));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    world.edit([](auto& edited) { edited.spec.template_.spec.image = "example.com/seid:v2"; });
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    ASSERT_TRUE(world.fleet().status.rollout);
    world.edit([](auto& edited) { edited.spec.paused = true; });
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    world.world.clock().advance_by(std::chrono::hours{48});
    world.edit([](auto& edited) { edited.spec.paused = false; });
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_EQ(world.condition(api::deployment_condition::kRolloutInProgress), "True/TemplateChanged");
}

}  // namespace
}  // namespace sei::deployment::test
