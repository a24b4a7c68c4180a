// A ceremony that cannot begin holds nothing up, and a chain that was made is not made again (spec 03 H8, H16d, H16e).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "deployment_world.hpp"
#include "kube/meta/condition.hpp"
#include "sei/api/conditions.hpp"
#include "sei/deployment/genesis.hpp"
#include "sei/deployment/template_hash.hpp"
#include "testkit/snapshot_of.hpp"

namespace sei::deployment::test {
namespace {

constexpr const char* kNewer = "example.com/seid:v2";

/// What the node's own controller says of one that has arrived.
void report_running(DeploymentWorld& world, const std::string& name) {
    kube::Condition seen;
    seen.type = api::node_condition::kPaused;
    seen.status = kube::ConditionStatus::False;
    seen.reason = api::reason::kNotPaused;
    world.edit_status<api::SeiNode>(name, [&](auto& node) {
        node.status.phase = api::NodePhase::Running;
        node.status.plan.reset();
        node.status.currentImage = node.spec.image;
        seen.observedGeneration = node.metadata.generation;
        kube::set_condition(node.status.conditions, seen);
    });
}

void report_all_running(DeploymentWorld& world) {
    for (const auto& node : world.nodes()) report_running(world, node->metadata.name);
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
}

/// As a ceremony leaves its participants, though nobody remembers it.
void set_peers(DeploymentWorld& world) {
    api::PeerSource source;
    source.static_.emplace().addresses = {"abc@fleet-0:26656"};
    for (const auto& node : world.nodes()) {
        world.world.edit<api::SeiNode>(node.key(), [&](api::SeiNode& edited) { edited.spec.peers = {source}; });
    }
}

std::ptrdiff_t asked_for_newer(DeploymentWorld& world) {
    return std::ranges::count_if(world.nodes(), [](const auto& node) { return node->spec.image == kNewer; });
}

/// A chain of two participants that run with their peers, released by a deployment that is gone.
void leave_a_chain_behind(DeploymentWorld& world) {
    auto chain = DeploymentWorld::a_chain(2);
    world.world.create(chain);
    ASSERT_TRUE(world.world.run_until([&] { return world.nodes().size() == 2; })) << world.world.last_reason();
    set_peers(world);
    for (const auto& node : world.nodes()) report_running(world, node->metadata.name);
    world.world.erase<api::SeiNodeDeployment>(DeploymentWorld::key("fleet"));
    ASSERT_TRUE(world.world.run_until([&] { return world.is_gone(); })) << world.world.last_reason();
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
}

/// Two of a ceremony that never came to its end, released by a deployment that is gone.
void leave_participants_behind(DeploymentWorld& world) {
    world.world.create(DeploymentWorld::a_chain(2));
    ASSERT_TRUE(world.world.run_until([&] { return world.nodes().size() == 2; })) << world.world.last_reason();
    world.world.erase<api::SeiNodeDeployment>(DeploymentWorld::key("fleet"));
    ASSERT_TRUE(world.world.run_until([&] { return world.is_gone(); })) << world.world.last_reason();
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
}

TEST(CeremonyThatCannotBegin, leaves_a_rollout_its_bound) {
    DeploymentWorld world;
    world.world.create(DeploymentWorld::validators(3));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    report_all_running(world);
    world.edit([](auto& fleet) {
        fleet.spec.genesis.emplace().chainId = "pacific-1";
        fleet.spec.replicas = 4;
    });
    ASSERT_TRUE(world.world.run_until([&] { return world.nodes().size() == 4; })) << world.world.last_reason();
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_FALSE(world.nodes()[3]->spec.validator->genesisCeremony) << "nobody would collect its part";
    report_all_running(world);
    world.edit([](auto& fleet) { fleet.spec.template_.spec.image = kNewer; });
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_TRUE(world.fleet().status.rollout);
    EXPECT_EQ(asked_for_newer(world), 1);
}

/// No account, as its checksum shows.
void reject_genesis(api::SeiNodeDeployment& fleet) {
    fleet.spec.genesis.emplace().chainId = "pacific-1";
    fleet.spec.genesis->accounts.push_back({"cosmos1zg69v7y6hn00qy352euf40x77qfrg4ncjur58y", "1usei"});
}

TEST(GenesisThatIsRejected, holds_up_no_fleet_that_is_there) {
    DeploymentWorld world;
    world.world.create(DeploymentWorld::validators(2));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    report_all_running(world);
    world.edit([](auto& fleet) {
        reject_genesis(fleet);
        fleet.spec.template_.spec.podLabels["team"] = "a";
        fleet.spec.replicas = 3;
    });
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_EQ(world.condition(api::deployment_condition::kStalled), "True/GenesisRejected");
    ASSERT_EQ(world.nodes().size(), 3U);
    for (const auto& node : world.nodes()) EXPECT_EQ(node->spec.podLabels.at("team"), "a");
    EXPECT_FALSE(world.nodes()[2]->spec.validator->genesisCeremony);
    world.edit([](auto& fleet) { fleet.spec.replicas = 1; });
    ASSERT_TRUE(world.world.run_until([&] { return world.nodes().size() == 1; })) << world.world.last_reason();
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_EQ(world.condition(api::deployment_condition::kStalled), "True/GenesisRejected");
    EXPECT_FALSE(world.fleet().status.plan);
}

TEST(GenesisThatIsRejected, gets_no_participant_beside_those_that_are_there) {
    DeploymentWorld world;
    leave_participants_behind(world);
    auto chain = DeploymentWorld::a_chain(3);
    reject_genesis(chain);
    chain.spec.template_.spec.podLabels["team"] = "a";
    world.world.create(std::move(chain));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_EQ(world.condition(api::deployment_condition::kStalled), "True/GenesisRejected");
    ASSERT_EQ(world.nodes().size(), 2U);
    for (const auto& node : world.nodes()) EXPECT_EQ(node->spec.podLabels.at("team"), "a");
    EXPECT_FALSE(world.fleet().status.plan);
}

TEST(Ceremony, has_no_template_hash_before_its_end) {
    DeploymentWorld world;
    world.world.create(DeploymentWorld::a_chain(2));
    ASSERT_TRUE(world.world.run_until([&] { return world.fleet().status.plan.has_value(); }));
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_EQ(world.fleet().status.templateHash, "");
    set_peers(world);
    world.edit_status<api::SeiNodeDeployment>("fleet", [](auto& fleet) {
        for (api::PlannedTask& task : fleet.status.plan->tasks) task.status = api::TaskStatus::Complete;
    });
    ASSERT_TRUE(world.world.run_one_more_pass_of_everything());
    EXPECT_TRUE(
        kube::is_condition_true(world.fleet().status.conditions, api::deployment_condition::kGenesisCeremonyComplete)
    );
    EXPECT_EQ(world.fleet().status.templateHash, template_hash(world.fleet().spec.template_.spec));
}

TEST(ChainThatWasMade, is_not_made_again_by_the_next_deployment_of_the_name) {
    DeploymentWorld world;
    leave_a_chain_behind(world);
    world.sidecar.submissions.clear();
    world.world.create(DeploymentWorld::a_chain(3));
    ASSERT_TRUE(world.world.run_until([&] { return world.nodes().size() == 3; })) << world.world.last_reason();
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_TRUE(
        kube::is_condition_true(world.fleet().status.conditions, api::deployment_condition::kGenesisCeremonyComplete)
    );
    EXPECT_FALSE(world.fleet().status.plan);
    EXPECT_TRUE(world.sidecar.submissions.empty());
    EXPECT_FALSE(world.nodes()[2]->spec.validator->genesisCeremony) << "it joins";
    EXPECT_EQ(world.nodes()[2]->spec.peers, world.nodes()[0]->spec.peers);
    report_all_running(world);
    world.edit([](auto& fleet) { fleet.spec.template_.spec.image = kNewer; });
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_EQ(asked_for_newer(world), 1);
}

TEST(ChainThatWasMade, is_told_by_the_peers_of_its_participants) {
    api::SeiNode participant;
    participant.spec.validator.emplace().genesisCeremony.emplace();
    participant.status.phase = api::NodePhase::Running;
    api::SeiNode peered = participant;
    peered.spec.peers.emplace_back();
    api::SeiNode failed = peered;
    failed.status.phase = api::NodePhase::Failed;
    const api::SeiNode joined;
    struct Case {
        std::string behaviour;
        std::vector<api::SeiNode> nodes;
        bool has_begun = false;
        bool expected = false;
    };
    const std::vector<Case> cases{
        {.behaviour = "there are no nodes"},
        {.behaviour = "none takes part", .nodes = {joined}},
        {.behaviour = "no genesis was handed out", .nodes = {participant}},
        {.behaviour = "one has no peers yet", .nodes = {peered, participant}},
        {.behaviour = "all have their peers", .nodes = {peered, peered}, .expected = true},
        {.behaviour = "others have joined", .nodes = {peered, joined}, .expected = true},
        {.behaviour = "one of an earlier deployment has failed", .nodes = {peered, failed}, .expected = true},
        {.behaviour = "one has failed in this ceremony", .nodes = {peered, failed}, .has_begun = true},
        {.behaviour = "all run after this ceremony", .nodes = {peered, peered}, .has_begun = true, .expected = true},
    };
    for (const Case& one : cases) {
        SCOPED_TRACE(one.behaviour);
        api::SeiNodeDeploymentStatus status;
        kube::Condition plan;
        plan.type = api::deployment_condition::kPlanInProgress;
        plan.reason = one.has_begun ? api::reason::kPlanFailed : api::reason::kNotStarted;
        status.conditions.push_back(plan);
        const std::vector<NodeSnapshot> nodes = testkit::snapshots_of(one.nodes);
        EXPECT_EQ(was_chain_made(status, nodes), one.expected);
    }
}

TEST(ChainThatWasMade, is_rolled_within_its_bound_by_an_edit_that_nobody_saw_it_made_before) {
    DeploymentWorld world;
    ASSERT_TRUE(world.stop_in_ceremony(2));
    // The ceremony has failed late: its participants have their peers, and come to run by themselves.
    world.fail_ceremony();
    for (const char* name : {"fleet-0", "fleet-1"}) {
        world.world.edit<api::SeiNode>(DeploymentWorld::key(name), [](api::SeiNode& node) {
            node.spec.peers.emplace_back().static_.emplace().addresses = {"abc@fleet-0:26656"};
        });
        report_running(world, name);
    }
    world.edit([](auto& fleet) { fleet.spec.template_.spec.image = kNewer; });
    world.world.start_operator();
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_TRUE(world.fleet().status.rollout);
    EXPECT_EQ(asked_for_newer(world), 1) << "one unavailable at most";
}

TEST(CeremonyDeadline, is_moved_by_a_pause) {
    const kube::Time start{std::chrono::sys_seconds{std::chrono::seconds{1'750'000'000}}};
    const auto after = [&](int seconds) { return kube::Time{start.at + std::chrono::seconds{seconds}}; };
    api::GenesisConfig genesis;
    genesis.maxCeremonyDuration = "30m";
    kube::Condition plan;
    plan.type = api::deployment_condition::kPlanInProgress;
    plan.status = kube::ConditionStatus::True;
    plan.lastTransitionTime = start;
    kube::Condition paused;
    paused.type = api::deployment_condition::kPaused;
    paused.status = kube::ConditionStatus::False;
    paused.lastTransitionTime = after(-60);
    EXPECT_EQ(ceremony_deadline(genesis, {plan, paused}), after(1800));
    paused.lastTransitionTime = after(3600);
    EXPECT_EQ(ceremony_deadline(genesis, {plan, paused}), after(5400)) << "it was released then";
}

TEST(Ceremony, tells_which_participant_it_waits_for_and_why) {
    DeploymentWorld world;
    world.world.create(DeploymentWorld::a_chain(2));
    ASSERT_TRUE(world.world.run_until([&] { return world.nodes().size() == 2; })) << world.world.last_reason();
    kube::Condition rejected;
    rejected.type = api::node_condition::kSpecValid;
    rejected.status = kube::ConditionStatus::False;
    rejected.reason = api::reason::kSpecRejected;
    rejected.message = "spec.overrides: no";
    world.edit_status<api::SeiNode>("fleet-1", [&](auto& node) {
        kube::set_condition(node.status.conditions, rejected);
    });
    ASSERT_TRUE(world.world.run_until_quiet()) << world.world.last_reason();
    EXPECT_EQ(world.condition(api::deployment_condition::kStalled), "True/TaskNotProgressing");
    EXPECT_EQ(
        world.condition_message(api::deployment_condition::kStalled),
        "the genesis ceremony waits for fleet-1: SpecRejected: spec.overrides: no"
    );
    EXPECT_TRUE(world.fleet().status.plan);
}

}  // namespace
}  // namespace sei::deployment::test
