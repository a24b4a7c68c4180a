// Puts the SeiNodeDeployment controller into a manager.
#pragma once

#include <memory>

#include "kube/runtime/manager.hpp"
#include "sei/deployment/deployment_reconciler.hpp"

namespace sei::deployment {

/// Registers the controller: its caches, what wakes it, and its reconciler. Before the manager runs. The result has to
/// outlive the manager's run, and so has everything that `dependencies` refers to.
[[nodiscard]] std::unique_ptr<DeploymentReconciler> add_controller(
    kube::Manager& manager, DeploymentReconcilerDependencies dependencies
);

}  // namespace sei::deployment
