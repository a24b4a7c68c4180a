// Puts the SeiNode controller into a manager.
#pragma once

#include <memory>

#include "kube/runtime/manager.hpp"
#include "sei/node/node_reconciler.hpp"

namespace sei::node {

/// The reconciler and its caches, without what wakes it. Before the manager runs.
[[nodiscard]] std::unique_ptr<NodeReconciler> make_reconciler(
    kube::Manager& manager, NodeReconcilerDependencies dependencies
);

/// Registers what wakes `reconciler`, which is what `make_reconciler` made, or a wrapper around it.
void build_controller(kube::Manager& manager, kube::Reconciler<api::SeiNode>& reconciler);

/// Both of the above. Registers the controller: its caches, what wakes it, and its reconciler. Before the manager runs.
/// The result has to outlive the manager's run, and so has everything that `dependencies` refers to.
[[nodiscard]] std::unique_ptr<NodeReconciler> add_controller(
    kube::Manager& manager, NodeReconcilerDependencies dependencies
);

}  // namespace sei::node
