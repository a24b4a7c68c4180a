#include <variant>

#include "sei/api/node_queries.hpp"
#include "sei/tasks/operator_tasks.hpp"
#include "sei/tasks/stateful_set_sync.hpp"

namespace sei::tasks {
namespace {

struct ToOutcome {
    plan::TaskOutcome operator()(const Synced&) const { return plan::Complete{}; }
    plan::TaskOutcome operator()(const TrackingCleared& cleared) const { return plan::Transient{.error = cleared.why}; }
    plan::TaskOutcome operator()(const SyncWaits& waits) const {
        return plan::Transient{.error = "waiting for " + waits.waits_for};
    }
    plan::TaskOutcome operator()(const SyncRefused& refused) const {
        return plan::Terminal{"applying statefulset: " + refused.error};
    }
};

/// Is there none of the node's own yet? One that the cache does not show counts as absent: that costs a look.
bool is_first_workload(const TaskContext& context) {
    const auto& tracked = context.status.statefulSet;
    if (tracked && !tracked->uid.empty()) return false;
    const auto seen = context.observed.stateful_set();
    return !seen || !(*seen)->metadata.is_controlled_by(context.node.uid());
}

}  // namespace

kube::Async<plan::TaskOutcome> apply_stateful_set(TaskContext& context) {
    ImportIs import = ImportIs::Unconfirmed;
    const bool is_imported = !api::imported_pvc_name(context.node->spec).empty();
    // Where the write that said so was lost, it is not known to be granted although the workload is there.
    const bool is_asked = is_first_workload(context) || !api::was_granted_import(*context.node);
    if (is_imported && (is_asked || co_await is_import_new(context))) {
        plan::TaskOutcome outcome = co_await confirm_imported_pvc(context);
        if (!std::holds_alternative<plan::Complete>(outcome)) co_return outcome;
        import = ImportIs::Confirmed;
    }
    co_return std::visit(ToOutcome{}, co_await sync_stateful_set(context, import));
}

}  // namespace sei::tasks
