// Series of one node, as it is stored.
#include "sei/node/node_metrics.hpp"

#include <string>
#include <string_view>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kube/meta/condition.hpp"
#include "sei/api/conditions.hpp"

namespace sei::node {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

api::SeiNode node_that_is_stalled(kube::ConditionStatus status, std::string_view reason) {
    api::SeiNode node;
    node.metadata.name = "n0";
    node.metadata.namespace_ = "ns";
    kube::Condition stalled;
    stalled.type = api::node_condition::kStalled;
    stalled.status = status;
    stalled.reason = reason;
    node.status.conditions.push_back(std::move(stalled));
    return node;
}

TEST(NodeMetrics, show_a_stall_under_its_latest_reason_alone) {
    kube::Metrics registry;
    NodeMetrics metrics{registry};
    metrics.observe(node_that_is_stalled(kube::ConditionStatus::True, api::reason::kReconcileFailed));
    metrics.observe(node_that_is_stalled(kube::ConditionStatus::True, api::reason::kProgressDeadlineExceeded));
    EXPECT_THAT(
        registry.serialize(),
        HasSubstr(R"(sei_controller_seinode_stalled{name="n0",namespace="ns",reason="ProgressDeadlineExceeded"} 1)")
    );
    EXPECT_THAT(registry.serialize(), Not(HasSubstr("ReconcileFailed")));
}

TEST(NodeMetrics, show_no_stall_that_is_over) {
    kube::Metrics registry;
    NodeMetrics metrics{registry};
    metrics.observe(node_that_is_stalled(kube::ConditionStatus::True, api::reason::kReconcileFailed));
    metrics.observe(node_that_is_stalled(kube::ConditionStatus::False, api::reason::kProgressing));
    EXPECT_THAT(registry.serialize(), Not(HasSubstr("sei_controller_seinode_stalled{")));
}

TEST(NodeMetrics, show_no_stall_of_a_node_that_is_gone) {
    kube::Metrics registry;
    NodeMetrics metrics{registry};
    metrics.observe(node_that_is_stalled(kube::ConditionStatus::True, api::reason::kReconcileFailed));
    ASSERT_THAT(registry.serialize(), HasSubstr("sei_controller_seinode_stalled{"));
    metrics.forget({"ns", "n0"});
    EXPECT_THAT(registry.serialize(), Not(HasSubstr("name=\"n0\"")));
}

}  // namespace
}  // namespace sei::node
