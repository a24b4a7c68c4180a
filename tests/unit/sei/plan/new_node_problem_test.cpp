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

struct SpecCase {
    std::string members;
    std::string begins;
};

void expect_told(const std::vector<SpecCase>& cases) {
    for (const SpecCase& c : cases) {
        SCOPED_TRACE(c.members);
        EXPECT_TRUE(told(node_with(c.members)).starts_with(c.begins)) << told(node_with(c.members));
    }
}

TEST(NewNodeProblem, is_a_port_of_the_sidecar_that_another_container_has) {
    const auto port = [](const std::string& number) { return R"({"sidecar":{"port":)" + number + "}}"; };
    expect_told({
        {port("0"), "none"},
        {port("7777"), "none"},
        {port("7778"), "none"},
        {port("80"), "none"},
        {port("65535"), "none"},
        {port("65536"), "spec.sidecar.port 65536 is no port"},
        {port("-1"), "spec.sidecar.port -1 is no port"},
        {port("8443"), "spec.sidecar.port 8443 is the port of the proxy"},
        {port("9300"), "spec.sidecar.port 9300 is the port of the metrics exporter"},
        {port("26657"), "spec.sidecar.port 26657 is the port of seid (rpc)"},
        {port("8545"), "spec.sidecar.port 8545 is the port of seid (evm-rpc)"},
    });
}

TEST(NewNodeProblem, is_a_pod_label_that_is_none) {
    const auto labels = [](const std::string& text) { return R"({"podLabels":{)" + text + "}}"; };
    expect_told({
        {labels(R"("team":"infra","example.com/x":"")"), "none"},
        {labels(R"("sei.io/node":"not used!")"), "none"},
        {labels(R"("a b":"c")"), "spec.podLabels: \"a b\" is no key"},
        {labels(R"("Example.com/x":"c")"), "spec.podLabels: \"Example.com/x\" is no key"},
        {labels(R"("team":"in fra")"), "spec.podLabels[team]: \"in fra\" is no value"},
    });
}

TEST(NewNodeProblem, is_what_the_sidecar_or_seid_could_not_read_of_a_snapshot) {
    const auto full_node = [](const std::string& text) { return R"({"fullNode":{"snapshot":{)" + text + "}}}"; };
    const std::string sync = R"("stateSync":{},)";
    expect_told({
        {full_node(R"("s3":{"targetHeight":9007199254740992},"trustPeriod":"9999h0m0s","backfillBlocks":5)"), "none"},
        {full_node(sync + R"("trustPeriod":"1.5h")"), "none"},
        {full_node(sync + R"("backfillBlocks":-1)"), "none"},
        {full_node(sync + R"("trustPeriod":"7d")"), "spec.fullNode.snapshot.trustPeriod \"7d\" is no duration"},
        {full_node(sync + R"("trustPeriod":" 1h")"), "spec.fullNode.snapshot.trustPeriod \" 1h\" is no duration"},
        {full_node(sync + R"("backfillBlocks":9007199254740993)"),
         "spec.fullNode.snapshot.backfillBlocks 9007199254740993 is larger than 9007199254740992"},
        {full_node(R"("s3":{"targetHeight":9223372036854775807})"),
         "spec.fullNode.snapshot.s3.targetHeight 9223372036854775807 is larger"},
        {R"({"replayer":{"snapshot":{"s3":{"targetHeight":1},"trustPeriod":"x"}}})",
         "spec.replayer.snapshot.trustPeriod \"x\""},
        {R"({"validator":{"snapshot":{"stateSync":{},"trustPeriod":"x"}}})", "spec.validator.snapshot.trustPeriod \"x\""
        },
    });
}

}  // namespace
}  // namespace sei::plan
