// What the four tasks of a bootstrap share (spec 04 §7.10-7.13).
#pragma once

#include <optional>

#include "kube/async/async.hpp"
#include "kube/client/snapshot.hpp"
#include "kube/types/job.hpp"
#include "kube/types/service.hpp"
#include "sei/api/node.hpp"
#include "sei/plan/task_outcome.hpp"
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

/// What follows from a Job that failed through no fault of its own: its pod was evicted or preempted, its machine is
/// gone, or it was deleted (spec 05 §19, 15). The plan starts over, after a pause: what disrupts it may do so again
/// and again. Nullopt: that is not what happened, or nothing is known of it. What is seen of the pod is remembered: to
/// be asked in each pass, also while the Job runs.
[[nodiscard]] kube::Async<std::optional<plan::TaskOutcome>> disruption(
    TaskContext& context, kube::Snapshot<kube::Job> job
);

/// What became of the Job while the plan is still busy with the sidecar of its pod: nothing, as long as it runs and
/// serves the spec. A Job that ended takes the sidecar with it. If it succeeded, the task that is due is complete; else
/// the plan fails with the Job's reason instead of waiting for nobody. One that was disrupted, is gone, or of an
/// older spec, starts the plan anew (spec 08 2.1, 4.4).
[[nodiscard]] kube::Async<std::optional<plan::TaskOutcome>> lost_bootstrap(TaskContext& context);

/// Is this the Service of the bootstrap pod, rather than that of the node's own?
[[nodiscard]] bool is_bootstrap_service(const kube::Service& service, const api::SeiNode& node);

}  // namespace sei::tasks
