// A chain is made from nothing, or it is told why not: the same on every backend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
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

/// A chain of this many validators, whose ceremony is complete.
bool run_until_chain_is_made(World& world, int validators) {
    look_for_the_genesis_patiently(world);
    world.create(a_chain(world, validators));
    return run_until_complete(world);
}

/// A ceremony of two that failed for good, because of one of them, once.
bool run_until_ceremony_failed(World& world) {
    look_for_the_genesis_patiently(world);
    world.sidecars()
        .node(world.key("chain-1"))
        .scripts()
        .set("generate-gentx", {.outcome = Script::Outcome::Fail, .error = "no key", .times = 1});
    world.create(a_chain(world, 2));
    return run_until_condition(world, "chain", "Stalled", "True/CeremonyFailed");
}

/// What was asked of the assembler, each time.
std::vector<kube::json::Value> assemblies(World& world) {
    std::vector<kube::json::Value> found;
    for (const auto& submission : world.sidecars().submissions()) {
        if (submission.type != "assemble-and-upload-genesis") continue;
        EXPECT_EQ(submission.node, world.key("chain-0"));
        found.emplace_back(submission.params);
    }
    return found;
}

std::vector<std::string> names(const kube::json::Value& nodes) {
    std::vector<std::string> found;
    for (const auto& node : nodes.as_array()) found.emplace_back(node.at("name").as_string());
    return found;
}

TEST(Ceremony, makes_a_running_chain_of_its_validators) {
    World world;
    ASSERT_TRUE(run_until_chain_is_made(world, 3));
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
    const auto asked = assemblies(world);
    ASSERT_EQ(asked.size(), 1U);
    const auto& params = asked.front().as_object();
    EXPECT_THAT(names(params.at("nodes")), ElementsAre("chain-0", "chain-1", "chain-2"));
    EXPECT_FALSE(params.contains("accounts")) << "there are none";
    EXPECT_FALSE(params.contains("overrides")) << "there are none";
    EXPECT_TRUE(run_until_told(world, "chain", "PlanComplete"));
    EXPECT_TRUE(was_told(world, "chain", "PlanStarted"));
}

TEST(Ceremony, plans_what_its_genesis_says) {
    World world;
    look_for_the_genesis_patiently(world);
    auto chain = a_chain(world, 2);
    chain.spec.genesis->accountBalance = "1000000usei";
    chain.spec.genesis->accounts = {
        {"sei1zg69v7y6hn00qy352euf40x77qfrg4nclsjzp9", "1usei"}, {"sei140x77qfrg4ncn27dauqjx3t83x4ummcpmrsjjl", "2usei"}
    };
    chain.spec.genesis->overrides["app_state.staking.params"] = kube::json::parse(R"({"max_validators":7})");
    world.create(std::move(chain));
    std::optional<sei::api::TaskPlan> plan;
    ASSERT_TRUE(world.run_until("the ceremony is planned", [&] {
        const auto seen = world.deployment("chain");
        if (seen) plan = seen->status.plan;
        return plan.has_value();
    }));
    std::vector<std::string> tasks;
    for (const auto& task : plan->tasks) tasks.push_back(task.type + " " + std::to_string(task.maxRetries));
    EXPECT_THAT(
        tasks, ElementsAre("assemble-and-upload-genesis 180", "collect-and-set-peers 0", "await-nodes-running 0")
    );
    ASSERT_TRUE(run_until_complete(world));
    const auto asked = assemblies(world);
    ASSERT_FALSE(asked.empty());
    const auto& params = asked.front().as_object();
    EXPECT_EQ(params.at("accountBalance"), "1000000usei");
    EXPECT_EQ(params.at("namespace").as_string(), world.namespace_name());
    EXPECT_THAT(names(params.at("nodes")), ElementsAre("chain-0", "chain-1"));
    EXPECT_EQ(
        params.at("accounts"),
        kube::json::parse(R"([{"address":"sei1zg69v7y6hn00qy352euf40x77qfrg4nclsjzp9","balance":"1usei"},)"
                          R"({"address":"sei140x77qfrg4ncn27dauqjx3t83x4ummcpmrsjjl","balance":"2usei"}])")
    );
    EXPECT_EQ(params.at("overrides"), kube::json::parse(R"({"app_state.staking.params":{"max_validators":7}})"));
}

TEST(Ceremony, is_stable_once_it_is_over) {
    World world;
    ASSERT_TRUE(run_until_chain_is_made(world, 2));
    ASSERT_TRUE(run_until_phase(world, "chain", DeploymentPhase::Ready));
    ASSERT_TRUE(world.run_until_quiet());
    world.operator_transport().forget_requests();
    ASSERT_TRUE(world.run_one_more_pass_of_everything());
    EXPECT_THAT(writes_of(world), IsEmpty());
}

TEST(Ceremony, is_followed_by_nodes_that_only_join) {
    World world;
    ASSERT_TRUE(run_until_chain_is_made(world, 2));
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
    ASSERT_TRUE(run_until_chain_is_made(world, 2));
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
    std::set<std::string> plans;
    World world;
    world.on_deployment_change([&](const auto*, const auto* after) {
        if (after != nullptr && after->metadata.namespace_ == world.namespace_name() && after->status.plan)
            plans.insert(after->status.plan->id);
    });
    ASSERT_TRUE(run_until_ceremony_failed(world));
    EXPECT_EQ(condition(world, "chain", "PlanInProgress"), "False/PlanFailed");
    EXPECT_EQ(condition(world, "chain", "GenesisCeremonyComplete"), "False/NotStarted");
    EXPECT_THAT(message_of(world, "chain", "Stalled"), HasSubstr("chain-1"));
    EXPECT_THAT(message_of(world, "chain", "Stalled"), HasSubstr("no key"));
    EXPECT_TRUE(run_until_told(world, "chain", "PlanFailed: "));
    ASSERT_TRUE(world.run_until_quiet());
    world.stop_operator();
    world.start_operator();
    ASSERT_TRUE(world.run_until_quiet());
    EXPECT_EQ(condition(world, "chain", "Stalled"), "True/CeremonyFailed") << "it is durable";
    EXPECT_FALSE(world.deployment("chain")->status.plan) << "it is not begun again by itself";
    EXPECT_EQ(plans.size(), 1U);
    world.edit_deployment("chain", [](auto& spec) {
        spec.template_.spec.overrides["network.p2p.max_connections"] = "40";
    });
    ASSERT_TRUE(run_until_complete(world)) << "a changed spec is another attempt";
    EXPECT_EQ(condition(world, "chain", "Stalled"), "False/Progressing");
    EXPECT_EQ(plans.size(), 2U) << "under another id";
}

TEST(Ceremony, is_tried_again_with_a_corrected_image) {
    World world;
    ASSERT_TRUE(run_until_ceremony_failed(world));
    set_image(world, "chain", kV2);
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
    EXPECT_TRUE(world.run_until("it is told what becomes of the second one", [&] {
        return message_of(world, "chain", "GenesisCeremonyComplete").contains("chain-1 takes part in it, and goes");
    }));
    world.sidecars().faults().clear(fault);
    ASSERT_TRUE(run_until_complete(world));
    EXPECT_TRUE(world.run_until("the second one is taken away", [&] { return world.nodes().size() == 1; }));
    EXPECT_TRUE(run_until_told(world, "chain", "SeiNodeDeleted: Scaled down SeiNode chain-1"));
}

TEST(Ceremony, is_complete_whatever_the_pods_of_its_chain_do) {
    if (support::backend() == support::Backend::ApiServer) GTEST_SKIP() << "there are no pods here";
    World world;
    look_for_the_genesis_patiently(world);
    world.workloads().faults().add(
        {.namespace_ = world.namespace_name(), .pod = "chain-1-0", .labels = {}, .container = "seid", .image = {}},
        {.kind = devcluster::workloads::FaultKind::CrashLoop}
    );
    world.create(a_chain(world, 2));
    ASSERT_TRUE(run_until_complete(world));
    EXPECT_TRUE(run_until_condition(world, "chain", "NodesReady", "False/NodesUnhealthy"));
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

using EditSpec = std::function<void(sei::api::SeiNodeDeploymentSpec&)>;

/// What the API server says to this edit; empty: it takes it.
std::string answer_to(World& world, const EditSpec& edit) {
    try {
        world.edit_deployment("chain", edit);
        return {};
    } catch (const kube::ApiError& error) {
        EXPECT_EQ(error.code(), 422U);
        return error.what();
    }
}

TEST(Genesis, cannot_be_changed_once_it_is_set) {
    World world{{.with_workloads = false}};
    auto chain = a_chain(world, 1);
    chain.spec.template_.spec.chainId = "pacific-1";
    *chain.spec.genesis = {.chainId = "pacific-1", .stakingAmount = "10000000usei", .accountBalance = "1000000usei"};
    world.create(std::move(chain));
    ASSERT_TRUE(world.run_until("the first status says where its ceremony is", [&] {
        const std::string told = condition(world, "chain", "GenesisCeremonyComplete");
        return told == "False/NotStarted" || told == "False/InProgress";
    }));
    struct Case {
        std::string behaviour;
        EditSpec edit;
    };
    const std::vector<Case> cases{
        {"it is removed", [](auto& spec) { spec.genesis.reset(); }},
        {"its chain is another", [](auto& spec) { spec.genesis->chainId = "pacific-2"; }},
        {"the stakes are others", [](auto& spec) { spec.genesis->stakingAmount = "1usei"; }},
        {"an account is added",
         [](auto& spec) { spec.genesis->accounts.push_back({"sei1zg69v7y6hn00qy352euf40x77qfrg4nclsjzp9", "1usei"}); }},
        {"an override is added", [](auto& spec) { spec.genesis->overrides["a.b"] = 1; }},
    };
    for (const Case& one : cases) {
        EXPECT_THAT(answer_to(world, one.edit), HasSubstr("spec.genesis is immutable")) << one.behaviour;
    }
    EXPECT_EQ(answer_to(world, [](auto& spec) { spec.replicas = 2; }), "") << "what is no genesis may change";
    EXPECT_EQ(world.deployment("chain")->spec.replicas, 2);
}

TEST(Genesis, may_be_added_later) {
    World world{{.with_workloads = false}};
    auto validators = a_chain(world, 1);
    const auto genesis = std::exchange(validators.spec.genesis, std::nullopt);
    world.create(std::move(validators));
    ASSERT_TRUE(run_until_condition(world, "chain", "GenesisCeremonyComplete", "False/NotApplicable"));
    EXPECT_EQ(answer_to(world, [&](auto& spec) { spec.genesis = genesis; }), "");
    EXPECT_TRUE(run_until_condition(world, "chain", "GenesisCeremonyComplete", "False/NotStarted"))
        << "nodes that were there before have no part in a ceremony";
}

TEST(Genesis, is_for_validators) {
    World world{{.with_workloads = false}};
    auto chain = a_chain(world, 1);
    chain.spec.template_.spec.validator.reset();
    chain.spec.template_.spec.fullNode.emplace();
    try {
        world.create(std::move(chain));
        ADD_FAILURE() << "full nodes with a genesis were accepted";
    } catch (const kube::ApiError& error) {
        EXPECT_EQ(error.code(), 422U);
        EXPECT_THAT(error.what(), HasSubstr("spec.genesis is meaningful only for validator"));
    }
}

}  // namespace
