// What the four tasks of a bootstrap share (spec 04 §7.10-7.13).
#pragma once

#include "kube/async/async.hpp"
#include "kube/types/job.hpp"
#include "kube/types/service.hpp"
#include "sei/api/node.hpp"
#include "sei/tasks/task_context.hpp"

namespace sei::tasks {

/// The pods of a node, as an uncached read has them.
struct NodePods {
    bool has_bootstrap_pod = false;
    /// A pod of the StatefulSet, or one that nobody controls.
    bool has_own_pod = false;
};
[[nodiscard]] kube::Async<NodePods> read_pods(TaskContext& context);

/// Would this Job do what the node's spec asks for: the same seid image, up to the same height? Other images may
/// differ: hours of restoring are not thrown away for a new sidecar.
[[nodiscard]] bool serves_spec(const kube::Job& live, const kube::Job& rendered);

[[nodiscard]] bool has_ended(const kube::Job& job);

/// Is this the Service of the bootstrap pod, rather than that of the node's own?
[[nodiscard]] bool is_bootstrap_service(const kube::Service& service, const api::SeiNode& node);

}  // namespace sei::tasks
