// Empties a namespace that is being deleted, then lets it go.
#pragma once

#include "kube/http/transport.hpp"
#include "kube/runtime/manager.hpp"
#include "kube/runtime/reconciler.hpp"
#include "kube/types/namespace.hpp"

namespace devcluster::workloads {

/// Deletes every object of a terminating namespace, of all types that the server serves, and takes the finalizer
/// "kubernetes" from it when nothing is left.
class NamespaceController final : public kube::Reconciler<kube::Namespace> {
public:
    /// Registers with the manager, before it runs. `transport` outlives the controller; the manager is destroyed first.
    NamespaceController(kube::Manager& manager, kube::Transport& transport);

    [[nodiscard]] kube::Async<kube::Requeue> reconcile(kube::Snapshot<kube::Namespace> object) override;
    void forget(const kube::NamespacedName&) override {}

private:
    /// How many objects of a type were there; those that are not being deleted are deleted.
    [[nodiscard]] kube::Async<std::size_t> delete_all(kube::ResourceType type, std::string namespace_);

    kube::Transport& transport_;
    kube::detail::RawClient client_;
};

}  // namespace devcluster::workloads
