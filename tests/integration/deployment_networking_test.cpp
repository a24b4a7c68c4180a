// What a fleet publishes, and takes back: the same on every backend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <ranges>
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

sei::api::SeiNodeDeployment published_validator(const World& world) {
    auto deployment = published(world);
    deployment.spec.template_.spec.fullNode.reset();
    deployment.spec.template_.spec.validator.emplace();
    return deployment;
}

/// "grpc 9090 kubernetes.io/h2c"
std::vector<std::string> ports_of(const kube::Service& service) {
    std::vector<std::string> lines;
    for (const auto& port : service.spec.ports) {
        lines.push_back(port.name + " " + std::to_string(port.port));
        if (port.appProtocol) lines.back() += " " + *port.appProtocol;
    }
    return lines;
}

/// Of somebody else, with the label of a fleet.
kube::HttpRoute a_foreign_route(const World& world, const std::string& name) {
    kube::HttpRoute foreign;
    foreign.metadata.name = name;
    foreign.metadata.namespace_ = world.namespace_name();
    foreign.metadata.labels["sei.io/nodedeployment"] = "web";
    return foreign;
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
    const auto external = *world.service("web-external");
    EXPECT_EQ(external.spec.type, "ClusterIP");
    EXPECT_EQ(external.spec.selector, (kube::StringMap{{"sei.io/nodedeployment", "web"}}));
    EXPECT_THAT(
        ports_of(external),
        ElementsAre("evm-rpc 8545", "evm-ws 8546", "grpc 9090 kubernetes.io/h2c", "rest 1317", "p2p 26656", "rpc 26657")
    );
    EXPECT_TRUE(external.metadata.annotations.empty());
    EXPECT_TRUE(external.metadata.is_controlled_by(created.uid()));
    EXPECT_EQ(world.deployment("web")->status.networkingStatus->routes.size(), 8U);
}

/// As spec 03 §18.8 sets it up: one gateway, no public domain, and names that do not resolve.
TEST_F(Networking, of_a_full_node_without_a_public_domain_has_one_name_for_each_route) {
    World world{
        {.with_gateway_api = true,
         .environment =
             {{"SEI_GATEWAY_NAME", "sei-gateway"},
              {"SEI_GATEWAY_NAMESPACE", "gateway"},
              {"SEI_GATEWAY_DOMAIN", "test.local"},
              {"SEI_GATEWAY_PUBLIC_DOMAIN", ""}}}
    };
    world.hosts_resolve = false;
    const auto created = world.create(published(world));
    ASSERT_TRUE(world.run_until("DNS is told to be pending", [&] { return networking_is(world, "False/DNSPending"); }));
    ASSERT_TRUE(world.run_until("the routes are seen", [&] { return world.routes().size() == 4; }));
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_THAT(route_names(world), ElementsAre("web-evm", "web-grpc", "web-rest", "web-rpc"));
    for (const auto& route : world.routes()) {
        SCOPED_TRACE(route.metadata.name);
        EXPECT_TRUE(route.metadata.is_controlled_by(created.uid()));
        EXPECT_THAT(route.spec.hostnames, ElementsAre(route.metadata.name + ".test.local"));
        ASSERT_EQ(route.spec.parentRefs.size(), 1U);
        EXPECT_EQ(route.spec.parentRefs.front().name, "sei-gateway");
        EXPECT_EQ(route.spec.parentRefs.front().namespace_, "gateway");
        EXPECT_EQ(route.spec.rules.size(), route.metadata.name == "web-evm" ? 2U : 1U);
        for (const auto& rule : route.spec.rules) {
            ASSERT_EQ(rule.backendRefs.size(), 1U);
            EXPECT_EQ(rule.backendRefs.front().name, "web-external");
            EXPECT_NE(rule.backendRefs.front().port, 0);
        }
    }
    const auto rules = world.routes().front().spec.rules;
    ASSERT_EQ(rules.size(), 2U);
    for (const auto& match : rules[0].matches) EXPECT_THAT(match.headers, IsEmpty());
    EXPECT_EQ(rules[0].backendRefs.front().port, 8545);
    ASSERT_EQ(rules[1].matches.size(), 1U);
    EXPECT_EQ(
        rules[1].matches.front().headers,
        (std::vector<kube::RouteHeaderMatch>{{.type = "Exact", .name = "Upgrade", .value = "websocket"}})
    );
    EXPECT_EQ(rules[1].backendRefs.front().port, 8546);
    std::vector<std::string> told;
    for (const auto& route : world.deployment("web")->status.networkingStatus->routes)
        told.push_back(route.protocol + " " + route.hostname);
    EXPECT_THAT(
        told,
        ElementsAre(
            "evm web-evm.test.local", "rpc web-rpc.test.local", "rest web-rest.test.local", "grpc web-grpc.test.local"
        )
    );
}

/// With networking and without, in a rollout and after it: not even its version changes.
TEST_F(Networking, leaves_the_internal_service_as_it_is) {
    World world{{.with_gateway_api = true}};
    const auto created = world.create(world.a_deployment("web", 1));
    ASSERT_TRUE(run_until_settled(world, "web", kV1));
    ASSERT_TRUE(world.run_until("the Service is seen", [&] { return world.service("web-internal").has_value(); }));
    const auto internal = *world.service("web-internal");
    EXPECT_EQ(internal.spec.type, "ClusterIP");
    EXPECT_EQ(internal.spec.selector, (kube::StringMap{{"sei.io/nodedeployment", "web"}}));
    EXPECT_THAT(ports_of(internal), ElementsAre("rpc 26657", "evm-http 8545", "rest 1317"));
    EXPECT_TRUE(internal.metadata.is_controlled_by(created.uid()));
    const auto is_as_it_was = [&] {
        const auto now = world.service("web-internal");
        EXPECT_TRUE(now);
        if (now) EXPECT_EQ(now->metadata.resourceVersion, internal.metadata.resourceVersion) << "it was written";
        return !::testing::Test::HasFailure();
    };
    world.edit_deployment("web", [](auto& spec) { spec.networking.emplace(); });
    ASSERT_TRUE(world.run_until("it is published", [&] { return networking_is(world, "True/HTTPRoutesPublished"); }));
    ASSERT_TRUE(world.holds_through_passes(1, is_as_it_was));
    world.hold_image(kV2);
    set_image(world, "web", kV2);
    ASSERT_TRUE(run_until_condition(world, "web", "RolloutInProgress", "True/TemplateChanged"));
    ASSERT_TRUE(world.holds_through_passes(1, is_as_it_was));
    world.let_images_run();
    ASSERT_TRUE(run_until_settled(world, "web", kV2));
    world.edit_deployment("web", [](auto& spec) { spec.networking.reset(); });
    ASSERT_TRUE(world.run_until("it is withdrawn", [&] { return networking_is(world, "False/NetworkingDisabled"); }));
    ASSERT_TRUE(world.holds_through_passes(1, is_as_it_was));
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
    world.create(published_validator(world));
    ASSERT_TRUE(run_until_condition(world, "web", "NetworkingReady", "False/NoEffectiveRoutes"));
    ASSERT_TRUE(world.run_until("the Service is seen", [&] { return world.service("web-external").has_value(); }));
    EXPECT_THAT(ports_of(*world.service("web-external")), ElementsAre("p2p 26656"));
    EXPECT_TRUE(world.service("web-external")->metadata.annotations.empty());
    EXPECT_TRUE(world.holds_through_passes(10, [&] {
        return world.routes().empty() && networking_is(world, "False/NoEffectiveRoutes");
    }));
    EXPECT_FALSE(world.deployment("web")->status.networkingStatus);
    world.delete_deployment("web");
    EXPECT_TRUE(world.run_until("all is gone", [&] {
        return !world.deployment("web") && world.nodes().empty() && !world.service("web-external");
    }));
}

TEST_F(Networking, is_taken_back_where_it_is_ours_only) {
    World world{{.with_gateway_api = true}};
    ASSERT_TRUE(world.run(world.client().create(a_foreign_route(world, "web-extra"))));
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
    kube::HttpRoute foreign = a_foreign_route(world, "web-rpc");
    foreign.metadata.labels.clear();
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

/// All of a route's spec is the deployment's (spec 03 §14.5): its lists are atomic under server-side apply.
TEST_F(Networking, puts_a_route_right_that_somebody_edited) {
    struct Case {
        std::string behaviour;
        std::function<void(kube::HttpRouteSpec&)> edit;
    };
    const std::vector<Case> cases{
        {"a filter is added",
         [](kube::HttpRouteSpec& spec) {
             spec.rules[0].filters = kube::json::parse(
                 R"([{"type":"RequestHeaderModifier","requestHeaderModifier":{"set":[{"name":"a","value":"b"}]}}])"
             );
         }},
        {"a path is narrowed", [](kube::HttpRouteSpec& spec) { spec.rules[0].matches[0].path->value = "/foo"; }},
        {"a listener is named", [](kube::HttpRouteSpec& spec) { spec.parentRefs[0].sectionName = "http"; }},
        {"a host name is added", [](kube::HttpRouteSpec& spec) { spec.hostnames.emplace_back("other.example.com"); }},
    };
    World world{{.with_gateway_api = true}};
    world.create(published(world));
    ASSERT_TRUE(world.run_until("it is published", [&] { return networking_is(world, "True/HTTPRoutesPublished"); }));
    ASSERT_TRUE(world.run_until("the routes are seen", [&] { return world.routes().size() == 4; }));
    ASSERT_TRUE(world.run_until_quiet());
    const kube::HttpRoute evm = world.routes().front();
    std::int64_t generation = evm.metadata.generation;
    for (const Case& c : cases) {
        SCOPED_TRACE(c.behaviour);
        world.change<kube::HttpRoute>("web-evm", [&](kube::HttpRoute& route) { c.edit(route.spec); });
        generation += 2;  // edited, and put right
        ASSERT_TRUE(world.run_until("it is put right", [&] {
            return world.routes().front().metadata.generation == generation;
        }));
        EXPECT_EQ(world.routes().front().spec, evm.spec);
    }
}

/// A selector is atomic under server-side apply (spec 05 §13.2): nothing is left beside what is rendered.
/// As the controller of the Gateway writes it.
void say_of_route(World& world, const std::string& name, kube::ConditionStatus accepted) {
    const auto read = world.run(world.client().get<kube::HttpRoute>({world.namespace_name(), name}));
    kube::RouteParentStatus parent;
    parent.parentRef = (*read)->spec.parentRefs.at(0);
    parent.controllerName = "example.com/gateway";
    parent.conditions.push_back(
        {.type = "Accepted",
         .status = accepted,
         .observedGeneration = (*read)->metadata.generation,
         .lastTransitionTime = kube::Time{std::chrono::sys_seconds{std::chrono::seconds{1'750'000'000}}},
         .reason = "NotAllowedByListeners",
         .message = "no listener takes routes of this namespace"}
    );
    ASSERT_TRUE(world.run(world.client().write_status(*read, kube::HttpRouteStatus{.parents = {std::move(parent)}})));
}

TEST_F(Networking, is_not_ready_while_the_gateway_does_not_serve_a_route) {
    World world{{.with_gateway_api = true}};
    world.create(published(world));
    ASSERT_TRUE(world.run_until("it is published", [&] { return networking_is(world, "True/HTTPRoutesPublished"); }));
    say_of_route(world, "web-rpc", kube::ConditionStatus::False);
    ASSERT_TRUE(world.run_until("it is told", [&] { return networking_is(world, "False/RouteNotServed"); }));
    const auto deployment = world.deployment("web");
    EXPECT_THAT(
        kube::find_condition(deployment->status.conditions, "NetworkingReady")->message,
        ::testing::HasSubstr("NotAllowedByListeners: no listener takes routes of this namespace")
    );
    say_of_route(world, "web-rpc", kube::ConditionStatus::True);
    ASSERT_TRUE(world.run_until("it is published", [&] { return networking_is(world, "True/HTTPRoutesPublished"); }));
}

TEST(ServicesOfFleet, have_their_selectors_put_right_whole) {
    World world;
    world.create(published(world));
    const kube::StringMap ours{{"sei.io/nodedeployment", "web"}};
    for (const char* name : {"web-internal", "web-external"}) {
        SCOPED_TRACE(name);
        ASSERT_TRUE(world.run_until("the Service is seen", [&] { return world.service(name).has_value(); }));
        world.change<kube::Service>(name, [](kube::Service& service) { service.spec.selector["x"] = "y"; });
        EXPECT_TRUE(world.run_until("it is put right", [&] { return world.service(name)->spec.selector == ours; }));
    }
}

TEST(ServicesOfFleet, are_not_written_by_an_operator_that_starts_anew) {
    World world;
    world.create(world.a_deployment("web", 1));
    ASSERT_TRUE(run_until_settled(world, "web", kV1));
    ASSERT_TRUE(world.run_until_quiet());
    world.stop_operator();
    const std::size_t written = world.operator_writes().size();
    world.start_operator();
    ASSERT_TRUE(world.run_until_quiet());
    for (const auto& write : world.operator_writes() | std::views::drop(written)) {
        EXPECT_FALSE(write.path().contains("/services/")) << write.path();
    }
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
    ASSERT_TRUE(world.run(world.client().create(a_foreign_service(world, "web-external"))));
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
    ASSERT_TRUE(world.run(world.client().create(a_foreign_route(world, "web-extra"))));
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
    world.operator_transport().answer(
        [](const kube::HttpRequest& request) {
            return request.method == kube::HttpMethod::Delete && request.target.contains("/services/web-external");
        },
        refusal(403, "Forbidden"),
        1
    );
    world.delete_deployment("web");
    ASSERT_TRUE(world.run_until("the deployment is gone", [&] { return !world.deployment("web"); }));
    EXPECT_EQ(world.operator_transport().times_fired(), 1U);
    EXPECT_TRUE(run_until_told(world, "web", "DeleteFailed: Failed to clean up networking resources: "));
}

/// As a role leaves it that does not name HTTPRoutes.
kube::HttpResponse no_list_of_routes() {
    kube::HttpResponse response{.status = 403, .headers = {{"content-type", "application/json"}}, .body = {}};
    response.body =
        R"({"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403,"message":)"
        R"("httproutes.gateway.networking.k8s.io is forbidden: User \"system:serviceaccount:sei:operator\" cannot )"
        R"(list resource \"httproutes\" in API group \"gateway.networking.k8s.io\" at the cluster scope"})";
    return response;
}

TEST_F(Networking, that_may_not_be_listed_is_told_with_the_verb_that_is_missing) {
    World world{{.with_operator = false, .with_gateway_api = true}};
    world.operator_transport().answer(
        [](const kube::HttpRequest& request) {
            return request.target.starts_with("/apis/gateway.networking.k8s.io/v1/httproutes?");
        },
        no_list_of_routes(),
        1'000'000
    );
    world.start_operator();
    world.create(published(world));
    ASSERT_TRUE(world.run_until("the condition says why", [&] {
        return networking_is(world, "False/NetworkingNotApplied");
    }));
    EXPECT_GT(world.operator_transport().times_fired(), 0U);
    EXPECT_THAT(
        message_of(world, "web", "NetworkingReady"), ::testing::HasSubstr(R"(cannot list resource "httproutes")")
    );
    ASSERT_TRUE(world.run_until_running("web-0"));
    EXPECT_FALSE(was_told(world, "web", "CRDNotInstalled"));
    world.operator_transport().forget_faults();
    ASSERT_TRUE(world.run_until("routes are listed", [&] {
        return world.operator_manager().cache<kube::HttpRoute>(kube::KindNeed::Optional).is_synced();
    }));
    world.operator_manager().wake_all();
    EXPECT_TRUE(world.run_until("it is published", [&] { return networking_is(world, "True/HTTPRoutesPublished"); }));
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
