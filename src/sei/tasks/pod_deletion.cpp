#include "sei/tasks/pod_deletion.hpp"

#include <utility>
#include <variant>

#include "kube/types/persistent_volume_claim.hpp"
#include "sei/api/labels.hpp"
#include "sei/api/node_queries.hpp"
#include "sei/tasks/claim_users.hpp"
#include "sei/tasks/operator_tasks.hpp"

namespace sei::tasks {

kube::Async<bool> claim_is_going(TaskContext& context) {
    if (!api::imported_pvc_name(context.node->spec).empty()) co_return false;
    const auto claim = co_await context.client.get<kube::PersistentVolumeClaim>(api::data_pvc_key(*context.node));
    co_return claim && (*claim)->metadata.deletionTimestamp.has_value();
}

kube::Async<std::optional<std::string>> reason_to_keep_pod(TaskContext& context) {
    const std::string retry{api::kRetryAnnotation};
    if (!context.node->spec.validator || context.node->metadata.annotations.contains(retry)) co_return std::nullopt;
    const bool is_going = co_await claim_is_going(context);
    if (!is_going) co_return std::nullopt;
    co_return "the data claim " + api::data_pvc_key(*context.node).name +
        " is being deleted: its pod is kept, for the data go with it, and what keeps a validator from signing twice is "
        "among them; annotate the node with " +
        retry + " to let it go";
}

kube::Async<std::optional<plan::TaskOutcome>> wait_before_pod_deletion(TaskContext& context) {
    if (std::optional<std::string> reason = co_await reason_to_keep_pod(context)) {
        co_return plan::Running{.waits_for = *std::move(reason), .watched = plan::Running::Watched::No};
    }
    if (api::imported_pvc_name(context.node->spec).empty()) co_return std::nullopt;
    if (api::was_granted_import(*context.node)) {
        const auto pod = co_await context.client.get<kube::Pod>(api::pod_key(*context.node));
        if (!pod || is_on_claim(**pod, api::data_pvc_key(*context.node).name)) co_return std::nullopt;
    }
    plan::TaskOutcome outcome = co_await confirm_imported_pvc(context);
    if (std::holds_alternative<plan::Complete>(outcome)) co_return std::nullopt;
    co_return outcome;
}

kube::Async<> delete_pod(TaskContext& context, std::string uid) {
    for (const kube::Snapshot<kube::Pod>& pod : context.observed.pods()) {
        if (pod->metadata.uid != uid || pod->metadata.deletionTimestamp) continue;
        const kube::DeletePrecondition precondition{.uid = pod.uid(), .resource_version = std::nullopt};
        static_cast<void>(co_await context.client.delete_object<kube::Pod>(pod.key(), precondition));
    }
}

}  // namespace sei::tasks
