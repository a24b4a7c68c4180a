// Whose the Services under a fleet's names are, and how often that is asked (spec 03 §14.1, spec 08 5.2, 5.6).
#include "sei/deployment/published.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "deployment_world.hpp"
#include "sei/api/conditions.hpp"

namespace sei::deployment::test {
namespace {

constexpr const char* kInternal = "fleet-internal";

kube::Service a_service() {
    kube::Service service;
    service.metadata.name = kInternal;
    service.metadata.namespace_ = "default";
    service.spec.ports.push_back({.name = "theirs", .protocol = "TCP", .port = 80});
    return service;
}

auto reads_of_service(DeploymentWorld& world) {
    return std::ranges::count_if(world.world.calls().requests(), [](const auto& request) {
        return !request.is_write() && request.path().ends_with("/services/fleet-internal");
    });
}

TEST(ServiceInTheWay, of_somebody_else_is_read_once_for_each_of_its_versions) {
    DeploymentWorld world;
    world.world.create(a_service());
    world.world.create(DeploymentWorld::a_fleet(1));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    ASSERT_EQ(world.condition(api::deployment_condition::kStalled), "True/NameTaken");
    const auto reads = reads_of_service(world);
    EXPECT_GT(reads, 0);
    for (int pass = 0; pass < 5; ++pass) ASSERT_TRUE(world.world.run_one_more_pass_of_everything());
    EXPECT_EQ(reads_of_service(world), reads) << "a fleet at rest reads nothing";
    world.world.edit<kube::Service>(DeploymentWorld::key(kInternal), [](auto& service) {
        service.metadata.annotations["a"] = "b";
    });
    for (int pass = 0; pass < 5; ++pass) ASSERT_TRUE(world.world.run_one_more_pass_of_everything());
    EXPECT_EQ(reads_of_service(world), reads + 1);
    EXPECT_EQ(world.condition(api::deployment_condition::kStalled), "True/NameTaken");
}

TEST(ServiceInTheWay, is_taken_once_it_has_the_label_of_the_fleet) {
    DeploymentWorld world;
    world.world.create(a_service());
    world.world.create(DeploymentWorld::a_fleet(1));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    ASSERT_EQ(world.condition(api::deployment_condition::kStalled), "True/NameTaken");
    world.world.edit<kube::Service>(DeploymentWorld::key(kInternal), [](auto& service) {
        service.metadata.labels["sei.io/nodedeployment"] = "fleet";
    });
    ASSERT_TRUE(world.world.run_one_more_pass_of_everything());
    const auto service = world.world.get<kube::Service>(DeploymentWorld::key(kInternal));
    EXPECT_TRUE((*service)->metadata.is_controlled_by(kube::Uid{world.fleet().metadata.uid}));
    EXPECT_EQ(world.condition(api::deployment_condition::kStalled), "False/Progressing");
}

/// As the operator's cache has what nobody owns: without its labels.
TEST(ServiceLeftBehind, is_known_by_what_the_API_server_says_of_it) {
    DeploymentWorld world{[](kube::Manager& manager) {
        (void)manager.trimmed_cache<kube::Service>({.trim = [](kube::Service& service) {
            if (service.metadata.controller() == nullptr) service.metadata.labels.clear();
        }});
    }};
    auto fleet = DeploymentWorld::a_fleet(1);
    fleet.spec.deletionPolicy = api::DeletionPolicy::Retain;
    world.world.create(fleet);
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    world.world.erase<api::SeiNodeDeployment>(DeploymentWorld::key("fleet"));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    ASSERT_TRUE(world.is_gone());
    world.world.create(std::move(fleet));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    const auto service = world.world.get<kube::Service>(DeploymentWorld::key(kInternal));
    EXPECT_TRUE((*service)->metadata.is_controlled_by(kube::Uid{world.fleet().metadata.uid}));
    EXPECT_EQ(world.condition(api::deployment_condition::kStalled), "absent");
}

}  // namespace
}  // namespace sei::deployment::test
