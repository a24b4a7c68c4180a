#include "sei/node/node_metrics.hpp"

#include <array>
#include <variant>

#include <boost/describe/enum_to_string.hpp>

#include "kube/meta/condition.hpp"
#include "sei/api/conditions.hpp"
#include "sei/api/labels.hpp"
#include "sei/plan/progress.hpp"

namespace sei::node {
namespace {

constexpr std::array kPhases{
    api::NodePhase::Pending,
    api::NodePhase::Initializing,
    api::NodePhase::Running,
    api::NodePhase::Failed,
    api::NodePhase::Terminating
};

std::string word(const std::optional<api::NodePhase>& phase) {
    return phase ? boost::describe::enum_to_string(*phase, "") : "";
}

kube::MetricLabels labels_of(const kube::NamespacedName& node) {
    return {{"namespace", node.namespace_}, {"name", node.name}};
}

std::string controller() {
    return std::string{api::kNodeControllerName};
}

/// Alerts join it with the node's other series by namespace and name (spec 07 §27, 9).
kube::MetricLabels labels_of_plan(const kube::NamespacedName& node) {
    return {{"controller", controller()}, {"namespace", node.namespace_}, {"name", node.name}};
}

kube::MetricLabels labels_of_stall(const kube::NamespacedName& node, const std::string& reason) {
    return {{"namespace", node.namespace_}, {"name", node.name}, {"reason", reason}};
}

double seconds(kube::Time from, kube::Time to) {
    return std::chrono::duration<double>(to.at - from.at).count();
}

}  // namespace

NodeMetrics::NodeMetrics(kube::Metrics& metrics)
    : phase_{metrics.collected_gauge(
          "sei_controller_seinode_phase",
          "Current phase of each SeiNode (1=active, 0=inactive)",
          [this](kube::Gauge& phase) { collect_phases(phase); }
      )},
      transitions_{metrics.counter("sei_controller_seinode_phase_transitions_total", "Phase state machine transitions")
      },
      phase_duration_{metrics.histogram(
          "sei_controller_seinode_phase_duration_seconds",
          "Time spent in each phase before transitioning",
          {10, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600}
      )},
      plan_duration_{metrics.histogram(
          "sei_controller_plan_duration_seconds",
          "Wall-clock time from plan creation to completion or failure",
          {1, 5, 10, 30, 60, 120, 300, 600, 1800}
      )},
      plan_active_{metrics.collected_gauge(
          "sei_controller_plan_active",
          "Number of active plans",
          [this](kube::Gauge& active) {
              for (const auto& [node, shown] : shown_) active.set(labels_of_plan(node), shown.has_active_plan ? 1 : 0);
          }
      )},
      stalled_{metrics.collected_gauge(
          "sei_controller_seinode_stalled",
          "1 while the condition Stalled is True, by its reason",
          [this](kube::Gauge& stalled) {
              for (const auto& [node, shown] : shown_) {
                  if (!shown.stalled_for.empty()) stalled.set(labels_of_stall(node, shown.stalled_for), 1);
              }
          }
      )},
      probes_{metrics.counter(
          "sei_controller_seinode_sidecar_health_probes_total",
          "Sidecar Healthz probe outcomes observed during plan resolution"
      )},
      sidecar_ready_{metrics.collected_gauge(
          "sei_controller_seinode_sidecar_ready",
          "Latest observed sidecar readiness per SeiNode (1=ready, 0=not-ready or unknown)",
          [this](kube::Gauge& ready) {
              for (const auto& [node, shown] : shown_) {
                  if (shown.is_sidecar_ready) ready.set(labels_of(node), *shown.is_sidecar_ready ? 1 : 0);
              }
          }
      )},
      errors_{metrics.counter("sei_controller_reconcile_errors_total", "Passes that ended in an error")} {}

void NodeMetrics::observe(const api::SeiNode& node) {
    Shown& shown = shown_[node.metadata.key()];
    shown.has_active_plan = plan::is_active(node.status.plan);
    if (node.status.phase) shown.phase = node.status.phase;
    const kube::Condition* stalled = kube::find_condition(node.status.conditions, api::node_condition::kStalled);
    const bool is_stalled = stalled != nullptr && stalled->status == kube::ConditionStatus::True;
    shown.stalled_for = is_stalled ? stalled->reason : "";
}

void NodeMetrics::collect_phases(kube::Gauge& phase) const {
    for (const auto& [node, shown] : shown_) {
        if (!shown.phase) continue;
        kube::MetricLabels labels = labels_of(node);
        for (const api::NodePhase one : kPhases) {
            labels["phase"] = word(one);
            phase.set(labels, one == *shown.phase ? 1 : 0);
        }
    }
}

void NodeMetrics::phase_changed(const api::SeiNode& before, const api::SeiNode& after, kube::Time now) {
    transitions_.add(
        {{"controller", controller()},
         {"namespace", after.metadata.namespace_},
         {"from_phase", word(before.status.phase)},
         {"to_phase", word(after.status.phase)}}
    );
    if (!before.status.phase || !before.status.phaseTransitionTime) return;
    phase_duration_.observe(
        {{"namespace", after.metadata.namespace_},
         {"chain_id", after.spec.chainId},
         {"phase", word(before.status.phase)}},
        seconds(*before.status.phaseTransitionTime, now)
    );
}

void NodeMetrics::plan_ended(
    const api::SeiNode& node, plan::PlanKind kind, bool succeeded, std::optional<kube::Time> started, kube::Time now
) {
    if (!started) return;
    plan_duration_.observe(
        {{"controller", controller()},
         {"namespace", node.metadata.namespace_},
         {"plan_type", std::string{plan::to_string(kind)}},
         {"outcome", succeeded ? "complete" : "failed"}},
        seconds(*started, now)
    );
}

void NodeMetrics::failed(const std::string& namespace_) {
    errors_.add({{"controller", controller()}, {"namespace", namespace_}});
}

void NodeMetrics::probed(const kube::NamespacedName& node, const sidecar::HealthOutcome& health) {
    const bool is_ready = std::holds_alternative<sidecar::Ready>(health);
    const bool is_not_ready = std::holds_alternative<sidecar::NotReady>(health);
    probes_.add(
        {{"controller", controller()},
         {"namespace", node.namespace_},
         {"outcome", is_ready ? "ready" : (is_not_ready ? "not_ready" : "unreachable")}}
    );
    shown_[node].is_sidecar_ready = is_ready;
}

void NodeMetrics::forget(const kube::NamespacedName& node) {
    shown_.erase(node);
}

}  // namespace sei::node
