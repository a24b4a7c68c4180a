// Nodes that were let go with their fleet are not claimed again by a pass that began before (spec 08 5.5, 5.7).
#include <gtest/gtest.h>

#include <string>

#include "deployment_world.hpp"

namespace sei::deployment::test {
namespace {

TEST(ReleasedNodes, are_not_claimed_for_a_fleet_that_was_deleted_meanwhile) {
    DeploymentWorld world;
    auto fleet = DeploymentWorld::a_fleet(2);
    fleet.spec.deletionPolicy = api::DeletionPolicy::Retain;
    world.world.create(std::move(fleet));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();

    // A pass has read the fleet and has its nodes to write, and is late: the fleet is deleted before it asks once more.
    int deletions = 0;
    int claims = 0;
    const auto before = [&](std::string target, bool is_read) -> kube::Async<> {
        const std::string path = target.substr(0, target.find('?'));
        if (path.find("/seinodes/fleet-") != std::string::npos &&
            target.find("seinodedeployment-controller") != std::string::npos) {
            ++claims;
        }
        if (!is_read || !path.ends_with("/seinodedeployments/fleet") || deletions++ > 0) co_return;
        const auto read = co_await world.world.person().get<api::SeiNodeDeployment>(DeploymentWorld::key("fleet"));
        const kube::DeletePrecondition precondition{.uid = read->uid(), .resource_version = std::nullopt};
        (void)co_await world.world.person().delete_object<api::SeiNodeDeployment>(
            DeploymentWorld::key("fleet"), precondition
        );
    };
    world.world.calls().before_each = [&](const kube::HttpRequest& request) {
        return before(request.target, request.method == kube::HttpMethod::Get);
    };
    world.edit([](auto& edited) { edited.spec.template_.spec.podLabels["a"] = "b"; });
    ASSERT_TRUE(world.world.run_until([&] { return world.is_gone(); })) << world.world.last_reason();
    world.world.calls().before_each = {};

    EXPECT_GT(deletions, 0);
    EXPECT_EQ(claims, 0);
    ASSERT_EQ(world.nodes().size(), 2U);
    for (const auto& node : world.nodes()) EXPECT_EQ(node->metadata.controller(), nullptr);
}

/// Its finalizer is written with the list of those that are there (spec 08 5.8).
TEST(FinalizerOfFleet, leaves_one_alone_that_somebody_added_meanwhile) {
    DeploymentWorld world;
    int added = 0;
    const auto add = [&]() -> kube::Async<> {
        const auto read = co_await world.world.person().get<api::SeiNodeDeployment>(DeploymentWorld::key("fleet"));
        api::SeiNodeDeployment changed = **read;
        changed.metadata.finalizers.emplace_back("example.com/other");
        (void)co_await world.world.person().patch(*read, std::move(changed));
    };
    const auto nothing = []() -> kube::Async<> { co_return; };
    world.world.calls().before_each = [&](const kube::HttpRequest& request) {
        const bool is_its_own =
            request.method == kube::HttpMethod::Patch && request.target.contains("/seinodedeployments/fleet?");
        return is_its_own && added++ == 0 ? add() : nothing();
    };
    world.world.create(DeploymentWorld::a_fleet(1));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    world.world.calls().before_each = {};
    ASSERT_GT(added, 1) << "it was written once more";
    EXPECT_EQ(world.fleet().metadata.finalizers.size(), 2U);
    EXPECT_TRUE(world.fleet().metadata.has_finalizer("example.com/other"));
    EXPECT_TRUE(world.fleet().metadata.has_finalizer("sei.io/seinodedeployment-finalizer"));
}

TEST(LeftNodes, are_adopted_by_the_next_fleet_of_the_name) {
    DeploymentWorld world;
    auto fleet = DeploymentWorld::a_fleet(2);
    fleet.spec.deletionPolicy = api::DeletionPolicy::Retain;
    world.world.create(fleet);
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    world.world.erase<api::SeiNodeDeployment>(DeploymentWorld::key("fleet"));
    ASSERT_TRUE(world.world.run_until([&] { return world.is_gone(); })) << world.world.last_reason();
    world.world.create(std::move(fleet));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    const kube::Uid owner{world.fleet().metadata.uid};
    ASSERT_EQ(world.nodes().size(), 2U);
    for (const auto& node : world.nodes()) EXPECT_TRUE(node->metadata.is_controlled_by(owner));
}

TEST(LeftNodes, that_are_not_adopted_yet_count_against_the_bound_of_a_rollout) {
    DeploymentWorld world;
    auto fleet = DeploymentWorld::a_fleet(2);
    fleet.spec.deletionPolicy = api::DeletionPolicy::Retain;
    fleet.spec.updateStrategy.maxUnavailable = 1;
    world.world.create(fleet);
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    world.world.erase<api::SeiNodeDeployment>(DeploymentWorld::key("fleet"));
    ASSERT_TRUE(world.world.run_until([&] { return world.is_gone(); })) << world.world.last_reason();

    // Somebody is faster with the first of them, which may be in the middle of an update.
    world.refuse_writes_of("fleet-0");
    const std::string before = fleet.spec.template_.spec.image;
    fleet.spec.template_.spec.image = "example.com/seid:v2";
    world.world.create(std::move(fleet));
    ASSERT_TRUE(world.world.run_until([&] { return world.fleet().status.rollout.has_value(); }));
    for (int i = 0; i < 5; ++i) world.world.run_one_more_pass_of_everything();
    for (const auto& node : world.nodes()) EXPECT_EQ(node->spec.image, before) << node->metadata.name;
    world.world.calls().forget_faults();
    EXPECT_TRUE(world.world.run_until([&] { return world.nodes().at(0)->spec.image == "example.com/seid:v2"; }))
        << world.world.last_reason();
}

}  // namespace
}  // namespace sei::deployment::test
