// The metrics of SeiNodeDeployments (spec 03 §17). They tell what is stored; series go with their deployment (H20).
#pragma once

#include <map>
#include <string>

#include "kube/runtime/metrics.hpp"
#include "sei/api/deployment.hpp"

namespace sei::deployment {

class DeploymentMetrics {
public:
    explicit DeploymentMetrics(kube::Metrics& metrics);

    /// Phase, replicas, plan and what stalls it, as they are stored.
    void observe(const api::SeiNodeDeployment& deployment);
    /// A pass that ended in an error.
    void failed(const std::string& namespace_);
    void forget(const kube::NamespacedName& deployment);

private:
    void show_stalled(const api::SeiNodeDeployment& deployment);

    kube::Gauge& phase_;
    kube::Gauge& replicas_;
    kube::Gauge& plan_active_;
    kube::Gauge& stalled_;
    kube::Counter& errors_;
    /// The reason in the series of each deployment that is stalled.
    std::map<kube::NamespacedName, std::string> stalled_for_;
};

}  // namespace sei::deployment
