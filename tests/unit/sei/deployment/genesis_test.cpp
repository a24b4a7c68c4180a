// What a ceremony refuses, and its plan (spec 03 §12.5, §13, spec 04 §9.14).
#include "sei/deployment/genesis.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "fleet_of_test.hpp"

namespace sei::deployment {
namespace {

using test::a_deployment;

TEST(AddressOfSei, is_bech32_with_its_prefix) {
    struct Case {
        std::string address, problem;
    };
    const std::vector<Case> cases{
        {"sei1zg69v7y6hn00qy352euf40x77qfrg4nclsjzp9", ""},
        {"sei140x77qfrg4ncn27dauqjx3t83x4ummcpmrsjjl", ""},
        {"sei1zg69v7y6hn00qy352euf40x77qfrg4nclsjzpz", "invalid bech32 checksum"},
        {"cosmos1zg69v7y6hn00qy352euf40x77qfrg4ncjur58y", "hrp \"cosmos\", expected \"sei\""},
    };
    for (const Case& one : cases) {
        SCOPED_TRACE(one.address);
        EXPECT_EQ(problem_of_address(one.address).value_or(""), one.problem);
    }
}

plan::UuidSource the_same_every_time() {
    return plan::UuidSource{[] { return std::uint64_t{42}; }};
}

TEST(GenesisPlan, names_its_participants_in_the_order_that_it_is_given) {
    api::SeiNodeDeployment deployment = a_deployment(3);
    deployment.spec.genesis.emplace();
    deployment.spec.genesis->accountBalance = "1usei";
    deployment.spec.genesis->accounts = {{"sei1a", "2usei"}};
    deployment.spec.genesis->overrides["a.b"] = kube::json::parse("[1]");
    const std::vector<std::string> participants{"web-0", "web-1", "web-2", "web-10"};
    plan::UuidSource ids = the_same_every_time();
    const api::TaskPlan plan = genesis_plan(deployment, participants, ids);
    ASSERT_EQ(plan.tasks.size(), 3U);
    EXPECT_EQ(plan.tasks[0].type, "assemble-and-upload-genesis");
    EXPECT_EQ(plan.tasks[0].maxRetries, 180);
    EXPECT_EQ(
        kube::json::serialize(plan.tasks[0].params),
        R"({"AccountBalance":"1usei","Namespace":"ns","Nodes":[{"name":"web-0"},{"name":"web-1"},{"name":"web-2"},)"
        R"({"name":"web-10"}],"Accounts":[{"address":"sei1a","balance":"2usei"}],"Overrides":{"a.b":[1]}})"
    );
    EXPECT_EQ(plan.tasks[1].type, "collect-and-set-peers");
    EXPECT_EQ(plan.tasks[2].type, "await-nodes-running");
    EXPECT_EQ(plan.tasks[2].params.at("expected"), 4);
    EXPECT_EQ(node_names(plan), participants);
    EXPECT_EQ(kind_of(plan), PlanKind::Genesis);
}

TEST(GenesisPlan, that_is_made_again_has_other_ids) {
    api::SeiNodeDeployment deployment = a_deployment(1);
    deployment.spec.genesis.emplace();
    std::uint64_t count = 0;
    plan::UuidSource ids{[&] { return ++count; }};
    const api::TaskPlan first = genesis_plan(deployment, {"web-0"}, ids);
    const api::TaskPlan second = genesis_plan(deployment, {"web-0"}, ids);
    EXPECT_NE(first.id, second.id);
    EXPECT_NE(first.tasks[0].id, second.tasks[0].id);
}

TEST(RolloutPlan, is_told_from_a_ceremony_by_its_tasks) {
    plan::UuidSource ids = the_same_every_time();
    const api::TaskPlan plan = rollout_plan(a_deployment(2), {"web-0", "web-1"}, ids);
    ASSERT_EQ(plan.tasks.size(), 2U);
    EXPECT_EQ(plan.tasks[0].type, "update-node-specs");
    EXPECT_EQ(plan.tasks[1].type, "await-spec-update");
    EXPECT_EQ(kind_of(plan), PlanKind::Rollout);
    EXPECT_EQ(
        plan.tasks[1].params, kube::json::parse(R"({"namespace":"ns","nodeNames":["web-0","web-1"]})").as_object()
    );
}

TEST(ProblemOfGenesis, names_the_account) {
    api::GenesisConfig genesis;
    EXPECT_EQ(problem_of(genesis), "assemble-and-upload-genesis: missing required field AccountBalance");
    genesis.accountBalance = "1usei";
    EXPECT_EQ(problem_of(genesis), std::nullopt);
    genesis.accounts = {{"sei1zg69v7y6hn00qy352euf40x77qfrg4nclsjzp9", "1usei"}, {"sei1", "1usei"}};
    EXPECT_TRUE(problem_of(genesis)->starts_with("assemble-and-upload-genesis: accounts[1]: address \"sei1\": "));
    genesis.accounts.clear();
    genesis.maxCeremonyDuration = "soon";
    EXPECT_TRUE(problem_of(genesis)->contains("maxCeremonyDuration"));
}

}  // namespace
}  // namespace sei::deployment
