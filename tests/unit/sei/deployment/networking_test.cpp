// What a fleet publishes, object by object as it is sent: Services and routes of each mode (spec 03 §14, 05 §7, §17).
#include "sei/deployment/networking.hpp"

#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fleet_of_test.hpp"
#include "sei/resources/headless_service.hpp"
#include "unit/sei/resources/examples.hpp"
#include "unit/sei/resources/golden.hpp"

namespace sei::deployment {
namespace {

using resources::examples::body_of;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

platform::Platform a_platform(const std::string& public_domain) {
    platform::Platform platform;
    platform.gateway_name = "sei-gateway";
    platform.gateway_namespace = "gateway";
    platform.gateway_domain = "test.local";
    platform.gateway_public_domain = public_domain;
    return platform;
}

using SetMode = std::function<void(api::NodeSpec&)>;

api::SeiNodeDeployment published(const SetMode& set_mode) {
    api::SeiNodeDeployment deployment = test::a_deployment(2);
    deployment.spec.networking.emplace();
    deployment.spec.template_.spec.fullNode.reset();
    set_mode(deployment.spec.template_.spec);
    return deployment;
}

void as_full_node(api::NodeSpec& spec) {
    spec.fullNode.emplace();
}
void as_archive(api::NodeSpec& spec) {
    spec.archive.emplace();
}
void as_replayer(api::NodeSpec& spec) {
    spec.replayer.emplace();
}
void as_validator(api::NodeSpec& spec) {
    spec.validator.emplace();
}

/// Everything that makes the fleet reachable, in the order in which it is written.
kube::json::Array objects_of(const api::SeiNodeDeployment& deployment, const platform::Platform& platform) {
    kube::json::Array objects;
    objects.push_back(body_of(render_internal_service(deployment)));
    for (std::int32_t ordinal = 0; ordinal < deployment.spec.replicas; ++ordinal) {
        objects.push_back(body_of(resources::render_headless_service(test::a_node(deployment, ordinal))));
    }
    objects.push_back(body_of(render_external_service(deployment)));
    for (const EffectiveRoute& route : effective_routes(deployment, platform)) {
        objects.push_back(body_of(render_route(deployment, route, platform)));
    }
    return objects;
}

TEST(PublishedObjects, are_those_of_their_golden_file) {
    struct Case {
        std::string file;
        SetMode set_mode;
        std::string public_domain;
        std::size_t objects = 0;
    };
    const std::vector<Case> cases{
        {"full-node", as_full_node, "sei.example.com", 8},
        {"full-node-without-public-domain", as_full_node, "", 8},
        {"archive", as_archive, "sei.example.com", 8},
        {"replayer", as_replayer, "sei.example.com", 8},
        {"validator", as_validator, "sei.example.com", 4},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.file);
        const kube::json::Array objects = objects_of(published(c.set_mode), a_platform(c.public_domain));
        EXPECT_EQ(objects.size(), c.objects);
        testing_support::expect_golden(objects, "networking/" + c.file + ".json");
    }
}

std::vector<std::string> ports_of(const kube::Service& service) {
    std::vector<std::string> lines;
    for (const kube::ServicePort& port : service.spec.ports) {
        lines.push_back(port.name + " " + std::to_string(port.port));
        if (port.appProtocol) lines.back() += " " + *port.appProtocol;
    }
    return lines;
}

TEST(ExternalService, has_the_ports_of_its_mode_without_metrics) {
    for (const auto& set_mode : {as_full_node, as_archive, as_replayer}) {
        EXPECT_THAT(
            ports_of(render_external_service(published(set_mode))),
            ElementsAre(
                "evm-rpc 8545", "evm-ws 8546", "grpc 9090 kubernetes.io/h2c", "rest 1317", "p2p 26656", "rpc 26657"
            )
        );
    }
    EXPECT_THAT(ports_of(render_external_service(published(as_validator))), ElementsAre("p2p 26656"));
}

TEST(ServicesOfFleet, select_its_pods_by_nothing_but_its_label) {
    api::SeiNodeDeployment deployment = published(as_full_node);
    deployment.metadata.generation = 7;
    const kube::StringMap label{{"sei.io/nodedeployment", "web"}};
    EXPECT_EQ(render_internal_service(deployment).spec.selector, label) << "a rollout changes no selector";
    EXPECT_EQ(render_external_service(deployment).spec.selector, label);
}

TEST(EffectiveRoutes, have_a_second_name_where_there_is_a_public_domain) {
    const api::SeiNodeDeployment deployment = published(as_full_node);
    for (const EffectiveRoute& route : effective_routes(deployment, a_platform(""))) {
        EXPECT_THAT(route.hostnames, ElementsAre(route.name + ".test.local"));
    }
    for (const EffectiveRoute& route : effective_routes(deployment, a_platform("sei.example.com"))) {
        EXPECT_THAT(route.hostnames, ElementsAre(route.name + ".test.local", route.name + ".ns.sei.example.com"));
    }
}

TEST(EffectiveRoutes, are_none_without_networking) {
    api::SeiNodeDeployment deployment = published(as_full_node);
    ASSERT_EQ(effective_routes(deployment, a_platform("")).size(), 4U);
    deployment.spec.networking.reset();
    EXPECT_THAT(effective_routes(deployment, a_platform("")), IsEmpty());
}

}  // namespace
}  // namespace sei::deployment
