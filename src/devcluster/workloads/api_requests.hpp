// Requests of kubelets, schedulers and namespace controllers that no other client needs, and so no typed client has.
#pragma once

#include <string>

#include "kube/client/client.hpp"
#include "kube/http/transport.hpp"

namespace devcluster::workloads {

/// A JSON document by its path ("/apis"). ApiError when the server refuses.
[[nodiscard]] kube::Async<kube::json::Value> get_document(kube::Transport& transport, std::string path);

/// Deletes a pod that has ended, without grace: what a kubelet does last. Nothing happens when it is gone or is another
/// one by now.
[[nodiscard]] kube::Async<> delete_at_once(kube::Transport& transport, kube::NamespacedName pod, kube::Uid uid);

enum class BindOutcome { Bound, Absent, Conflict };
/// Gives a pod to a machine (the `binding` subresource). Conflict: it has one already, or is another pod by now.
[[nodiscard]] kube::Async<BindOutcome> bind_pod(
    kube::Transport& transport, kube::NamespacedName pod, kube::Uid uid, std::string machine
);

/// Takes the finalizer "kubernetes" from a namespace that is empty: then it goes away.
[[nodiscard]] kube::Async<> finalize_namespace(kube::Transport& transport, std::string name);

}  // namespace devcluster::workloads
