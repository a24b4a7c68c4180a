// Puts the SeiNodeDeployment controller into a manager.
#pragma once

#include <memory>

#include "kube/runtime/manager.hpp"
#include "sei/deployment/deployment_reconciler.hpp"

namespace sei::deployment {

/// The reconciler, over the manager's caches. Before the manager runs; it has to outlive the manager's run.
[[nodiscard]] std::unique_ptr<DeploymentReconciler> make_reconciler(
    kube::Manager& manager, DeploymentReconcilerDependencies dependencies
);
/// What wakes it. Apart from the reconciler, so that tests and the simulator may wrap that.
void build_controller(kube::Manager& manager, kube::Reconciler<api::SeiNodeDeployment>& reconciler);

/// Registers the controller: its caches, what wakes it, and its reconciler. Before the manager runs. The result has to
/// outlive the manager's run, and so has everything that `dependencies` refers to.
[[nodiscard]] std::unique_ptr<DeploymentReconciler> add_controller(
    kube::Manager& manager, DeploymentReconcilerDependencies dependencies
);

}  // namespace sei::deployment
