// What goes wrong around a fleet, or is asked for and cannot be had: a reason in a condition, nothing lost, nothing of
// anybody else touched. The same on every backend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "integration/deployment_steps.hpp"
#include "sei/plan/progress.hpp"
#include "support/world.hpp"

namespace {

using namespace steps;  // NOLINT(google-build-using-namespace)
using support::Backend;
using support::World;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> uids(const World& world) {
    std::vector<std::string> found;
    for (const auto& node : world.nodes()) found.push_back(node.metadata.uid);
    return found;
}

TEST(TemplateThatNodesRefuse, is_told_and_makes_nothing) {
    World world;
    auto fleet = world.a_deployment("fleet", 2);
    fleet.spec.template_.metadata = {{{"team", "no label: it has blanks"}}, {}};
    world.create(std::move(fleet));
    ASSERT_TRUE(run_until_condition(world, "fleet", "Stalled", "True/NodeNotApplied"));
    EXPECT_THAT(message_of(world, "fleet", "Stalled"), HasSubstr("no label: it has blanks"));
    EXPECT_EQ(condition(world, "fleet", "NodesReady"), "False/NodesInitializing");
    EXPECT_TRUE(run_until_told(world, "fleet", "NodeNotApplied: "));
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_THAT(world.nodes(), IsEmpty());
    EXPECT_TRUE(world.service("fleet-internal"));
    set_image(world, "fleet", kV2);
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_FALSE(world.deployment("fleet")->status.rollout);
    EXPECT_THAT(world.deployment("fleet")->status.incumbentNodes, IsEmpty());
    world.edit_deployment("fleet", [](auto& spec) { spec.template_.metadata->labels["team"] = "infra"; });
    ASSERT_TRUE(run_until_settled(world, "fleet", kV2));
    EXPECT_EQ(condition(world, "fleet", "Stalled"), "False/Progressing");
    EXPECT_EQ(condition(world, "fleet", "RolloutInProgress"), "False/NotStarted");
}

TEST(TemplateThatNodesRefuse, leaves_running_nodes_as_they_are) {
    World world;
    ASSERT_TRUE(run_until_fleet_runs(world, 2));
    const auto before = uids(world);
    world.edit_deployment("fleet", [](auto& spec) { spec.template_.metadata = {{{"team", "a b"}}, {}}; });
    ASSERT_TRUE(run_until_condition(world, "fleet", "Stalled", "True/NodeNotApplied"));
    EXPECT_EQ(uids(world), before);
    EXPECT_EQ(condition(world, "fleet", "NodesReady"), "True/AllNodesReady");
    world.edit_deployment("fleet", [](auto& spec) {
        spec.template_.metadata.reset();
        spec.template_.spec.image = kV2;
    });
    ASSERT_TRUE(run_until_settled(world, "fleet", kV2));
    EXPECT_EQ(uids(world), before);
}

/// A rollout over no nodes would be over at once, and say that it was complete.
TEST(TemplateThatNodesRefuse, is_not_rolled_out_over_nothing) {
    World world;
    ASSERT_TRUE(run_until_fleet_runs(world, 1));
    world.edit_deployment("fleet", [](auto& spec) { spec.template_.metadata = {{{"team", "a b"}}, {}}; });
    ASSERT_TRUE(run_until_condition(world, "fleet", "Stalled", "True/NodeNotApplied"));
    world.delete_node("fleet-0");
    ASSERT_TRUE(world.run_until("no node is left", [&] {
        return world.nodes().empty() && world.deployment("fleet")->status.incumbentNodes.empty();
    }));
    set_image(world, "fleet", kV2);
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_FALSE(world.deployment("fleet")->status.rollout);
    EXPECT_FALSE(was_told(world, "fleet", "RolloutStarted"));
    world.edit_deployment("fleet", [](auto& spec) { spec.template_.metadata.reset(); });
    ASSERT_TRUE(run_until_settled(world, "fleet", kV2));
    EXPECT_EQ(condition(world, "fleet", "RolloutInProgress"), "False/NotStarted");
}

TEST(ImageThatDoesNotExist, for_one_of_five_nodes_is_told_of_that_node) {
    if (support::backend() == Backend::ApiServer) GTEST_SKIP() << "nothing pulls images here";
    World world;
    ASSERT_TRUE(run_until_fleet_runs(world, 5));
    const auto before = uids(world);
    const auto fault = world.workloads().faults().add(
        {.namespace_ = world.namespace_name(), .pod = "fleet-3-0", .labels = {}, .container = {}, .image = kV2},
        {.kind = devcluster::workloads::FaultKind::ImagePull}
    );
    set_image(world, "fleet", kV2);
    ASSERT_TRUE(world.run_until("four run it, and the fifth is named", [&] {
        const std::string told = message_of(world, "fleet", "RolloutInProgress");
        return told.contains("4 of 5 nodes run it") && told.contains("fleet-3: ImagePullFailed");
    }));
    EXPECT_EQ(condition(world, "fleet", "RolloutInProgress"), "True/TemplateChanged");
    EXPECT_EQ(condition(world, "fleet", "NodesReady"), "False/NodesUnhealthy");
    EXPECT_EQ(world.deployment("fleet")->status.readyReplicas, 4);
    EXPECT_EQ(world.node("fleet-3")->status.currentImage, kV1);
    world.workloads().faults().remove(fault);
    ASSERT_TRUE(run_until_settled(world, "fleet", kV2));
    EXPECT_EQ(uids(world), before);
    EXPECT_EQ(condition(world, "fleet", "NodesReady"), "True/AllNodesReady");
}

TEST(ImageThatDoesNotExist, stops_a_bounded_rollout_at_its_first_node) {
    if (support::backend() == Backend::ApiServer) GTEST_SKIP() << "nothing pulls images here";
    World world;
    ASSERT_TRUE(run_until_bounded_fleet_runs(world, 3));
    world.workloads().faults().add(
        {.namespace_ = world.namespace_name(), .pod = {}, .labels = {}, .container = {}, .image = kV2},
        {.kind = devcluster::workloads::FaultKind::ImagePull}
    );
    set_image(world, "fleet", kV2);
    ASSERT_TRUE(world.run_until("the first node is named", [&] {
        return message_of(world, "fleet", "RolloutInProgress").contains("fleet-0: ImagePullFailed");
    }));
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_EQ(world.node("fleet-1")->spec.image, kV1);
    EXPECT_EQ(world.node("fleet-2")->spec.image, kV1);
    EXPECT_EQ(world.deployment("fleet")->status.readyReplicas, 2);
    set_image(world, "fleet", kV1);
    ASSERT_TRUE(run_until_settled(world, "fleet", kV1)) << "the way out is the way back";
}

TEST(PodThatNeverGetsReady, stops_a_bounded_rollout_at_its_node) {
    if (support::backend() == Backend::ApiServer) GTEST_SKIP() << "there are no pods here";
    World world;
    ASSERT_TRUE(run_until_bounded_fleet_runs(world, 2));
    const auto fault = world.workloads().faults().add(
        {.namespace_ = world.namespace_name(), .pod = "fleet-0-0", .labels = {}, .container = {}, .image = kV2},
        {.kind = devcluster::workloads::FaultKind::NeverReady}
    );
    world.edit_deployment("fleet", [](auto& spec) { spec.updateStrategy.progressDeadlineSeconds = 1; });
    set_image(world, "fleet", kV2);
    ASSERT_TRUE(world.run_until("the first node runs it", [&] {
        const auto node = world.node("fleet-0");
        return node->status.currentImage == kV2 && !node->status.plan;
    }));
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_EQ(world.node("fleet-1")->spec.image, kV1) << "the first one is not healthy yet";
    EXPECT_TRUE(world.run_until("the rollout says so", [&] {
        return message_of(world, "fleet", "RolloutInProgress").contains("waiting for fleet-0, whose pod is not ready");
    }));
    world.workloads().faults().remove(fault);
    EXPECT_TRUE(run_until_settled(world, "fleet", kV2));
}

TEST(ConflictOnOneNode, delays_that_node_only) {
    World world;
    ASSERT_TRUE(run_until_fleet_runs(world, 3));
    ASSERT_TRUE(world.run_until_quiet());
    world.operator_transport().forget_requests();
    world.operator_transport().answer(
        [](const kube::HttpRequest& request) {
            return request.method == kube::HttpMethod::Patch && request.target.contains("/seinodes/fleet-0?") &&
                   request.body.contains("\"team\"");
        },
        refusal(409, "Conflict"),
        1
    );
    world.edit_deployment("fleet", [](auto& spec) { spec.template_.metadata = {{{"team", "infra"}}, {}}; });
    ASSERT_TRUE(world.run_until("the first node was refused", [&] {
        return world.operator_transport().times_fired() == 1;
    }));
    // Who was faster: the newer version is what the refused write waits for.
    world.change<sei::api::SeiNode>("fleet-0", [](auto& node) {
        node.metadata.annotations["example.com/touched"] = "1";
    });
    ASSERT_TRUE(world.run_until("every node has the label", [&] {
        return std::ranges::all_of(world.nodes(), [](const auto& node) {
            return node.metadata.labels.contains("team");
        });
    }));
    ASSERT_TRUE(world.run_until_quiet());  // the answer to the last write has come back
    EXPECT_EQ(world.operator_transport().times_fired(), 1U);
    std::vector<std::string> order;
    for (const auto& write : world.operator_writes()) {
        const std::string path = write.path();
        if (!path.contains("/seinodes/") || !write.body.contains("\"team\"")) continue;
        order.push_back(path.substr(path.rfind('/') + 1) + " " + std::to_string(write.status));
    }
    EXPECT_EQ(order, (std::vector<std::string>{"fleet-1 200", "fleet-2 200", "fleet-0 200"}));
    EXPECT_EQ(condition(world, "fleet", "Stalled"), "absent") << "a conflict is nothing to tell of";
}

TEST(PassOfDeployment, that_is_refused_its_finalizer_says_so) {
    World world;
    world.operator_transport().answer(
        [](const kube::HttpRequest& request) {
            return request.method == kube::HttpMethod::Patch && request.target.contains("/seinodedeployments/fleet?");
        },
        refusal(403, "Forbidden"),
        1'000
    );
    world.create(world.a_deployment("fleet", 1));
    ASSERT_TRUE(run_until_condition(world, "fleet", "Stalled", "True/ReconcileFailed"));
    EXPECT_THAT(message_of(world, "fleet", "Stalled"), HasSubstr("not like this"));
    world.operator_transport().forget_faults();
    EXPECT_TRUE(run_until_condition(world, "fleet", "Stalled", "False/Progressing"));
}

/// A plan of a deployment, held at one of its tasks.
enum class Held { Rollout, BoundedRollout, Assembly, Peers, NodesRunning };

std::string task_of(Held held) {
    switch (held) {
        case Held::Rollout:
            return "await-spec-update";
        case Held::BoundedRollout:
            return "update-node-specs";
        case Held::Assembly:
            return "assemble-and-upload-genesis";
        case Held::Peers:
            return "collect-and-set-peers";
        case Held::NodesRunning:
            return "await-nodes-running";
    }
    throw std::logic_error{"no such plan"};
}

struct Going {
    std::string name;
    Held held = Held::Rollout;
    sei::api::DeletionPolicy policy = sei::api::DeletionPolicy::Delete;
};

class DeletionInTheMiddle : public ::testing::TestWithParam<Going> {
protected:
    [[nodiscard]] bool is_ceremony() const {
        return GetParam().held != Held::Rollout && GetParam().held != Held::BoundedRollout;
    }
    [[nodiscard]] std::string name() const { return is_ceremony() ? "chain" : "fleet"; }

    void begin_rollout() {
        auto fleet = world.a_deployment("fleet", 2);
        fleet.spec.deletionPolicy = GetParam().policy;
        if (GetParam().held == Held::BoundedRollout) fleet.spec.updateStrategy.maxUnavailable = 1;
        world.create(std::move(fleet));
        ASSERT_TRUE(world.run_until_running("fleet-0"));
        ASSERT_TRUE(world.run_until_running("fleet-1"));
        ASSERT_TRUE(run_until_pods_ready(world));
        world.hold_image(kV2);
        set_image(world, "fleet", kV2);
        const bool is_bounded = GetParam().held == Held::BoundedRollout;
        ASSERT_TRUE(world.run_until("as many nodes as may are to run it", [&] {
            return world.node("fleet-0")->spec.image == kV2 && (is_bounded || world.node("fleet-1")->spec.image == kV2);
        }));
    }
    void begin_ceremony() {
        using devcluster::sidecar::Endpoint;
        using devcluster::sidecar::HttpFault;
        using devcluster::sidecar::Script;
        const Script hangs{.outcome = Script::Outcome::Hang};
        if (GetParam().held == Held::Assembly) world.sidecars().scripts().set("generate-gentx", hangs);
        if (GetParam().held == Held::Peers)
            world.sidecars().faults().add({.kind = HttpFault::Kind::Status, .status = 503, .endpoint = Endpoint::NodeId}
            );
        if (GetParam().held == Held::NodesRunning) world.sidecars().scripts().set("configure-genesis", hangs);
        auto chain = a_chain(world, 2);
        chain.spec.deletionPolicy = GetParam().policy;
        world.create(std::move(chain));
    }
    [[nodiscard]] bool is_at_its_task() const {
        const auto seen = world.deployment(name());
        if (!seen || !seen->status.plan || world.nodes().size() != 3) return false;
        const auto current = sei::plan::current_task(*seen->status.plan);
        return current && seen->status.plan->tasks[*current].type == task_of(GetParam().held);
    }
    [[nodiscard]] std::vector<std::string> images() const {
        std::vector<std::string> found;
        for (const auto& node : world.nodes()) found.push_back(node.metadata.name + " " + node.spec.image);
        return found;
    }

    World world;
};

TEST_P(DeletionInTheMiddle, loses_nothing_and_touches_nothing_of_others) {
    // A node of somebody else, with a name like those of the fleet.
    const std::string foreign = name() + "-7";
    world.create(world.a_full_node(foreign));
    ASSERT_TRUE(world.run_until_running(foreign));
    const auto untouched = world.node(foreign)->spec;
    if (is_ceremony()) {
        begin_ceremony();
    } else {
        ASSERT_NO_FATAL_FAILURE(begin_rollout());
    }
    ASSERT_TRUE(run_until_without_waiting_for_retries(world, name(), "its plan is at its task", [&] {
        return is_at_its_task();
    }));
    const auto before = uids(world);
    const auto images_before = images();
    world.delete_deployment(name());
    ASSERT_TRUE(world.run_until("the deployment is gone", [&] { return !world.deployment(name()); }));
    if (GetParam().policy == sei::api::DeletionPolicy::Retain) {
        ASSERT_TRUE(world.run_until_quiet());
        EXPECT_EQ(uids(world), before);
        EXPECT_EQ(images(), images_before);
        for (const auto& node : world.nodes()) EXPECT_EQ(node.metadata.controller(), nullptr) << node.metadata.name;
        EXPECT_TRUE(world.service(name() + "-internal"));
    } else {
        ASSERT_TRUE(world.run_until("its nodes are gone", [&] { return world.nodes().size() == 1; }));
        ASSERT_TRUE(world.run_until("its Service is gone", [&] { return !world.service(name() + "-internal"); }));
    }
    ASSERT_TRUE(world.node(foreign));
    EXPECT_EQ(world.node(foreign)->status.phase, sei::api::NodePhase::Running);
    EXPECT_EQ(world.node(foreign)->spec, untouched);
    if (!is_ceremony()) world.let_images_run();
}

std::vector<Going> goings() {
    std::vector<Going> all;
    for (const auto policy : {sei::api::DeletionPolicy::Delete, sei::api::DeletionPolicy::Retain}) {
        const std::string end = policy == sei::api::DeletionPolicy::Retain ? "_that_retains" : "";
        all.push_back({"of_a_rollout" + end, Held::Rollout, policy});
        all.push_back({"of_a_bounded_rollout" + end, Held::BoundedRollout, policy});
        all.push_back({"of_a_ceremony_that_assembles" + end, Held::Assembly, policy});
        all.push_back({"of_a_ceremony_that_collects_peers" + end, Held::Peers, policy});
        all.push_back({"of_a_ceremony_that_awaits_its_nodes" + end, Held::NodesRunning, policy});
    }
    return all;
}

INSTANTIATE_TEST_SUITE_P(
    Deployment,
    DeletionInTheMiddle,
    ::testing::ValuesIn(goings()),
    [](const ::testing::TestParamInfo<Going>& about) { return about.param.name; }
);

TEST(ServiceOfSomebodyElse, in_the_way_is_told_and_left_alone) {
    World world;
    ASSERT_TRUE(world.run(world.client().create(a_foreign_service(world, "fleet-internal"))));
    world.create(world.a_deployment("fleet", 1));
    ASSERT_TRUE(run_until_condition(world, "fleet", "Stalled", "True/NameTaken"));
    ASSERT_TRUE(world.run_until_running("fleet-0"));
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_FALSE(world.deployment("fleet")->status.internalService);
    EXPECT_EQ(world.service("fleet-internal")->spec.ports.front().name, "theirs");
    EXPECT_THAT(world.service("fleet-internal")->metadata.ownerReferences, IsEmpty());
}

TEST(NodeOfTheFleet, that_somebody_changes_is_brought_back) {
    World world;
    ASSERT_TRUE(run_until_fleet_runs(world, 2));
    world.edit("fleet-1", [](auto& spec) { spec.overrides["chain.moniker"] = "theirs"; });
    world.edit("fleet-0", [](auto& spec) { spec.podLabels["sei.io/nodedeployment"] = "another"; });
    ASSERT_TRUE(world.run_until("the fleet's own key has the fleet's value", [&] {
        return world.node("fleet-0")->spec.podLabels.at("sei.io/nodedeployment") == "fleet";
    }));
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_EQ(world.node("fleet-1")->spec.overrides.at("chain.moniker"), "theirs")
        << "a key that the fleet does not own";
}

TEST(NodeOfTheFleet, that_somebody_gives_another_image_is_brought_back_without_a_rollout) {
    World world;
    ASSERT_TRUE(run_until_fleet_runs(world, 2));
    const std::string baseline = world.deployment("fleet")->status.templateHash;
    world.edit("fleet-1", [](auto& spec) { spec.image = kV2; });
    ASSERT_TRUE(world.run_until("the node has the fleet's image", [&] {
        return world.node("fleet-1")->spec.image == kV1;
    }));
    ASSERT_TRUE(run_until_settled(world, "fleet", kV1));
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_FALSE(was_told(world, "fleet", "RolloutStarted"));
    EXPECT_EQ(world.deployment("fleet")->status.templateHash, baseline);
}

}  // namespace
