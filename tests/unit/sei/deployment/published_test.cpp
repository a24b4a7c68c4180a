// Whose the Services under a fleet's names are, and how often that is asked (spec 03 §14.1, spec 08 5.2, 5.6).
#include "sei/deployment/published.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "deployment_world.hpp"
#include "kube/types/http_route.hpp"
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

constexpr const char* kRoutes = R"({
  "apiVersion": "apiextensions.k8s.io/v1",
  "kind": "CustomResourceDefinition",
  "metadata": {
    "name": "httproutes.gateway.networking.k8s.io",
    "annotations": {"api-approved.kubernetes.io": "unapproved, of a test"}
  },
  "spec": {
    "group": "gateway.networking.k8s.io",
    "names": {"kind": "HTTPRoute", "listKind": "HTTPRouteList", "plural": "httproutes", "singular": "httproute"},
    "scope": "Namespaced",
    "versions": [{
      "name": "v1",
      "served": true,
      "storage": true,
      "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}
    }]
  }
})";

/// By the name of an object: "uid version".
using Preconditions = std::map<std::string, std::string>;

std::string precondition(const kube::ObjectMeta& metadata) {
    return metadata.uid + " " + metadata.resourceVersion;
}

/// Of every Service and route that a fleet publishes outside the cluster, as they are now.
Preconditions identities_of_published(DeploymentWorld& world) {
    Preconditions identities;
    if (const auto service = world.world.get<kube::Service>(DeploymentWorld::key("fleet-external"))) {
        identities["fleet-external"] = precondition((*service)->metadata);
    }
    const auto routes =
        world.world.run(world.world.person().list<kube::HttpRoute>(kube::ListOptions{.namespace_ = "default"}));
    for (const auto& route : routes.items) identities[route->metadata.name] = precondition(route->metadata);
    return identities;
}

/// Of every deletion that was sent.
Preconditions preconditions_of_deletions(DeploymentWorld& world) {
    Preconditions sent;
    for (const auto& call : world.world.calls().writes()) {
        if (call.method != kube::HttpMethod::Delete) continue;
        const std::string path = call.path();
        const kube::json::Value body = kube::json::parse(call.body);
        sent[path.substr(path.rfind('/') + 1)] =
            std::string{kube::json::find_string(body, {"preconditions", "uid"})} + " " +
            std::string{kube::json::find_string(body, {"preconditions", "resourceVersion"})};
    }
    return sent;
}

TEST(PublishedObject, that_is_not_wanted_any_more_is_deleted_only_as_it_was_seen) {
    DeploymentWorld world;
    world.world.stop_operator();
    world.world.server().install(kRoutes);
    world.world.start_operator();
    auto fleet = DeploymentWorld::a_fleet(1);
    fleet.spec.networking.emplace();
    world.world.create(std::move(fleet));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    const Preconditions published = identities_of_published(world);
    ASSERT_EQ(published.size(), 5U) << "one Service, four routes";
    world.world.calls().forget_requests();
    world.edit([](api::SeiNodeDeployment& edited) { edited.spec.networking.reset(); });
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_EQ(preconditions_of_deletions(world), published);
    EXPECT_TRUE(identities_of_published(world).empty());
}

}  // namespace
}  // namespace sei::deployment::test
