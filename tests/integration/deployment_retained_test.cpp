// What a deployment that retains left behind belongs to the next one of its name (spec 03 §14.1, §14.4, spec 08 5.6).
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "integration/deployment_steps.hpp"
#include "support/world.hpp"

namespace {

using namespace steps;  // NOLINT(google-build-using-namespace)
using support::World;

sei::api::SeiNodeDeployment that_retains(const World& world) {
    auto deployment = world.a_deployment("web", 1);
    deployment.spec.deletionPolicy = sei::api::DeletionPolicy::Retain;
    return deployment;
}

bool is_left(const World& world, const std::string& name) {
    const auto service = world.service(name);
    return service && service->metadata.ownerReferences.empty();
}

/// It has run, and is gone; its Services stay.
bool run_until_retained(World& world, sei::api::SeiNodeDeployment deployment) {
    const bool is_published = deployment.spec.networking.has_value();
    world.create(std::move(deployment));
    if (!run_until_settled(world, "web", kV1)) return false;
    world.delete_deployment("web");
    return world.run_until("the deployment is gone, and its Services are left", [&] {
        return !world.deployment("web") && is_left(world, "web-internal") &&
               (!is_published || is_left(world, "web-external"));
    });
}

bool run_until_owned(World& world, const std::string& name, const kube::Uid& owner) {
    return world.run_until(name + " has its owner", [&] {
        const auto service = world.service(name);
        return service && service->metadata.is_controlled_by(owner);
    });
}

TEST(RetainedServices, are_taken_back_by_a_deployment_of_the_name) {
    World world;
    ASSERT_TRUE(run_until_retained(world, that_retains(world)));
    const std::string uid = world.service("web-internal")->metadata.uid;
    const auto again = world.create(that_retains(world));
    ASSERT_TRUE(run_until_owned(world, "web-internal", again.uid()));
    ASSERT_TRUE(run_until_settled(world, "web", kV1));
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_EQ(world.service("web-internal")->metadata.uid, uid) << "it is the same Service";
    EXPECT_EQ(condition(world, "web", "Stalled"), "absent");
    EXPECT_TRUE(world.deployment("web")->status.internalService);
}

TEST(RetainedServices, are_taken_back_by_an_operator_that_starts_after_they_were_left) {
    World world;
    ASSERT_TRUE(run_until_retained(world, that_retains(world)));
    world.stop_operator();
    const auto again = world.create(that_retains(world));
    world.start_operator();
    ASSERT_TRUE(run_until_owned(world, "web-internal", again.uid()));
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_EQ(condition(world, "web", "Stalled"), "absent");
}

class RetainedNetworking : public ::testing::Test {
protected:
    void SetUp() override {
        if (!support::gateway_api_crds()) GTEST_SKIP() << "SEI_GATEWAY_API_CRDS is not set";
    }
};

TEST_F(RetainedNetworking, is_taken_back_by_a_deployment_of_the_name) {
    World world{{.with_gateway_api = true}};
    auto deployment = that_retains(world);
    deployment.spec.networking.emplace();
    ASSERT_TRUE(run_until_retained(world, deployment));
    const auto again = world.create(std::move(deployment));
    ASSERT_TRUE(run_until_owned(world, "web-internal", again.uid()));
    ASSERT_TRUE(run_until_owned(world, "web-external", again.uid()));
    ASSERT_TRUE(run_until_condition(world, "web", "NetworkingReady", "True/HTTPRoutesPublished"));
    ASSERT_TRUE(world.run_until("the routes have their owner", [&] {
        const auto routes = world.routes();
        return routes.size() == 4 && std::ranges::all_of(routes, [&](const auto& route) {
                   return route.metadata.is_controlled_by(again.uid());
               });
    }));
    EXPECT_EQ(condition(world, "web", "Stalled"), "absent");
}

}  // namespace
