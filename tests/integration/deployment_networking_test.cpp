// What a fleet publishes, and takes back: the same on every backend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "integration/deployment_steps.hpp"
#include "support/world.hpp"

namespace {

using namespace steps;  // NOLINT(google-build-using-namespace)
using support::Backend;
using support::World;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

bool networking_is(const World& world, const std::string& expected) {
    return condition(world, "web", "NetworkingReady") == expected;
}

sei::api::SeiNodeDeployment published(const World& world) {
    auto deployment = world.a_deployment("web", 1);
    deployment.spec.networking.emplace();
    return deployment;
}

std::vector<std::string> route_names(const World& world) {
    std::vector<std::string> names;
    for (const auto& route : world.routes()) names.push_back(route.metadata.name);
    return names;
}

class Networking : public ::testing::Test {
protected:
    void SetUp() override {
        if (!support::gateway_api_crds()) GTEST_SKIP() << "SEI_GATEWAY_API_CRDS is not set";
    }
};

TEST_F(Networking, of_a_full_node_is_a_service_and_four_routes) {
    World world{{.with_gateway_api = true}};
    const auto created = world.create(published(world));
    ASSERT_TRUE(world.run_until("it is published", [&] { return networking_is(world, "True/HTTPRoutesPublished"); }));
    ASSERT_TRUE(world.run_until("the routes are seen", [&] { return world.routes().size() == 4; }));
    EXPECT_THAT(route_names(world), ElementsAre("web-evm", "web-grpc", "web-rest", "web-rpc"));
    for (const auto& route : world.routes()) {
        EXPECT_TRUE(route.metadata.is_controlled_by(created.uid()));
        ASSERT_EQ(route.spec.parentRefs.size(), 1U);
        EXPECT_EQ(route.spec.parentRefs.front().kind, "Gateway") << "defaulted by the server";
        EXPECT_THAT(route.spec.hostnames.front(), StartsWith(route.metadata.name + "."));
        for (const auto& rule : route.spec.rules) EXPECT_EQ(rule.backendRefs.front().name, "web-external");
    }
    const auto evm = world.routes().front();
    ASSERT_EQ(evm.spec.rules.size(), 2U);
    EXPECT_EQ(evm.spec.rules[0].backendRefs.front().port, 8545);
    EXPECT_EQ(evm.spec.rules[1].backendRefs.front().port, 8546);
    EXPECT_EQ(evm.spec.rules[1].matches.front().headers.front().value, "websocket");
    ASSERT_TRUE(world.run_until("the Service is seen", [&] { return world.service("web-external").has_value(); }));
    EXPECT_EQ(world.service("web-external")->spec.ports.size(), 6U);
    EXPECT_TRUE(world.service("web-external")->metadata.annotations.empty());
    EXPECT_EQ(world.deployment("web")->status.networkingStatus->routes.size(), 8U);
}

TEST_F(Networking, writes_nothing_at_rest) {
    World world{{.with_gateway_api = true}};
    world.create(published(world));
    ASSERT_TRUE(world.run_until("it is published", [&] { return networking_is(world, "True/HTTPRoutesPublished"); }));
    ASSERT_TRUE(world.run_until_running("web-0"));
    ASSERT_TRUE(world.run_until_quiet());
    world.edit_deployment("web", [](auto& spec) { spec.template_.spec.overrides["a.b"] = "c"; });
    ASSERT_TRUE(world.run_until_quiet());
    std::size_t published_writes = 0;
    for (const auto& write : world.operator_writes()) published_writes += write.path().contains("httproutes") ? 1 : 0;
    EXPECT_EQ(published_writes, 4U);
}

TEST_F(Networking, waits_for_no_name_to_resolve) {
    World world{{.with_gateway_api = true}};
    world.hosts_resolve = false;
    world.create(published(world));
    ASSERT_TRUE(world.run_until("DNS is told to be pending", [&] { return networking_is(world, "False/DNSPending"); }));
    EXPECT_TRUE(world.run_until_running("web-0"));
    world.edit_deployment("web", [](auto& spec) { spec.template_.spec.image = "example.com/seid:v2"; });
    EXPECT_TRUE(world.run_until("it was rolled", [&] {
        return world.node("web-0")->status.currentImage == "example.com/seid:v2";
    }));
    EXPECT_TRUE(networking_is(world, "False/DNSPending"));
}

TEST_F(Networking, of_a_validator_has_no_routes) {
    World world{{.with_gateway_api = true}};
    auto deployment = published(world);
    deployment.spec.template_.spec.fullNode.reset();
    deployment.spec.template_.spec.validator.emplace();
    world.create(std::move(deployment));
    ASSERT_TRUE(world.run_until("it says that there are none", [&] {
        return networking_is(world, "False/NoEffectiveRoutes");
    }));
    ASSERT_TRUE(world.run_until("the Service is seen", [&] { return world.service("web-external").has_value(); }));
    EXPECT_EQ(world.service("web-external")->spec.ports.size(), 1U);
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_THAT(world.routes(), IsEmpty());
}

TEST_F(Networking, is_taken_back_where_it_is_ours_only) {
    World world{{.with_gateway_api = true}};
    kube::HttpRoute foreign;
    foreign.metadata.name = "web-extra";
    foreign.metadata.namespace_ = world.namespace_name();
    foreign.metadata.labels["sei.io/nodedeployment"] = "web";
    ASSERT_TRUE(world.run(world.client().create(std::move(foreign))));
    world.create(published(world));
    ASSERT_TRUE(world.run_until("it is published", [&] { return networking_is(world, "True/HTTPRoutesPublished"); }));
    world.edit_deployment("web", [](auto& spec) { spec.networking.reset(); });
    ASSERT_TRUE(world.run_until("it is withdrawn", [&] {
        return networking_is(world, "False/NetworkingDisabled") && world.routes().size() == 1 &&
               !world.service("web-external");
    }));
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_THAT(route_names(world), ElementsAre("web-extra"));
    EXPECT_TRUE(world.service("web-internal"));
    EXPECT_FALSE(world.deployment("web")->status.networkingStatus);
}

TEST_F(Networking, leaves_the_route_of_somebody_else_alone) {
    World world{{.with_gateway_api = true}};
    kube::HttpRoute foreign;
    foreign.metadata.name = "web-rpc";
    foreign.metadata.namespace_ = world.namespace_name();
    foreign.spec.hostnames = {"elsewhere.example.com"};
    ASSERT_TRUE(world.run(world.client().create(std::move(foreign))));
    world.create(published(world));
    ASSERT_TRUE(world.run_until("the conflict is told", [&] { return networking_is(world, "False/NameTaken"); }));
    ASSERT_TRUE(world.run_until_running("web-0"));
    ASSERT_TRUE(world.run_until("the other routes are there", [&] { return world.routes().size() == 4; }));
    const auto routes = world.routes();
    const auto kept = std::ranges::find_if(routes, [](const auto& route) { return route.metadata.name == "web-rpc"; });
    EXPECT_THAT(kept->spec.hostnames, ElementsAre("elsewhere.example.com"));
    EXPECT_THAT(kept->metadata.ownerReferences, IsEmpty());
}

TEST_F(Networking, puts_a_route_back_that_somebody_deleted) {
    World world{{.with_gateway_api = true}};
    world.create(published(world));
    ASSERT_TRUE(world.run_until("the routes are seen", [&] { return world.routes().size() == 4; }));
    const kube::Uid uid{world.routes().front().metadata.uid};
    (void
    )world.run(world.client().delete_object<kube::HttpRoute>(world.key("web-evm"), {.uid = uid, .resource_version = {}})
    );
    EXPECT_TRUE(world.run_until("there is another one", [&] {
        return world.routes().size() == 4 && world.routes().front().metadata.uid != uid.value();
    }));
}

TEST_F(Networking, publishes_its_urls) {
    World world{{.with_gateway_api = true}};
    world.create(published(world));
    ASSERT_TRUE(world.run_until("it is published", [&] { return networking_is(world, "True/HTTPRoutesPublished"); }));
    ASSERT_TRUE(world.run_until_running("web-0"));
    EXPECT_TRUE(run_until_told(world, "web", "HTTPRoutesPublished: HTTPRoutes reconciled successfully"));
    ASSERT_TRUE(world.run_until_quiet());
    const auto status = world.deployment("web")->status;
    const std::string host = "." + world.namespace_name() + ".svc:";
    EXPECT_EQ(status.endpoints->tendermintRpc, "http://web-internal" + host + "26657");
    EXPECT_EQ(status.endpoints->tendermintRest, "http://web-internal" + host + "1317");
    ASSERT_EQ(status.endpoints->nodes.size(), 1U);
    EXPECT_EQ(status.endpoints->nodes.front().evmJsonRpc, "http://web-0" + host + "8545");
    EXPECT_EQ(status.endpoints->nodes.front().evmWs, "ws://web-0" + host + "8546");
    const auto internal = world.service("web-internal");
    ASSERT_TRUE(internal);
    EXPECT_EQ(internal->spec.selector, (kube::StringMap{{"sei.io/nodedeployment", "web"}}));
    EXPECT_EQ(internal->spec.ports.size(), 3U);
}

TEST_F(Networking, has_no_turn_while_the_name_of_its_service_is_taken) {
    World world{{.with_gateway_api = true}};
    kube::Service foreign;
    foreign.metadata.name = "web-external";
    foreign.metadata.namespace_ = world.namespace_name();
    foreign.spec.ports.push_back({.name = "theirs", .protocol = "TCP", .port = 80});
    ASSERT_TRUE(world.run(world.client().create(std::move(foreign))));
    world.create(published(world));
    ASSERT_TRUE(world.run_until("the conflict is told", [&] { return networking_is(world, "False/NameTaken"); }));
    ASSERT_TRUE(world.run_until_running("web-0"));
    world.edit_deployment("web", [](auto& spec) { spec.networking.reset(); });
    ASSERT_TRUE(world.run_until("it is withdrawn", [&] { return networking_is(world, "False/NetworkingDisabled"); }));
    ASSERT_TRUE(world.run_until_quiet());
    ASSERT_TRUE(world.service("web-external")) << "it is not ours to delete";
    EXPECT_EQ(world.service("web-external")->spec.ports.front().name, "theirs");
}

TEST_F(Networking, of_a_deleted_deployment_is_left_behind_when_it_retains) {
    World world{{.with_gateway_api = true}};
    auto deployment = published(world);
    deployment.spec.deletionPolicy = sei::api::DeletionPolicy::Retain;
    world.create(std::move(deployment));
    ASSERT_TRUE(world.run_until("the routes are seen", [&] { return world.routes().size() == 4; }));
    ASSERT_TRUE(world.run_until_running("web-0"));
    world.delete_deployment("web");
    ASSERT_TRUE(world.run_until("the deployment is gone", [&] { return !world.deployment("web"); }));
    EXPECT_TRUE(run_until_told(world, "web", "RetainResources: Orphaning child SeiNodes and networking resources"));
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_EQ(world.routes().size(), 4U);
    for (const auto& route : world.routes()) EXPECT_THAT(route.metadata.ownerReferences, IsEmpty());
    ASSERT_TRUE(world.service("web-external"));
    EXPECT_THAT(world.service("web-external")->metadata.ownerReferences, IsEmpty());
    ASSERT_TRUE(world.node("web-0"));
    EXPECT_THAT(world.node("web-0")->metadata.ownerReferences, IsEmpty());
}

TEST_F(Networking, goes_with_its_deployment_but_for_what_is_not_ours) {
    World world{{.with_gateway_api = true}};
    kube::HttpRoute foreign;
    foreign.metadata.name = "web-extra";
    foreign.metadata.namespace_ = world.namespace_name();
    foreign.metadata.labels["sei.io/nodedeployment"] = "web";
    ASSERT_TRUE(world.run(world.client().create(std::move(foreign))));
    world.create(published(world));
    ASSERT_TRUE(world.run_until("the routes are seen", [&] { return world.routes().size() == 5; }));
    ASSERT_TRUE(world.run_until("the Service is seen", [&] { return world.service("web-external").has_value(); }));
    world.delete_deployment("web");
    ASSERT_TRUE(world.run_until("all that is ours is gone", [&] {
        return !world.deployment("web") && !world.service("web-external") && world.routes().size() == 1;
    }));
    EXPECT_THAT(route_names(world), ElementsAre("web-extra"));
}

TEST_F(Networking, that_cannot_be_deleted_is_told_and_tried_again) {
    World world{{.with_gateway_api = true}};
    world.create(published(world));
    ASSERT_TRUE(world.run_until("the Service is seen", [&] { return world.service("web-external").has_value(); }));
    ASSERT_TRUE(world.run_until_running("web-0"));
    kube::HttpResponse forbidden;
    forbidden.status = 403;
    forbidden.headers.push_back({"content-type", "application/json"});
    forbidden.body = R"({"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403,)"
                     R"("message":"not today"})";
    world.operator_transport().answer(
        [](const kube::HttpRequest& request) {
            return request.method == kube::HttpMethod::Delete && request.target.contains("/services/web-external");
        },
        forbidden,
        1
    );
    world.delete_deployment("web");
    ASSERT_TRUE(world.run_until("the deployment is gone", [&] { return !world.deployment("web"); }));
    EXPECT_EQ(world.operator_transport().times_fired(), 1U);
    EXPECT_TRUE(run_until_told(world, "web", "DeleteFailed: Failed to clean up networking resources: "));
}

TEST(NetworkingWithoutGatewayApi, is_told_and_holds_nothing_up) {
    if (support::backend() != Backend::Embedded) GTEST_SKIP() << "the shared control plane has Gateway API";
    World world;
    world.create(published(world));
    ASSERT_TRUE(world.run_until("the condition says why", [&] { return networking_is(world, "False/CRDNotInstalled"); })
    );
    EXPECT_TRUE(run_until_told(world, "web", "CRDNotInstalled: "));
    ASSERT_TRUE(world.run_until_running("web-0"));
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_TRUE(world.service("web-external"));
    world.edit_deployment("web", [](auto& spec) {
        spec.template_.spec.image = kV2;
        spec.replicas = 2;
    });
    ASSERT_TRUE(run_until_settled(world, "web", kV2));
    EXPECT_TRUE(networking_is(world, "False/CRDNotInstalled"));
    world.delete_deployment("web");
    EXPECT_TRUE(world.run_until("it is gone", [&] { return !world.deployment("web"); }));
}

}  // namespace
