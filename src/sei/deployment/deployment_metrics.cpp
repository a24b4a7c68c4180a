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
    : phase_{metrics.collected_gauge(
          "sei_controller_seinodedeployment_phase",
          "Current phase of each SeiNodeDeployment (1=active, 0=inactive)",
          [this](kube::Gauge& phase) { collect_phases(phase); }
      )},
      replicas_{metrics.collected_gauge(
          "sei_controller_seinodedeployment_replicas",
          "Replica counts for each SeiNodeDeployment",
          [this](kube::Gauge& replicas) {
              for (const auto& [deployment, shown] : shown_) {
                  if (!shown.phase) continue;
                  replicas.set(labels_of(deployment, "replica_state", "desired"), shown.desired);
                  replicas.set(labels_of(deployment, "replica_state", "ready"), shown.ready);
              }
          }
      )},
      plan_active_{metrics.collected_gauge(
          "sei_controller_plan_active",
          "Number of active plans",
          [this](kube::Gauge& active) {
              for (const auto& [deployment, shown] : shown_) {
                  active.set(labels_of(deployment, "controller", controller()), shown.has_active_plan ? 1 : 0);
              }
          }
      )},
      stalled_{metrics.collected_gauge(
          "sei_controller_seinodedeployment_stalled",
          "1 while the condition Stalled is True or the rollout is past its progress deadline, by the reason",
          [this](kube::Gauge& stalled) {
              for (const auto& [deployment, shown] : shown_) {
                  if (!shown.stalled_for.empty()) stalled.set(labels_of(deployment, "reason", shown.stalled_for), 1);
              }
          }
      )},
      errors_{metrics.counter("sei_controller_reconcile_errors_total", "Passes that ended in an error")} {}

void DeploymentMetrics::observe(const api::SeiNodeDeployment& deployment) {
    Shown& shown = shown_[deployment.metadata.key()];
    shown.has_active_plan = plan::is_active(deployment.status.plan);
    shown.stalled_for = stall_of(deployment);
    if (!deployment.status.phase) return;
    shown.phase = deployment.status.phase;
    shown.desired = deployment.spec.replicas;
    shown.ready = deployment.status.readyReplicas;
}

void DeploymentMetrics::collect_phases(kube::Gauge& phase) const {
    for (const auto& [deployment, shown] : shown_) {
        if (!shown.phase) continue;
        for (const api::DeploymentPhase one : kPhases) {
            phase.set(labels_of(deployment, "phase", api::word_of(one)), one == *shown.phase ? 1 : 0);
        }
    }
}

void DeploymentMetrics::failed(const std::string& namespace_) {
    errors_.add({{"controller", controller()}, {"namespace", namespace_}});
}

void DeploymentMetrics::forget(const kube::NamespacedName& deployment) {
    shown_.erase(deployment);
}

}  // namespace sei::deployment
