// Somebody edits or deletes in the middle of a pass: what it decided before is not done any more (spec 08 5.5, 5.7).
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "deployment_world.hpp"

namespace sei::deployment::test {
namespace {

/// Does something else once, in the moment before the operator's next request of this kind is sent.
struct Interruption {
    Interruption(
        DeploymentWorld& where, kube::HttpMethod method_, std::string end_, std::function<kube::Async<>()> what_
    )
        : world{where}, method{method_}, end{std::move(end_)}, what{std::move(what_)} {
        world.world.calls().before_each = [this](const kube::HttpRequest& request) {
            return before(request.method, request.target.substr(0, request.target.find('?')));
        };
    }
    ~Interruption() { world.world.calls().before_each = {}; }
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;
    [[nodiscard]] kube::Async<> before(kube::HttpMethod sent, std::string path) {
        if (count > 0 || sent != method || !path.ends_with(end)) co_return;
        ++count;
        co_await what();
    }
    DeploymentWorld& world;
    kube::HttpMethod method;
    std::string end;
    std::function<kube::Async<>()> what;
    int count = 0;
};

kube::Async<> edit_fleet(DeploymentWorld& world, std::function<void(api::SeiNodeDeployment&)> change) {
    const auto read = co_await world.world.person().get<api::SeiNodeDeployment>(DeploymentWorld::key("fleet"));
    api::SeiNodeDeployment changed = **read;
    change(changed);
    (void)co_await world.world.person().patch(*read, std::move(changed));
}

std::ptrdiff_t writes_with(DeploymentWorld& world, std::string_view text) {
    return std::ranges::count_if(world.world.calls().writes(), [&](const auto& write) {
        return write.path().contains("/seinodes/") && write.body.contains(text);
    });
}

TEST(Pause, that_is_over_reaches_no_node_from_a_pass_that_began_before) {
    DeploymentWorld world;
    world.world.create(DeploymentWorld::a_fleet(2));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    const Interruption release{world, kube::HttpMethod::Get, "/seinodedeployments/fleet", [&] {
                                   return edit_fleet(world, [](auto& fleet) { fleet.spec.paused = false; });
                               }};
    world.edit([](auto& fleet) { fleet.spec.paused = true; });
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_EQ(release.count, 1);
    EXPECT_EQ(writes_with(world, R"("paused":true)"), 0);
}

TEST(ScaleDown, ends_when_it_is_taken_back) {
    DeploymentWorld world;
    world.world.create(DeploymentWorld::a_fleet(3));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    const std::string second = world.nodes().at(2)->metadata.uid;
    const Interruption taken_back{world, kube::HttpMethod::Delete, "/seinodes/fleet-1", [&] {
                                      return edit_fleet(world, [](auto& fleet) { fleet.spec.replicas = 3; });
                                  }};
    world.edit([](auto& fleet) { fleet.spec.replicas = 1; });
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_EQ(taken_back.count, 1);
    ASSERT_EQ(world.nodes().size(), 3U);
    EXPECT_EQ(world.nodes().at(2)->metadata.uid, second) << "it was not deleted any more";
}

TEST(ScaleDown, does_not_go_by_a_label_that_somebody_wrote) {
    DeploymentWorld world;
    world.world.create(DeploymentWorld::a_fleet(2));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    world.refuse_writes_of("fleet-1");
    world.world.edit<api::SeiNode>(DeploymentWorld::key("fleet-1"), [](api::SeiNode& node) {
        node.metadata.labels["sei.io/nodedeployment-ordinal"] = "7";
    });
    for (int pass = 0; pass < 3; ++pass) world.world.run_one_more_pass_of_everything();
    EXPECT_EQ(world.nodes().size(), 2U);
}

TEST(ServiceOfFleet, is_not_claimed_for_a_fleet_that_was_deleted_meanwhile) {
    DeploymentWorld world;
    auto retained = DeploymentWorld::a_fleet(1);
    retained.spec.deletionPolicy = api::DeletionPolicy::Retain;
    world.world.create(std::move(retained));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    world.world.calls().forget_requests();
    const auto delete_fleet = [&]() -> kube::Async<> {
        const auto read = co_await world.world.person().get<api::SeiNodeDeployment>(DeploymentWorld::key("fleet"));
        const kube::DeletePrecondition precondition{.uid = read->uid(), .resource_version = std::nullopt};
        (void)co_await world.world.person().delete_object<api::SeiNodeDeployment>(read->key(), precondition);
    };
    // The pass is about to make the Service again.
    const Interruption deleted{world, kube::HttpMethod::Get, "/services/fleet-internal", delete_fleet};
    world.world.erase<kube::Service>(DeploymentWorld::key("fleet-internal"));
    ASSERT_TRUE(world.world.run_until([&] { return world.is_gone(); })) << world.world.last_reason();
    EXPECT_EQ(deleted.count, 1);
    EXPECT_EQ(
        std::ranges::count_if(
            world.world.calls().writes(),
            [](const auto& write) { return write.path().ends_with("/services/fleet-internal"); }
        ),
        0
    );
}

}  // namespace
}  // namespace sei::deployment::test
