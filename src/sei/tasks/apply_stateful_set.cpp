#include <variant>

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

}  // namespace

kube::Async<plan::TaskOutcome> apply_stateful_set(TaskContext& context) {
    co_return std::visit(ToOutcome{}, co_await sync_stateful_set(context));
}

}  // namespace sei::tasks
