#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sei/plan/progress.hpp"
#include "sei/tasks/operator_tasks.hpp"
#include "sei/tasks/pod_deletion.hpp"
#include "sei/tasks/rollout.hpp"
#include "sei/tasks/stateful_set_sync.hpp"
#include "sei/tasks/stored_params.hpp"

namespace sei::tasks {
namespace {

std::string uid_of(const kube::Snapshot<kube::Pod>& pod) {
    return pod->metadata.uid;
}

/// The pod that the plan replaced although its template was the newest; empty: none.
std::string restarted_pod(const TaskContext& context) {
    const api::PlannedTask* replacement = plan::find_task(*context.status.plan, plan::TaskType::ReplacePod);
    return replacement == nullptr ? std::string{} : StoredParams{replacement->params}.text("podUid");
}

/// Has an earlier pass begun to wait? The first look follows the deletion at once.
bool is_waiting_already(const TaskContext& context) {
    const api::PlannedTask* task = plan::find_task(*context.status.plan, plan::TaskType::ObserveImage);
    return task != nullptr && task->submittedAt;
}

/// What a StatefulSet says of a revision says nothing of a pod that was restarted at the same one.
kube::StatefulSet without_report(kube::StatefulSet stateful_set) {
    stateful_set.status.readyReplicas = 0;
    return stateful_set;
}

}  // namespace

kube::Async<plan::TaskOutcome> observe_image(TaskContext& context) {
    if (!context.live_stateful_set) co_return plan::Transient{.error = "the StatefulSet is not there yet"};
    const std::shared_ptr<const kube::StatefulSet> stateful_set = context.live_stateful_set;
    const std::string restarted = restarted_pod(context);
    const std::vector<kube::Snapshot<kube::Pod>> pods = context.observed.pods();
    if (!restarted.empty() && std::ranges::find(pods, restarted, uid_of) != pods.end()) {
        // Asked for once more where the cache has had the time to see it go: it may have been refused, or come before
        // the pod was seen.
        if (is_waiting_already(context)) {
            if (auto wait = co_await wait_before_pod_deletion(context)) co_return *std::move(wait);
            co_await delete_pod(context, restarted);
        }
        co_return plan::Running{
            .waits_for = "the pod that was to be restarted to go", .watched = plan::Running::Watched::Yes
        };
    }
    Rollout rollout =
        restarted.empty() ? observe_rollout(*stateful_set, pods) : observe_rollout(without_report(*stateful_set), pods);
    bool is_new_target = false;
    switch (rollout.state) {
        case Rollout::State::Started:
            context.status.currentImage = rollout.image;
            co_return plan::Complete{};
        case Rollout::State::PodsOutdated:
            // The template moved on after replace-pod had run (spec 04 §13.12).
            if (auto wait = co_await wait_before_pod_deletion(context)) co_return *std::move(wait);
            is_new_target = co_await delete_outdated_pods(context, std::move(rollout.outdated)) > 0;
            break;
        case Rollout::State::NotObserved:
        case Rollout::State::Starting:
            break;
    }
    co_return plan::Running{
        .waits_for = rollout.waits_for, .watched = plan::Running::Watched::Yes, .resubmitted = is_new_target
    };
}

}  // namespace sei::tasks
