#include "sei/node/node_metrics.hpp"

#include <array>
#include <utility>
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
    : phase_{metrics.gauge("sei_controller_seinode_phase", "Current phase of each SeiNode (1=active, 0=inactive)")},
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
      plan_active_{metrics.gauge("sei_controller_plan_active", "Number of active plans")},
      stalled_{metrics.gauge("sei_controller_seinode_stalled", "1 while the condition Stalled is True, by its reason")},
      probes_{metrics.counter(
          "sei_controller_seinode_sidecar_health_probes_total",
          "Sidecar Healthz probe outcomes observed during plan resolution"
      )},
      sidecar_ready_{metrics.gauge(
          "sei_controller_seinode_sidecar_ready",
          "Latest observed sidecar readiness per SeiNode (1=ready, 0=not-ready or unknown)"
      )},
      errors_{metrics.counter("sei_controller_reconcile_errors_total", "Passes that ended in an error")} {}

void NodeMetrics::observe(const api::SeiNode& node) {
    const kube::NamespacedName key = node.metadata.key();
    Shown& shown = shown_[key];
    const bool has_active_plan = plan::is_active(node.status.plan);
    if (std::exchange(shown.has_active_plan, has_active_plan) != has_active_plan) {
        plan_active_.set(labels_of_plan(key), has_active_plan ? 1 : 0);
    }
    show_stalled(node, shown);
    if (!node.status.phase || shown.phase == node.status.phase) return;
    shown.phase = node.status.phase;
    for (const api::NodePhase phase : kPhases) {
        kube::MetricLabels labels = labels_of(key);
        labels["phase"] = word(phase);
        phase_.set(labels, phase == *node.status.phase ? 1 : 0);
    }
}

void NodeMetrics::show_stalled(const api::SeiNode& node, Shown& shown) {
    const kube::Condition* stalled = kube::find_condition(node.status.conditions, api::node_condition::kStalled);
    const bool is_stalled = stalled != nullptr && stalled->status == kube::ConditionStatus::True;
    const std::string reason = is_stalled ? stalled->reason : "";
    const std::string before = std::exchange(shown.stalled_for, reason);
    if (before == reason) return;
    if (!before.empty()) stalled_.remove(labels_of_stall(node.metadata.key(), before));
    if (!reason.empty()) stalled_.set(labels_of_stall(node.metadata.key(), reason), 1);
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
    sidecar_ready_.set(labels_of(node), is_ready ? 1 : 0);
}

void NodeMetrics::forget(const kube::NamespacedName& node) {
    for (const api::NodePhase phase : kPhases) {
        kube::MetricLabels labels = labels_of(node);
        labels["phase"] = word(phase);
        phase_.remove(labels);
    }
    sidecar_ready_.remove(labels_of(node));
    plan_active_.remove(labels_of_plan(node));
    if (const auto shown = shown_.find(node); shown != shown_.end() && !shown->second.stalled_for.empty()) {
        stalled_.remove(labels_of_stall(node, shown->second.stalled_for));
    }
    shown_.erase(node);
}

}  // namespace sei::node
