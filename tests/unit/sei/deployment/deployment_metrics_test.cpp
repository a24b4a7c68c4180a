// Series of one deployment, as it is stored.
#include "sei/deployment/deployment_metrics.hpp"

#include <string>
#include <string_view>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kube/meta/condition.hpp"
#include "sei/api/conditions.hpp"

namespace sei::deployment {
namespace {

using kube::ConditionStatus;
using ::testing::HasSubstr;
using ::testing::Not;
namespace type = api::deployment_condition;
namespace reason = api::reason;

api::SeiNodeDeployment a_fleet() {
    api::SeiNodeDeployment fleet;
    fleet.metadata.name = "fleet";
    fleet.metadata.namespace_ = "ns";
    return fleet;
}

void set(api::SeiNodeDeployment& fleet, std::string_view type, ConditionStatus status, std::string_view reason) {
    kube::Condition condition;
    condition.type = type;
    condition.status = status;
    condition.reason = reason;
    kube::set_condition(fleet.status.conditions, std::move(condition));
}

std::string stalled_for(std::string_view reason) {
    return R"(sei_controller_seinodedeployment_stalled{name="fleet",namespace="ns",reason=")" + std::string{reason} +
           "\"} 1";
}

TEST(DeploymentMetrics, show_a_stall_under_its_latest_reason_alone) {
    kube::Metrics registry;
    DeploymentMetrics metrics{registry};
    api::SeiNodeDeployment fleet = a_fleet();
    set(fleet, type::kStalled, ConditionStatus::True, reason::kNodeNotApplied);
    metrics.observe(fleet);
    set(fleet, type::kStalled, ConditionStatus::True, reason::kNameTaken);
    metrics.observe(fleet);
    EXPECT_THAT(registry.serialize(), HasSubstr(stalled_for("NameTaken")));
    EXPECT_THAT(registry.serialize(), Not(HasSubstr("NodeNotApplied")));
}

TEST(DeploymentMetrics, show_no_stall_that_is_over) {
    kube::Metrics registry;
    DeploymentMetrics metrics{registry};
    api::SeiNodeDeployment fleet = a_fleet();
    set(fleet, type::kStalled, ConditionStatus::True, reason::kNodeNotApplied);
    metrics.observe(fleet);
    ASSERT_THAT(registry.serialize(), HasSubstr(stalled_for("NodeNotApplied")));
    set(fleet, type::kStalled, ConditionStatus::False, reason::kProgressing);
    metrics.observe(fleet);
    EXPECT_THAT(registry.serialize(), Not(HasSubstr("sei_controller_seinodedeployment_stalled{")));
}

TEST(DeploymentMetrics, show_no_stall_of_a_deployment_that_is_gone) {
    kube::Metrics registry;
    DeploymentMetrics metrics{registry};
    api::SeiNodeDeployment fleet = a_fleet();
    set(fleet, type::kStalled, ConditionStatus::True, reason::kNodeNotApplied);
    metrics.observe(fleet);
    ASSERT_THAT(registry.serialize(), HasSubstr(stalled_for("NodeNotApplied")));
    metrics.forget({"ns", "fleet"});
    EXPECT_THAT(registry.serialize(), Not(HasSubstr("name=\"fleet\"")));
}

TEST(DeploymentMetrics, show_a_rollout_as_stalled_once_it_is_past_its_deadline) {
    kube::Metrics registry;
    DeploymentMetrics metrics{registry};
    api::SeiNodeDeployment fleet = a_fleet();
    set(fleet, type::kRolloutInProgress, ConditionStatus::True, reason::kTemplateChanged);
    metrics.observe(fleet);
    EXPECT_THAT(registry.serialize(), Not(HasSubstr("sei_controller_seinodedeployment_stalled{")));
    set(fleet, type::kRolloutInProgress, ConditionStatus::True, reason::kProgressDeadlineExceeded);
    metrics.observe(fleet);
    EXPECT_THAT(registry.serialize(), HasSubstr(stalled_for("ProgressDeadlineExceeded")));
}

TEST(DeploymentMetrics, prefer_the_reason_of_the_condition_to_the_deadline_of_a_rollout) {
    kube::Metrics registry;
    DeploymentMetrics metrics{registry};
    api::SeiNodeDeployment fleet = a_fleet();
    set(fleet, type::kRolloutInProgress, ConditionStatus::True, reason::kProgressDeadlineExceeded);
    set(fleet, type::kStalled, ConditionStatus::True, reason::kNameTaken);
    metrics.observe(fleet);
    EXPECT_THAT(registry.serialize(), HasSubstr(stalled_for("NameTaken")));
    EXPECT_THAT(registry.serialize(), Not(HasSubstr("ProgressDeadlineExceeded")));
}

}  // namespace
}  // namespace sei::deployment
