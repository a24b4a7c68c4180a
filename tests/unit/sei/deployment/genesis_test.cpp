// What a ceremony refuses, and its plan (spec 03 §12.5, §13, spec 04 §9.14).
#include "sei/deployment/genesis.hpp"

#include <functional>
#include <string>
#include <string_view>
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

kube::json::Object object(std::string_view text) {
    return kube::json::parse(text).as_object();
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
    EXPECT_EQ(plan.tasks[1].maxRetries, 0);
    EXPECT_EQ(
        plan.tasks[1].params,
        object(R"({"groupName": "web", "namespace": "ns", "nodeNames": ["web-0", "web-1", "web-2", "web-10"]})")
    );
    EXPECT_EQ(plan.tasks[2].type, "await-nodes-running");
    EXPECT_EQ(plan.tasks[2].maxRetries, 0);
    EXPECT_EQ(plan.tasks[2].params, object(R"({"groupName": "web", "namespace": "ns", "expected": 4,
                   "nodeNames": ["web-0", "web-1", "web-2", "web-10"]})"));
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
    EXPECT_EQ(plan.tasks[0].maxRetries, 0);
    EXPECT_EQ(
        plan.tasks[0].params, object(R"({"groupName": "web", "namespace": "ns", "nodeNames": ["web-0", "web-1"]})")
    );
    EXPECT_EQ(plan.tasks[1].type, "await-spec-update");
    EXPECT_EQ(plan.tasks[1].maxRetries, 0);
    EXPECT_EQ(plan.tasks[1].params, object(R"({"namespace": "ns", "nodeNames": ["web-0", "web-1"]})"));
    EXPECT_EQ(kind_of(plan), PlanKind::Rollout);
}

/// Of which a chain can be made.
api::SeiNodeDeploymentSpec a_chain() {
    api::SeiNodeDeploymentSpec spec = a_deployment(2).spec;
    spec.template_.spec.fullNode.reset();
    spec.template_.spec.validator.emplace();
    spec.genesis.emplace();
    spec.genesis->chainId = spec.template_.spec.chainId;
    spec.genesis->stakingAmount = "1usei";
    spec.genesis->accountBalance = "1usei";
    return spec;
}

TEST(ProblemOfGenesis, begins_with_the_field) {
    EXPECT_EQ(problem_of(a_deployment(1).spec), std::nullopt) << "no chain is to be made";
    EXPECT_EQ(problem_of(a_chain()), std::nullopt);
    const std::string address = "sei1zg69v7y6hn00qy352euf40x77qfrg4nclsjzp9";
    struct Case {
        std::function<void(api::SeiNodeDeploymentSpec&)> change;
        std::string begins_with;
    };
    const std::vector<Case> cases{
        {[](auto& spec) { spec.genesis->chainId = "other-1"; },
         R"(spec.genesis.chainId "other-1" is not spec.template.spec.chainId "pacific-1")"},
        {[](auto& spec) { spec.template_.spec.validator->signingKey.emplace(); },
         "spec.template.spec.validator.signingKey is set together with spec.genesis"},
        {[](auto& spec) { spec.genesis->stakingAmount.clear(); }, "spec.genesis.stakingAmount is empty"},
        {[](auto& spec) { spec.genesis->accountBalance.clear(); }, "spec.genesis.accountBalance is empty"},
        {[&](auto& spec) { spec.genesis->accounts = {{address, "1usei"}, {"sei1", "1usei"}}; },
         R"(spec.genesis.accounts[1].address "sei1": )"},
        {[](auto& spec) { spec.genesis->accounts = {{"", "1usei"}}; }, "spec.genesis.accounts[0].address is empty"},
        {[&](auto& spec) { spec.genesis->accounts = {{address, ""}}; }, "spec.genesis.accounts[0].balance is empty"},
        {[](auto& spec) { spec.genesis->maxCeremonyDuration = "soon"; }, "spec.genesis.maxCeremonyDuration is no"},
    };
    for (const Case& one : cases) {
        SCOPED_TRACE(one.begins_with);
        api::SeiNodeDeploymentSpec spec = a_chain();
        one.change(spec);
        const auto problem = problem_of(spec);
        ASSERT_TRUE(problem);
        EXPECT_TRUE(problem->starts_with(one.begins_with)) << *problem;
    }
}

}  // namespace
}  // namespace sei::deployment
