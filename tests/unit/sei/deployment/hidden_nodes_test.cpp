// A cache that has not been shown the fleet's nodes: an operator that starts on an API server whose view is older.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "deployment_world.hpp"
#include "kube/json/json.hpp"
#include "kube/meta/condition.hpp"
#include "sei/api/conditions.hpp"
#include "sei/deployment/genesis.hpp"
#include "sei/deployment/template_hash.hpp"

namespace sei::deployment::test {
namespace {

/// Until `forget_faults`, the operator's cache is shown these nodes, and no other one ever; what it reads itself is
/// there.
void show_only(DeploymentWorld& world, const std::vector<std::string>& names) {
    std::string items;
    for (const std::string& name : names) {
        const auto node = world.world.run(kube::detail::unguarded(world.world.person())
                                              .get(kube::KindOf<api::SeiNode>::type, DeploymentWorld::key(name)));
        items += (items.empty() ? "" : ",") + kube::json::serialize(**node);
    }
    // Its watch never begins.
    const auto is_of_cache = [](const kube::HttpRequest& request) {
        return request.target.starts_with("/apis/sei.io/v1alpha1/seinodes?");
    };
    constexpr std::size_t kAll = 1'000'000;
    kube::HttpResponse shown;
    shown.status = 200;
    shown.headers.push_back({"content-type", "application/json"});
    shown.body =
        R"({"apiVersion":"sei.io/v1alpha1","kind":"SeiNodeList","metadata":{"resourceVersion":"1"},"items":[)" + items +
        "]}";
    world.world.calls().answer(is_of_cache, shown, kAll);
}

constexpr const char* kNewer = "example.com/seid:v2";

/// A fleet whose operator starts anew, sees none of its nodes, and has had its first passes.
void start_without_sight(DeploymentWorld& world) {
    show_only(world, {});
    world.world.start_operator();
    world.world.run_until([] { return false; }, std::chrono::seconds{60});
}

void lose_node(DeploymentWorld& world, const std::string& name) {
    world.world.erase<api::SeiNode>(DeploymentWorld::key(name));
}

bool has_node(DeploymentWorld& world, const std::string& name) {
    return world.world.get<api::SeiNode>(DeploymentWorld::key(name)).has_value();
}

TEST(HiddenNodes, of_an_older_template_are_rolled_when_they_are_shown) {
    DeploymentWorld world;
    world.world.create(DeploymentWorld::a_fleet(3));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    const std::string baseline = world.fleet().status.templateHash;
    ASSERT_NE(baseline, "");
    world.world.stop_operator();
    lose_node(world, "fleet-1");
    world.edit([](auto& fleet) { fleet.spec.template_.spec.image = kNewer; });
    start_without_sight(world);
    ASSERT_TRUE(has_node(world, "fleet-1")) << "the one that is missing is made anew";
    EXPECT_EQ(world.fleet().status.templateHash, baseline) << "two of three nodes ask for the older image";
    world.world.calls().forget_faults();
    ASSERT_TRUE(world.world.run_until([&] { return world.fleet().status.rollout.has_value(); }));
    EXPECT_EQ(world.fleet().status.rollout->targetHash, template_hash(world.fleet().spec.template_.spec));
}

TEST(HiddenNodes, are_no_first_baseline) {
    DeploymentWorld world;
    world.world.create(DeploymentWorld::a_fleet(2));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    world.world.stop_operator();
    lose_node(world, "fleet-1");
    world.edit([](auto& fleet) { fleet.spec.template_.spec.image = kNewer; });
    world.edit_status<api::SeiNodeDeployment>("fleet", [](auto& fleet) { fleet.status = {}; });
    start_without_sight(world);
    ASSERT_TRUE(has_node(world, "fleet-1"));
    EXPECT_EQ(world.fleet().status.templateHash, "");
}

TEST(HiddenNodes, of_a_rollout_that_is_superseded_are_waited_for) {
    DeploymentWorld world;
    world.world.create(DeploymentWorld::a_fleet(2));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    world.edit([](auto& fleet) { fleet.spec.template_.spec.image = kNewer; });
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    ASSERT_TRUE(world.fleet().status.rollout) << "the nodes do not run it yet";
    world.world.stop_operator();
    world.edit([](auto& fleet) { fleet.spec.template_.spec.image = "example.com/seid:v3"; });
    start_without_sight(world);
    const api::SeiNodeDeployment fleet = world.fleet();
    ASSERT_TRUE(fleet.status.rollout && fleet.status.plan);
    EXPECT_EQ(fleet.status.rollout->targetHash, template_hash(fleet.spec.template_.spec));
    EXPECT_THAT(node_names(*fleet.status.plan), ::testing::ElementsAre("fleet-0", "fleet-1"));
}

TEST(HiddenNodes, of_a_ceremony_are_no_reason_to_give_it_up) {
    DeploymentWorld world;
    ASSERT_TRUE(world.stop_in_ceremony(2));
    start_without_sight(world);
    EXPECT_TRUE(world.fleet().status.plan);
    world.world.calls().forget_faults();
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_TRUE(world.fleet().status.plan);
}

TEST(HiddenNodes, that_run_already_have_a_newcomer_join_them) {
    DeploymentWorld world;
    world.world.create(DeploymentWorld::validators(3));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    world.world.stop_operator();
    world.edit([](auto& fleet) {
        fleet.spec.genesis.emplace().chainId = "pacific-1";
        fleet.spec.replicas = 4;
    });
    start_without_sight(world);
    const auto made = world.world.get<api::SeiNode>(DeploymentWorld::key("fleet-3"));
    ASSERT_TRUE(made);
    EXPECT_FALSE((*made)->spec.validator->genesisCeremony) << "nobody would collect its part";
}

TEST(HiddenNodes, that_have_no_chain_yet_keep_a_ceremony_from_being_over) {
    DeploymentWorld world;
    ASSERT_TRUE(world.stop_in_ceremony(2));
    world.fail_ceremony();
    world.world.edit<api::SeiNode>(DeploymentWorld::key("fleet-0"), [](api::SeiNode& node) {
        node.spec.peers.emplace_back().static_.emplace().addresses = {"abc@fleet-0:26656"};
    });
    world.edit_status<api::SeiNode>("fleet-0", [](auto& node) { node.status.phase = api::NodePhase::Running; });
    world.edit([](auto& fleet) { fleet.spec.template_.spec.podLabels["a"] = "b"; });
    show_only(world, {"fleet-0"});
    world.world.start_operator();
    world.world.run_until([] { return false; }, std::chrono::seconds{60});
    EXPECT_FALSE(
        kube::is_condition_true(world.fleet().status.conditions, api::deployment_condition::kGenesisCeremonyComplete)
    ) << "fleet-1 has no genesis to run from";
}

TEST(HiddenNodes, are_left_behind_by_a_fleet_that_retains) {
    DeploymentWorld world;
    auto fleet = DeploymentWorld::a_fleet(3);
    fleet.spec.deletionPolicy = api::DeletionPolicy::Retain;
    world.world.create(std::move(fleet));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    world.world.stop_operator();
    world.world.erase<api::SeiNodeDeployment>(DeploymentWorld::key("fleet"));
    start_without_sight(world);
    ASSERT_FALSE(world.world.get<api::SeiNodeDeployment>(DeploymentWorld::key("fleet")));
    for (const char* name : {"fleet-0", "fleet-1", "fleet-2"}) {
        const auto node = world.world.get<api::SeiNode>(DeploymentWorld::key(name));
        ASSERT_TRUE(node) << name;
        EXPECT_TRUE((*node)->metadata.ownerReferences.empty()) << name << " goes with its owner";
    }
}

TEST(FleetThatIsRemade, takes_what_it_is_made_from_as_its_baseline_node_by_node) {
    DeploymentWorld world;
    world.world.create(DeploymentWorld::a_fleet(2));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    world.world.edit<api::SeiNode>(DeploymentWorld::key("fleet-1"), [](api::SeiNode& node) {
        node.metadata.finalizers = {"example.com/hold"};
    });
    world.world.stop_operator();
    lose_node(world, "fleet-0");
    lose_node(world, "fleet-1");
    world.edit([](auto& fleet) { fleet.spec.template_.spec.image = kNewer; });
    world.world.start_operator();
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    ASSERT_TRUE(has_node(world, "fleet-0"));
    EXPECT_FALSE(world.fleet().status.rollout) << "there is nothing to be rolled";
    EXPECT_EQ(world.fleet().status.templateHash, template_hash(world.fleet().spec.template_.spec));
}

}  // namespace
}  // namespace sei::deployment::test
