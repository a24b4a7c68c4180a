// The tasks that the operator does itself, through the Kubernetes API. One .cpp for each (spec 04 §7).
#pragma once

#include <string>

#include "kube/async/async.hpp"
#include "sei/plan/task_outcome.hpp"
#include "sei/tasks/task_context.hpp"

namespace sei::tasks {

/// The claim of the data volume exists and belongs to this node (spec 04 §7.1). A claim that is being deleted is waited
/// for, and so is a foreign one, which is reported at once: the error clears when that claim goes (spec 08 5.3).
[[nodiscard]] kube::Async<plan::TaskOutcome> ensure_data_pvc(TaskContext& context);
/// The claim that `spec.dataVolume.import` names can be taken over: told by ImportPVCReady, never changed (spec 04
/// §7.1).
[[nodiscard]] kube::Async<plan::TaskOutcome> check_imported_pvc(TaskContext& context);
/// The same once more before the first write to the volume, which may be hours later; of two nodes that ask for the
/// claim by then, never both go on.
[[nodiscard]] kube::Async<plan::TaskOutcome> confirm_imported_pvc(TaskContext& context);
/// spec 04 §7.2.
[[nodiscard]] kube::Async<plan::TaskOutcome> apply_rbac_proxy_config(TaskContext& context);
/// The StatefulSet is as rendered; its rollout is not waited for (spec 04 §7.3).
[[nodiscard]] kube::Async<plan::TaskOutcome> apply_stateful_set(TaskContext& context);
/// spec 04 §7.4.
[[nodiscard]] kube::Async<plan::TaskOutcome> apply_service(TaskContext& context);
/// Deletes the pod of the older template, and the pod with this uid whatever its template is (empty: none); the
/// successor is not waited for (spec 04 §7.5).
[[nodiscard]] kube::Async<plan::TaskOutcome> replace_pod(TaskContext& context, std::string restarted_pod);
/// Waits for the started image and records it in `status.currentImage` (spec 04 §7.6, 08 3.1).
[[nodiscard]] kube::Async<plan::TaskOutcome> observe_image(TaskContext& context);

/// Which Secrets and keys hold an operator keyring.
struct KeyringNames {
    std::string secret;
    /// The entry that has to be there; empty: any.
    std::string key;
    std::string passphrase_secret;
    std::string passphrase_key;
};
/// The shape of Secrets, as stored parameters name them, in the node's namespace (spec 04 §7.7-7.9). What is missing is
/// waited for, and looked for every few seconds; what is wrong fails the plan; both are told by a condition.
[[nodiscard]] kube::Async<plan::TaskOutcome> validate_signing_key(TaskContext& context, std::string secret_name);
[[nodiscard]] kube::Async<plan::TaskOutcome> validate_node_key(TaskContext& context, std::string secret_name);
[[nodiscard]] kube::Async<plan::TaskOutcome> validate_operator_keyring(TaskContext& context, KeyringNames names);

/// The Service that gives the bootstrap pod its name is there, and is this node's (spec 04 §7.10).
[[nodiscard]] kube::Async<plan::TaskOutcome> deploy_bootstrap_service(TaskContext& context);
/// A bootstrap Job as rendered is there, and no pod of the StatefulSet (spec 04 §7.11, 08 4.2). A Job that has ended is
/// of an earlier plan, and is replaced (spec 04 §13.18).
[[nodiscard]] kube::Async<plan::TaskOutcome> deploy_bootstrap_job(TaskContext& context);
/// The Job has succeeded (spec 04 §7.12). Once this is recorded the Job may go; a Job that went before starts the plan
/// anew (spec 08 4.4).
[[nodiscard]] kube::Async<plan::TaskOutcome> await_bootstrap_complete(TaskContext& context);
/// Job, pod and Service are confirmed absent (spec 04 §7.13, 08 4.3).
[[nodiscard]] kube::Async<plan::TaskOutcome> teardown_bootstrap(TaskContext& context);

}  // namespace sei::tasks
