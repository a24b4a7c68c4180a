// The StatefulSet controller: revisions, claims and pods of each set, and its status.
#pragma once

#include <memory>

#include "devcluster/workloads/objects.hpp"
#include "devcluster/workloads/recorders.hpp"
#include "kube/runtime/manager.hpp"
#include "kube/runtime/reconciler.hpp"

namespace devcluster::workloads {

/// Reconciles StatefulSets. Decides with `decide_revision` and `plan_stateful_set`, and does what they say.
///
/// Not simulated: `maxUnavailable` above 1 (it is off by default in 1.34), releasing pods whose labels no longer match.
class StatefulSetController final : public kube::Reconciler<StatefulSet> {
public:
    /// Registers with the manager, before it runs. The manager must be destroyed first.
    StatefulSetController(kube::Manager& manager, Events events);
    ~StatefulSetController() override;

    [[nodiscard]] kube::Async<kube::Requeue> reconcile(kube::Snapshot<StatefulSet> set) override;
    void forget(const kube::NamespacedName& key) override;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace devcluster::workloads
