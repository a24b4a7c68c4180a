// The Job controller: pods that run to their end, and the Job's status.
#pragma once

#include <memory>

#include "devcluster/workloads/objects.hpp"
#include "devcluster/workloads/recorders.hpp"
#include "kube/runtime/manager.hpp"
#include "kube/runtime/reconciler.hpp"

namespace devcluster::workloads {

/// Reconciles Jobs. Decides with `plan_job`, and does what it says. A Job that asks for what is not simulated gets a
/// Warning event and no pod.
class JobController final : public kube::Reconciler<Job> {
public:
    /// Registers with the manager, before it runs. The manager must be destroyed first.
    JobController(kube::Manager& manager, Events events);
    ~JobController() override;

    [[nodiscard]] kube::Async<kube::Requeue> reconcile(kube::Snapshot<Job> job) override;
    void forget(const kube::NamespacedName& key) override;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace devcluster::workloads
