#include "sei/plan/new_node_problem.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kube/json/json.hpp"
#include "sei/api/node_queries.hpp"

namespace sei::plan {
namespace {

/// A full node as it was admitted, with further members of its spec.
api::SeiNode node_with(const std::string& members = "{}") {
    api::SeiNode node;
    node.metadata.name = "n0";
    node.metadata.namespace_ = "ns";
    node.spec = kube::json::from_json<api::NodeSpec>(kube::json::parse(members));
    if (node.spec.chainId.empty()) node.spec.chainId = "pacific-1";
    node.spec.image = "seid:v1";
    if (!api::mode_of(node.spec)) node.spec.fullNode.emplace();
    return node;
}

std::string told(const api::SeiNode& node) {
    const auto problem = problem_of_new_node(node);
    return problem ? problem->message : "none";
}

TEST(NewNodeProblem, is_a_name_that_its_pod_or_its_service_cannot_have) {
    struct Case {
        std::string name;
        std::string begins;
    };
    const std::vector<Case> cases{
        {"pacific-1-full-node-0", "none"},
        {std::string(52, 'a'), "none"},
        {std::string(53, 'a'), "metadata.name has 53 characters, at most 52"},
        {"n0.example", "metadata.name \"n0.example\" cannot be served"},
        {"0n", "metadata.name \"0n\" cannot be served"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        api::SeiNode node = node_with();
        node.metadata.name = c.name;
        EXPECT_TRUE(told(node).starts_with(c.begins)) << told(node);
    }
}

TEST(NewNodeProblem, is_a_chain_that_is_no_label) {
    struct Case {
        std::string chain;
        std::string begins;
    };
    const std::vector<Case> cases{
        {"pacific-1", "none"},
        {"A", "none"},
        {"sei_1329.x", "none"},
        {std::string(63, 'c'), "none"},
        {std::string(64, 'c'), "spec.chainId \"ccc"},
        {"x; reboot", "spec.chainId \"x; reboot\" must match"},
        {"-x", "spec.chainId \"-x\" must match"},
        {"$(id)", "spec.chainId \"$(id)\" must match"},
        {"a\nb", "spec.chainId \"a?b\" must match"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.chain);
        api::SeiNode node = node_with();
        node.spec.chainId = c.chain;
        EXPECT_TRUE(told(node).starts_with(c.begins)) << told(node);
        EXPECT_LT(told(node).size(), 250U);
    }
}

}  // namespace
}  // namespace sei::plan
