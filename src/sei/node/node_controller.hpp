// Puts the SeiNode controller into a manager.
#pragma once

#include <memory>

#include "kube/runtime/manager.hpp"
#include "sei/node/node_reconciler.hpp"

namespace sei::node {

/// Registers the controller: its caches, what wakes it, and its reconciler. Before the manager runs. The result has to
/// outlive the manager's run, and so has everything that `dependencies` refers to.
[[nodiscard]] std::unique_ptr<NodeReconciler> add_controller(
    kube::Manager& manager, NodeReconcilerDependencies dependencies
);

}  // namespace sei::node
