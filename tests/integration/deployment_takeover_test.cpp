// A fleet whose nodes were written by create and update, as another controller of these kinds writes them, is taken
// over: what its template stops to say goes, what others said stays (spec 03 §1.6, H4).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "integration/deployment_steps.hpp"
#include "kube/client/field_owners.hpp"
#include "sei/api/labels.hpp"
#include "sei/resources/headless_service.hpp"
#include "support/world.hpp"

namespace {

using namespace steps;  // NOLINT(google-build-using-namespace)
using sei::api::SeiNode;
using support::World;

constexpr const char* kSidecar = "example.com/sidecar:v1";

sei::api::SeiNodeDeployment a_fleet(const World& world) {
    auto fleet = world.a_deployment("fleet", 1);
    auto& pattern = fleet.spec.template_;
    pattern.metadata.emplace();
    pattern.metadata->labels = {{"team", "a"}, {"tier", "b"}};
    pattern.metadata->annotations = {{"example.com/note", "x"}};
    pattern.spec.overrides = {{"evm.http_port", "8545"}, {"evm.ws_port", "8546"}};
    pattern.spec.sidecar.emplace().image = kSidecar;
    return fleet;
}

/// The first node as the contract's create and update leave it: every field sent, under the client's own name.
void post_node(World& world, const sei::api::SeiNodeDeployment& fleet) {
    SeiNode node;
    node.metadata.name = "fleet-0";
    node.metadata.namespace_ = world.namespace_name();
    node.metadata.labels = fleet.spec.template_.metadata->labels;
    node.metadata.labels["sei.io/nodedeployment"] = "fleet";
    node.metadata.labels["sei.io/nodedeployment-ordinal"] = "0";
    node.metadata.labels["sei.io/revision"] = "1";
    node.metadata.labels["sei.io/chain"] = fleet.spec.template_.spec.chainId;
    node.metadata.annotations = fleet.spec.template_.metadata->annotations;
    node.metadata.ownerReferences.push_back(
        {.apiVersion = "sei.io/v1alpha1",
         .kind = "SeiNodeDeployment",
         .name = "fleet",
         .uid = fleet.metadata.uid,
         .controller = true,
         .blockOwnerDeletion = true}
    );
    node.spec = fleet.spec.template_.spec;
    node.spec.podLabels["team"] = "a";
    node.spec.podLabels["sei.io/nodedeployment"] = "fleet";
    node.spec.podLabels["sei.io/revision"] = "1";
    world.create(std::move(node));
}

/// What a person added to it, under a name of their own.
void add_by_hand(World& world) {
    SeiNode added;
    added.metadata.name = "fleet-0";
    added.metadata.namespace_ = world.namespace_name();
    added.metadata.labels["example.com/mine"] = "yes";
    added.metadata.annotations["example.com/mine"] = "yes";
    added.spec.chainId = world.node("fleet-0")->spec.chainId;  // no node is sent without these
    added.spec.image = kV1;
    added.spec.overrides["mempool.size"] = "9";
    const auto applied =
        world.run(world.client().apply(std::move(added), kube::FieldManager{"kubectl-edit"}, kube::Force::No));
    (void)world.run_until_seen<SeiNode>(applied.resource_version());
}

/// It is at rest under this operator.
bool run_until_taken_over(World& world, sei::api::SeiNodeDeployment fleet) {
    const auto created = world.create(std::move(fleet));
    post_node(world, *created);
    add_by_hand(world);
    world.start_operator();
    return world.run_until_quiet();
}

bool run_until_node(World& world, const std::string& what, const std::function<bool(const SeiNode&)>& is_so) {
    return world.run_until("fleet-0 " + what, [&] {
        const auto node = world.node("fleet-0");
        return node && is_so(*node);
    });
}

TEST(FleetTakenOver, loses_what_its_template_stops_to_say_and_nothing_of_others) {
    World world{{.with_operator = false}};
    ASSERT_TRUE(run_until_taken_over(world, a_fleet(world)));
    world.edit_deployment("fleet", [](auto& spec) {
        spec.template_.metadata->labels.erase("tier");
        spec.template_.metadata->annotations.clear();
        spec.template_.spec.overrides.erase("evm.ws_port");
    });
    ASSERT_TRUE(run_until_node(world, "has lost an override", [](const SeiNode& node) {
        return !node.spec.overrides.contains("evm.ws_port");
    }));
    ASSERT_TRUE(world.run_until_quiet());
    const SeiNode node = *world.node("fleet-0");
    EXPECT_FALSE(node.metadata.labels.contains("tier"));
    EXPECT_FALSE(node.metadata.annotations.contains("example.com/note"));
    EXPECT_EQ(node.metadata.labels.at("team"), "a");
    EXPECT_EQ(node.spec.overrides.at("evm.http_port"), "8545");
    EXPECT_EQ(node.metadata.labels.at("example.com/mine"), "yes");
    EXPECT_EQ(node.metadata.annotations.at("example.com/mine"), "yes");
    EXPECT_EQ(node.spec.overrides.at("mempool.size"), "9");
    EXPECT_EQ(condition(world, "fleet", "Stalled"), "absent");
}

/// The contract has the deployment's generation in the labels of all that a node owns; here it is on the node alone
/// (decision 0018, C).
TEST(FleetTakenOver, has_no_revision_left_on_its_service) {
    World world{{.with_operator = false}};
    const auto created = world.create(a_fleet(world));
    post_node(world, *created);
    kube::Service service = sei::resources::render_headless_service(*world.node("fleet-0"));
    ASSERT_EQ(service.metadata.labels.at("sei.io/revision"), "1");
    (void)world.run(world.client().apply(
        std::move(service), kube::FieldManager{std::string{sei::api::kNodeFieldManager}}, kube::Force::Yes
    ));
    world.start_operator();
    EXPECT_TRUE(world.run_until("the label is gone", [&] {
        const auto seen = world.service("fleet-0");
        return seen && !seen->metadata.labels.contains("sei.io/revision") && seen->metadata.labels.at("team") == "a";
    }));
}

TEST(FleetTakenOver, switches_the_source_of_its_snapshots) {
    World world{{.with_operator = false}};
    auto fleet = a_fleet(world);
    fleet.spec.template_.spec.fullNode->snapshot.emplace().s3.emplace().targetHeight = 5;
    ASSERT_TRUE(run_until_taken_over(world, std::move(fleet)));
    world.edit_deployment("fleet", [](auto& spec) {
        spec.template_.spec.fullNode->snapshot->s3.reset();
        spec.template_.spec.fullNode->snapshot->stateSync.emplace();
    });
    ASSERT_TRUE(run_until_node(world, "syncs its state", [](const SeiNode& node) {
        return node.spec.fullNode->snapshot->stateSync && !node.spec.fullNode->snapshot->s3;
    }));
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_EQ(condition(world, "fleet", "Stalled"), "absent");
}

TEST(FleetTakenOver, rolls_a_sidecar_out_of_its_template) {
    World world{{.with_operator = false}};
    ASSERT_TRUE(run_until_taken_over(world, a_fleet(world)));
    ASSERT_TRUE(world.run_until_running("fleet-0"));
    world.edit_deployment("fleet", [](auto& spec) { spec.template_.spec.sidecar.reset(); });
    ASSERT_TRUE(run_until_condition(world, "fleet", "RolloutInProgress", "False/RolloutComplete"));
    EXPECT_FALSE(world.node("fleet-0")->spec.sidecar);
}

TEST(FleetTakenOver, is_asked_once_who_owns_what) {
    World world{{.with_operator = false}};
    ASSERT_TRUE(run_until_taken_over(world, a_fleet(world)));
    for (const char* size : {"1", "2"}) {
        world.edit_deployment("fleet", [&](auto& spec) { spec.template_.spec.overrides["mempool.cache_size"] = size; });
        ASSERT_TRUE(run_until_node(world, "has override " + std::string{size}, [&](const SeiNode& node) {
            const auto found = node.spec.overrides.find("mempool.cache_size");
            return found != node.spec.overrides.end() && found->second == size;
        }));
        ASSERT_TRUE(world.run_until_quiet());
    }
    // The node's own status may be written at the same instant: then it is asked again.
    int moved = 0;
    for (const auto& write : world.operator_writes()) {
        if (write.status == 200 && write.body.find("managedFields") != std::string::npos) ++moved;
    }
    EXPECT_EQ(moved, 1);
    const auto owners = world.run(world.client().get_field_owners<SeiNode>(world.key("fleet-0")));
    ASSERT_TRUE(owners);
    for (const auto& owner : owners->owners) {
        if (owner.manager != "manager" || owner.operation != "Update" || !owner.subresource.empty()) continue;
        EXPECT_EQ(kube::json::find(owner.fields, {"f:spec", "f:overrides"}), nullptr);
        EXPECT_EQ(kube::json::find(owner.fields, {"f:metadata", "f:labels"}), nullptr);
    }
}

}  // namespace
