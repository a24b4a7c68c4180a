// The metrics of SeiNodes (spec 02 §23, 07 §10.1). Series of a node go with it.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "kube/meta/time.hpp"
#include "kube/runtime/metrics.hpp"
#include "sei/api/node.hpp"
#include "sei/plan/plan_kind.hpp"
#include "sei/sidecar/sidecar.hpp"

namespace sei::node {

class NodeMetrics {
public:
    explicit NodeMetrics(kube::Metrics& metrics);
    ~NodeMetrics() = default;
    NodeMetrics(const NodeMetrics&) = delete;
    NodeMetrics& operator=(const NodeMetrics&) = delete;

    /// The phase, the plan and the condition Stalled as they are stored.
    void observe(const api::SeiNode& node);
    /// After a write that changed the phase.
    void phase_changed(const api::SeiNode& before, const api::SeiNode& after, kube::Time now);
    /// After the write that ended a plan. `started` is when its first task was submitted.
    void plan_ended(
        const api::SeiNode& node, plan::PlanKind kind, bool succeeded, std::optional<kube::Time> started, kube::Time now
    );
    /// A pass over a node of this namespace ended in an error.
    void failed(const std::string& namespace_);
    void probed(const kube::NamespacedName& node, const sidecar::HealthOutcome& health);
    void forget(const kube::NamespacedName& node);

private:
    /// What the series of a node say.
    struct Shown {
        std::optional<api::NodePhase> phase;
        bool has_active_plan = false;
        std::optional<bool> is_sidecar_ready;
        /// The reason of a Stalled that is True; empty for none.
        std::string stalled_for;
    };
    void collect_phases(kube::Gauge& phase) const;

    std::map<kube::NamespacedName, Shown> shown_;
    std::shared_ptr<void> phase_;
    kube::Counter& transitions_;
    kube::Histogram& phase_duration_;
    kube::Histogram& plan_duration_;
    std::shared_ptr<void> plan_active_;
    std::shared_ptr<void> stalled_;
    kube::Counter& probes_;
    std::shared_ptr<void> sidecar_ready_;
    kube::Counter& errors_;
};

}  // namespace sei::node
