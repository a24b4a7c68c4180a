// The number of nodes and their image change in one edit: the number does not wait for the rollout (spec 03 §3, §8).
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "deployment_world.hpp"

namespace sei::deployment::test {
namespace {

constexpr const char* kNewImage = "example.com/seid:v2";

std::set<std::string> names_and_images(DeploymentWorld& world) {
    std::set<std::string> all;
    for (const auto& node : world.nodes()) all.insert(node->metadata.name + " " + node->spec.image);
    return all;
}

std::string planned_nodes(const api::SeiNodeDeployment& fleet) {
    return kube::json::serialize(kube::json::Value{fleet.status.plan->tasks.front().params});
}

void edit_number_and_image(DeploymentWorld& world, std::int32_t replicas) {
    world.edit([replicas](auto& fleet) {
        fleet.spec.replicas = replicas;
        fleet.spec.template_.spec.image = kNewImage;
    });
}

TEST(FleetThatGrowsWithItsImage, has_its_newcomers_while_the_rollout_is_stuck) {
    DeploymentWorld world;
    world.world.create(DeploymentWorld::a_fleet(2));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    edit_number_and_image(world, 3);
    ASSERT_TRUE(world.world.run_until([&] { return world.nodes().size() == 3; })) << world.world.last_reason();
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();

    EXPECT_TRUE(names_and_images(world).contains(std::string{"fleet-2 "} + kNewImage));
    ASSERT_TRUE(world.fleet().status.plan) << "no node tells that it runs the new image";
    EXPECT_TRUE(planned_nodes(world.fleet()).contains("fleet-2")) << planned_nodes(world.fleet());
}

TEST(FleetThatGrowsWithItsImage, has_its_plan_stored_before_the_first_newcomer_is_made) {
    DeploymentWorld world;
    world.world.create(DeploymentWorld::a_fleet(2));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    bool had_plan = false;
    int made = 0;
    const auto look = [&]() -> kube::Async<> {
        const auto read = co_await world.world.person().get<api::SeiNodeDeployment>(DeploymentWorld::key("fleet"));
        had_plan = (*read)->status.plan.has_value();
    };
    const auto nothing = []() -> kube::Async<> { co_return; };
    world.world.calls().before_each = [&](const kube::HttpRequest& request) {
        const bool is_newcomer = request.method != kube::HttpMethod::Get && request.body.contains("\"fleet-2\"") &&
                                 request.body.contains("\"SeiNode\"");
        return is_newcomer && made++ == 0 ? look() : nothing();
    };
    edit_number_and_image(world, 3);
    ASSERT_TRUE(world.world.run_until([&] { return world.nodes().size() == 3; })) << world.world.last_reason();
    world.world.calls().before_each = {};
    EXPECT_TRUE(had_plan);
}

TEST(FleetThatShrinksWithItsImage, lets_go_of_the_surplus_while_the_rollout_is_stuck) {
    DeploymentWorld world;
    world.world.create(DeploymentWorld::a_fleet(3));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    edit_number_and_image(world, 2);
    ASSERT_TRUE(world.world.run_until([&] { return world.nodes().size() == 2; })) << world.world.last_reason();
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    ASSERT_TRUE(world.fleet().status.plan) << "no node tells that it runs the new image";
    EXPECT_FALSE(planned_nodes(world.fleet()).contains("fleet-2")) << planned_nodes(world.fleet());
}

TEST(FleetThatShrinks, asks_again_where_the_deletion_of_a_node_was_refused) {
    DeploymentWorld world;
    world.world.create(DeploymentWorld::a_fleet(2));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    const auto is_deletion = [](const kube::HttpRequest& request) {
        return request.method == kube::HttpMethod::Delete && request.target.contains("/seinodes/fleet-1");
    };
    const std::string refusal =
        R"({"kind":"Status","apiVersion":"v1","status":"Failure","code":409,"reason":"Conflict","message":"once more"})";
    world.world.calls().answer(is_deletion, {.status = 409, .headers = {}, .body = refusal}, 1);
    world.edit([](auto& fleet) { fleet.spec.replicas = 1; });
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_EQ(world.world.calls().times_fired(), 1U);
    EXPECT_EQ(world.nodes().size(), 1U) << "nothing else would make the fleet look again";
}

}  // namespace
}  // namespace sei::deployment::test
