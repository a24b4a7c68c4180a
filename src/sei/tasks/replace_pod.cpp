#include <memory>
#include <optional>
#include <string>

#include "sei/tasks/operator_tasks.hpp"
#include "sei/tasks/pod_deletion.hpp"
#include "sei/tasks/rollout.hpp"
#include "sei/tasks/stateful_set_sync.hpp"

namespace sei::tasks {
namespace {

/// What makes it unsafe to delete pods by this StatefulSet, or nothing (spec 04 §7.5, steps 5 and 6).
std::optional<std::string> objection_to(const kube::StatefulSet& stateful_set) {
    if (stateful_set.spec.selector.matchLabels.empty()) {
        return "statefulset \"" + stateful_set.metadata.name + "\" has no selector; cannot identify owned pods";
    }
    if (stateful_set.spec.replicas && *stateful_set.spec.replicas > 1) {
        return "replace-pod does not support a StatefulSet with more than one replica (\"" +
               stateful_set.metadata.name + "\" has " + std::to_string(*stateful_set.spec.replicas) + ")";
    }
    return std::nullopt;
}

}  // namespace

kube::Async<plan::TaskOutcome> replace_pod(TaskContext& context, std::string restarted_pod) {
    if (!context.live_stateful_set) co_return plan::Transient{.error = "the StatefulSet is not there yet"};
    const std::shared_ptr<const kube::StatefulSet> stateful_set = context.live_stateful_set;
    Rollout rollout = observe_rollout(*stateful_set, context.observed.pods());
    if (rollout.state == Rollout::State::NotObserved) {
        co_return plan::Running{.waits_for = rollout.waits_for, .watched = plan::Running::Watched::Yes};
    }
    if (const auto objection = objection_to(*stateful_set)) co_return plan::Terminal{*objection};
    if (!rollout.outdated.empty() || !restarted_pod.empty()) {
        if (auto wait = co_await wait_before_pod_deletion(context)) co_return *std::move(wait);
    }
    std::erase_if(rollout.outdated, [&](const auto& pod) { return pod->metadata.uid == restarted_pod; });
    co_await delete_outdated_pods(context, std::move(rollout.outdated));
    if (!restarted_pod.empty()) co_await delete_pod(context, std::move(restarted_pod));
    co_return plan::Complete{};
}

}  // namespace sei::tasks
