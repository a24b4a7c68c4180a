// The metrics of SeiNodeDeployments (spec 03 §17). They tell what is stored; series go with their deployment (H20).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "kube/runtime/metrics.hpp"
#include "sei/api/deployment.hpp"

namespace sei::deployment {

class DeploymentMetrics {
public:
    explicit DeploymentMetrics(kube::Metrics& metrics);
    ~DeploymentMetrics() = default;
    DeploymentMetrics(const DeploymentMetrics&) = delete;
    DeploymentMetrics& operator=(const DeploymentMetrics&) = delete;

    /// Phase, replicas, plan and what stalls it, as they are stored.
    void observe(const api::SeiNodeDeployment& deployment);
    /// A pass that ended in an error.
    void failed(const std::string& namespace_);
    void forget(const kube::NamespacedName& deployment);

private:
    /// What the series of a deployment say.
    struct Shown {
        std::optional<api::DeploymentPhase> phase;
        std::int32_t desired = 0;
        std::int32_t ready = 0;
        bool has_active_plan = false;
        /// The reason; empty for none.
        std::string stalled_for;
    };
    void collect_phases(kube::Gauge& phase) const;

    std::map<kube::NamespacedName, Shown> shown_;
    std::shared_ptr<void> phase_;
    std::shared_ptr<void> replicas_;
    std::shared_ptr<void> plan_active_;
    std::shared_ptr<void> stalled_;
    kube::Counter& errors_;
};

}  // namespace sei::deployment
