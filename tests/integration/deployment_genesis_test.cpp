// A chain is made from nothing, or it is told why not: the same on every backend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "integration/deployment_steps.hpp"
#include "kube/json/json.hpp"
#include "support/world.hpp"

namespace {

using namespace steps;  // NOLINT(google-build-using-namespace)
using devcluster::sidecar::HttpFault;
using devcluster::sidecar::Script;
using sei::api::DeploymentPhase;
using support::World;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

bool run_until_complete(World& world) {
    return run_until_without_waiting_for_retries(world, "chain", "the ceremony is complete", [&] {
        return condition(world, "chain", "GenesisCeremonyComplete") == "True/Complete";
    });
}

std::vector<std::string> names(const kube::json::Value& nodes) {
    std::vector<std::string> found;
    for (const auto& node : nodes.as_array()) found.emplace_back(node.at("name").as_string());
    return found;
}

TEST(Ceremony, makes_a_running_chain_of_its_validators) {
    World world;
    look_for_the_genesis_patiently(world);
    world.create(a_chain(world, 3));
    ASSERT_TRUE(run_until_complete(world));
    ASSERT_TRUE(run_until_phase(world, "chain", DeploymentPhase::Ready));
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_FALSE(world.deployment("chain")->status.plan);
    EXPECT_FALSE(world.deployment("chain")->status.templateHash.empty());
    EXPECT_EQ(condition(world, "chain", "PlanInProgress"), "False/PlanComplete");
    const auto nodes = world.nodes();
    ASSERT_EQ(nodes.size(), 3U);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        ASSERT_TRUE(nodes[i].spec.validator->genesisCeremony);
        EXPECT_EQ(nodes[i].spec.validator->genesisCeremony->index, static_cast<int>(i));
        ASSERT_EQ(nodes[i].spec.peers.size(), 1U);
        const auto& addresses = nodes[i].spec.peers.front().static_->addresses;
        ASSERT_EQ(addresses.size(), 3U);
        EXPECT_THAT(addresses[1], HasSubstr("@chain-1-0.chain-1."));
    }
    int assemblies = 0;
    for (const auto& submission : world.sidecars().submissions()) {
        if (submission.type != "assemble-and-upload-genesis") continue;
        ++assemblies;
        EXPECT_EQ(submission.node, world.key("chain-0"));
        EXPECT_THAT(names(submission.params.at("nodes")), ElementsAre("chain-0", "chain-1", "chain-2"));
    }
    EXPECT_EQ(assemblies, 1);
    EXPECT_TRUE(run_until_told(world, "chain", "PlanComplete"));
    EXPECT_TRUE(was_told(world, "chain", "PlanStarted"));
}

TEST(Ceremony, is_stable_once_it_is_over) {
    World world;
    look_for_the_genesis_patiently(world);
    world.create(a_chain(world, 2));
    ASSERT_TRUE(run_until_complete(world));
    ASSERT_TRUE(run_until_phase(world, "chain", DeploymentPhase::Ready));
    ASSERT_TRUE(world.run_until_quiet());
    world.operator_transport().forget_requests();
    ASSERT_TRUE(world.run_one_more_pass_of_everything());
    EXPECT_THAT(writes_of(world), IsEmpty());
}

TEST(Ceremony, is_followed_by_nodes_that_only_join) {
    World world;
    look_for_the_genesis_patiently(world);
    world.create(a_chain(world, 2));
    ASSERT_TRUE(run_until_complete(world));
    world.edit_deployment("chain", [](auto& spec) { spec.replicas = 3; });
    ASSERT_TRUE(world.run_until_running("chain-2"));
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_FALSE(world.node("chain-2")->spec.validator->genesisCeremony);
    EXPECT_EQ(world.node("chain-2")->spec.peers, world.node("chain-0")->spec.peers);
    EXPECT_EQ(world.node("chain-2")->spec.peers.size(), 1U);
    EXPECT_EQ(world.node("chain-0")->spec.peers.size(), 1U);
    EXPECT_EQ(condition(world, "chain", "GenesisCeremonyComplete"), "True/Complete");
}

TEST(Ceremony, leaves_its_chain_to_be_rolled) {
    World world;
    look_for_the_genesis_patiently(world);
    world.create(a_chain(world, 2));
    ASSERT_TRUE(run_until_complete(world));
    ASSERT_TRUE(run_until_settled(world, "chain", kV1));
    const auto peers = world.node("chain-0")->spec.peers;
    set_image(world, "chain", kV2);
    ASSERT_TRUE(run_until_settled(world, "chain", kV2));
    EXPECT_EQ(condition(world, "chain", "RolloutInProgress"), "False/RolloutComplete");
    EXPECT_EQ(world.node("chain-0")->spec.peers, peers) << "they are the ceremony's";
    EXPECT_EQ(condition(world, "chain", "GenesisCeremonyComplete"), "True/Complete");
}

TEST(Ceremony, assembles_again_when_that_failed) {
    World world;
    look_for_the_genesis_patiently(world);
    world.sidecars().scripts().set(
        "assemble-and-upload-genesis", {.outcome = Script::Outcome::Fail, .error = "no bucket yet", .times = 1}
    );
    world.create(a_chain(world, 2));
    ASSERT_TRUE(world.run_until("the first attempt is counted", [&] {
        const auto deployment = world.deployment("chain");
        return deployment && deployment->status.plan && deployment->status.plan->tasks.front().retryCount == 1;
    }));
    ASSERT_TRUE(run_until_complete(world));
    EXPECT_EQ(world.sidecars().scripts().times_followed("assemble-and-upload-genesis"), 1U);
    EXPECT_FALSE(was_told(world, "chain", "PlanFailed"));
}

TEST(Ceremony, refuses_accounts_that_are_none) {
    World world;
    auto chain = a_chain(world, 2);
    chain.spec.genesis->accounts.push_back({"cosmos1zg69v7y6hn00qy352euf40x77qfrg4ncjur58y", "1usei"});
    world.create(std::move(chain));
    ASSERT_TRUE(run_until_condition(world, "chain", "GenesisCeremonyComplete", "False/GenesisRejected"));
    EXPECT_EQ(condition(world, "chain", "Stalled"), "True/GenesisRejected");
    EXPECT_THAT(message_of(world, "chain", "Stalled"), HasSubstr("accounts[0]"));
    EXPECT_THAT(world.nodes(), IsEmpty());
    EXPECT_TRUE(run_until_told(world, "chain", "GenesisRejected"));
    EXPECT_EQ(condition(world, "chain", "PlanInProgress"), "False/NotStarted");
}

TEST(Ceremony, ends_visibly_when_a_participant_fails) {
    World world;
    look_for_the_genesis_patiently(world);
    world.sidecars()
        .node(world.key("chain-1"))
        .scripts()
        .set("generate-gentx", {.outcome = Script::Outcome::Fail, .error = "no key", .times = 1});
    world.create(a_chain(world, 2));
    ASSERT_TRUE(run_until_condition(world, "chain", "Stalled", "True/CeremonyFailed"));
    EXPECT_EQ(condition(world, "chain", "PlanInProgress"), "False/PlanFailed");
    EXPECT_THAT(message_of(world, "chain", "Stalled"), HasSubstr("chain-1"));
    EXPECT_THAT(message_of(world, "chain", "Stalled"), HasSubstr("no key"));
    EXPECT_TRUE(run_until_told(world, "chain", "PlanFailed: "));
    ASSERT_TRUE(world.run_until_quiet());
    world.stop_operator();
    world.start_operator();
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_EQ(condition(world, "chain", "Stalled"), "True/CeremonyFailed") << "it is durable";
    EXPECT_FALSE(world.deployment("chain")->status.plan) << "it is not begun again by itself";
    world.edit_deployment("chain", [](auto& spec) {
        spec.template_.spec.overrides["network.p2p.max_connections"] = "40";
    });
    ASSERT_TRUE(run_until_complete(world)) << "a changed spec is another attempt";
    EXPECT_EQ(condition(world, "chain", "Stalled"), "False/Progressing");
}

TEST(Ceremony, is_tried_again_with_a_corrected_image) {
    World world;
    look_for_the_genesis_patiently(world);
    world.sidecars()
        .node(world.key("chain-1"))
        .scripts()
        .set("generate-gentx", {.outcome = Script::Outcome::Fail, .error = "no key", .times = 1});
    world.create(a_chain(world, 2));
    ASSERT_TRUE(run_until_condition(world, "chain", "Stalled", "True/CeremonyFailed"));
    world.edit_deployment("chain", [](auto& spec) { spec.template_.spec.image = kV2; });
    ASSERT_TRUE(run_until_complete(world)) << "genesis goes before a rollout (spec 03 §11.1)";
    ASSERT_TRUE(run_until_phase(world, "chain", DeploymentPhase::Ready));
    for (const auto& node : world.nodes()) EXPECT_EQ(node.spec.image, kV2);
}

TEST(Ceremony, ends_visibly_when_a_participant_is_gone) {
    World world;
    world.sidecars().scripts().set("generate-gentx", {.outcome = Script::Outcome::Hang});
    world.create(a_chain(world, 2));
    ASSERT_TRUE(world.run_until("the ceremony runs", [&] {
        return condition(world, "chain", "GenesisCeremonyComplete") == "False/InProgress" && world.nodes().size() == 2;
    }));
    world.delete_node("chain-1");
    ASSERT_TRUE(run_until_condition(world, "chain", "Stalled", "True/CeremonyFailed"));
    EXPECT_THAT(message_of(world, "chain", "Stalled"), HasSubstr("participant chain-1 is gone"));
}

TEST(Ceremony, ends_visibly_when_its_time_is_over) {
    World world;
    const auto fault =
        world.sidecars().faults().add({.kind = HttpFault::Kind::Status, .status = 503, .node = world.key("chain-1")});
    auto chain = a_chain(world, 2);
    chain.spec.genesis->maxCeremonyDuration = "2s";
    world.create(std::move(chain));
    ASSERT_TRUE(run_until_condition(world, "chain", "Stalled", "True/CeremonyTimeLimitExceeded"));
    EXPECT_EQ(condition(world, "chain", "PlanInProgress"), "False/PlanFailed");
    EXPECT_EQ(condition(world, "chain", "GenesisCeremonyComplete"), "False/NotStarted");
    EXPECT_FALSE(world.deployment("chain")->status.plan);
    // A slow machine may not have got as far as this in that time. The nodes go on by themselves.
    ASSERT_TRUE(world.run_until("the sidecar of chain-1 was asked in vain", [&] {
        return world.sidecars().faults().times_fired(fault) > 0;
    }));
    world.sidecars().faults().clear(fault);
    world.edit_deployment("chain", [](auto& spec) {
        spec.template_.spec.overrides["network.p2p.max_connections"] = "40";
    });
    // Another attempt, with what the participants have done meanwhile.
    EXPECT_TRUE(world.run_until("another attempt is made", [&] {
        return condition(world, "chain", "PlanInProgress") == "True/PlanStarted" ||
               condition(world, "chain", "GenesisCeremonyComplete") == "True/Complete";
    }));
}

TEST(Ceremony, keeps_its_participants_when_replicas_shrink) {
    World world;
    look_for_the_genesis_patiently(world);
    const auto fault =
        world.sidecars().faults().add({.kind = HttpFault::Kind::Status, .status = 503, .node = world.key("chain-1")});
    world.create(a_chain(world, 2));
    ASSERT_TRUE(run_until_condition(world, "chain", "GenesisCeremonyComplete", "False/InProgress"));
    world.edit_deployment("chain", [](auto& spec) { spec.replicas = 1; });
    ASSERT_TRUE(world.run_until("the edit was seen", [&] { return world.deployment("chain")->status.replicas == 1; }));
    EXPECT_EQ(world.nodes().size(), 2U);
    EXPECT_EQ(condition(world, "chain", "GenesisCeremonyComplete"), "False/InProgress");
    world.sidecars().faults().clear(fault);
    ASSERT_TRUE(run_until_complete(world));
    EXPECT_TRUE(world.run_until("the second one is taken away", [&] { return world.nodes().size() == 1; }));
    EXPECT_TRUE(run_until_told(world, "chain", "SeiNodeDeleted: Scaled down SeiNode chain-1"));
}

TEST(Ceremony, is_frozen_by_pause) {
    World world;
    world.sidecars().scripts().set("generate-gentx", {.outcome = Script::Outcome::Hang});
    world.create(a_chain(world, 2));
    ASSERT_TRUE(run_until_condition(world, "chain", "GenesisCeremonyComplete", "False/InProgress"));
    const std::string plan = world.deployment("chain")->status.plan->id;
    world.edit_deployment("chain", [](auto& spec) { spec.paused = true; });
    ASSERT_TRUE(run_until_phase(world, "chain", DeploymentPhase::Paused));
    EXPECT_TRUE(run_until_told(world, "chain", "Paused: operator set spec.paused with active plan " + plan));
    ASSERT_TRUE(world.deployment("chain")->status.plan);
    EXPECT_EQ(world.deployment("chain")->status.plan->id, plan);
    EXPECT_EQ(condition(world, "chain", "PlanInProgress"), "True/PlanStarted");
}

}  // namespace
