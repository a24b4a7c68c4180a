#include "sei/deployment/deployment_metrics.hpp"

#include <array>

#include "kube/meta/condition.hpp"
#include "sei/api/conditions.hpp"
#include "sei/api/labels.hpp"
#include "sei/plan/progress.hpp"

namespace sei::deployment {
namespace {

using enum api::DeploymentPhase;
constexpr std::array kPhases{Pending, Initializing, Ready, Upgrading, Paused, Degraded, Failed, Terminating};

kube::MetricLabels labels_of(const kube::NamespacedName& deployment, const std::string& key, std::string_view value) {
    return {{"namespace", deployment.namespace_}, {"name", deployment.name}, {key, std::string{value}}};
}

std::string controller() {
    return std::string{api::kDeploymentControllerName};
}

/// Why it does not get on: the reason of Stalled, else that its rollout is past its deadline. Empty while it does.
std::string stall_of(const api::SeiNodeDeployment& deployment) {
    namespace type = api::deployment_condition;
    const auto& conditions = deployment.status.conditions;
    const kube::Condition* stalled = kube::find_condition(conditions, type::kStalled);
    if (stalled != nullptr && stalled->status == kube::ConditionStatus::True) return stalled->reason;
    const kube::Condition* rollout = kube::find_condition(conditions, type::kRolloutInProgress);
    const bool is_overdue = rollout != nullptr && rollout->status == kube::ConditionStatus::True &&
                            rollout->reason == api::reason::kProgressDeadlineExceeded;
    return is_overdue ? rollout->reason : "";
}

}  // namespace

DeploymentMetrics::DeploymentMetrics(kube::Metrics& metrics)
    : phase_{metrics.gauge(
          "sei_controller_seinodedeployment_phase", "Current phase of each SeiNodeDeployment (1=active, 0=inactive)"
      )},
      replicas_{metrics.gauge("sei_controller_seinodedeployment_replicas", "Replica counts for each SeiNodeDeployment")
      },
      plan_active_{metrics.gauge("sei_controller_plan_active", "Number of active plans")},
      stalled_{metrics.gauge(
          "sei_controller_seinodedeployment_stalled",
          "1 while the condition Stalled is True or the rollout is past its progress deadline, by the reason"
      )},
      errors_{metrics.counter("sei_controller_reconcile_errors_total", "Passes that ended in an error")} {}

void DeploymentMetrics::observe(const api::SeiNodeDeployment& deployment) {
    const kube::NamespacedName key = deployment.metadata.key();
    plan_active_.set(labels_of(key, "controller", controller()), plan::is_active(deployment.status.plan) ? 1 : 0);
    show_stalled(deployment);
    if (!deployment.status.phase) return;
    for (const api::DeploymentPhase phase : kPhases) {
        phase_.set(labels_of(key, "phase", api::word_of(phase)), phase == *deployment.status.phase ? 1 : 0);
    }
    replicas_.set(labels_of(key, "replica_state", "desired"), deployment.spec.replicas);
    replicas_.set(labels_of(key, "replica_state", "ready"), deployment.status.readyReplicas);
}

void DeploymentMetrics::show_stalled(const api::SeiNodeDeployment& deployment) {
    const kube::NamespacedName key = deployment.metadata.key();
    const std::string reason = stall_of(deployment);
    const auto shown = stalled_for_.find(key);
    if (shown != stalled_for_.end()) {
        if (shown->second == reason) return;
        stalled_.remove(labels_of(key, "reason", shown->second));
        stalled_for_.erase(shown);
    }
    if (reason.empty()) return;
    stalled_.set(labels_of(key, "reason", reason), 1);
    stalled_for_.emplace(key, reason);
}

void DeploymentMetrics::failed(const std::string& namespace_) {
    errors_.add({{"controller", controller()}, {"namespace", namespace_}});
}

void DeploymentMetrics::forget(const kube::NamespacedName& deployment) {
    for (const api::DeploymentPhase phase : kPhases) {
        phase_.remove(labels_of(deployment, "phase", api::word_of(phase)));
    }
    replicas_.remove(labels_of(deployment, "replica_state", "desired"));
    replicas_.remove(labels_of(deployment, "replica_state", "ready"));
    plan_active_.remove(labels_of(deployment, "controller", controller()));
    if (const auto shown = stalled_for_.find(deployment); shown != stalled_for_.end()) {
        stalled_.remove(labels_of(deployment, "reason", shown->second));
        stalled_for_.erase(shown);
    }
}

}  // namespace sei::deployment
