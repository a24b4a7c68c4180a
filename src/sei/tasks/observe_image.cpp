#include <utility>

#include "sei/tasks/operator_tasks.hpp"
#include "sei/tasks/rollout.hpp"
#include "sei/tasks/stateful_set_sync.hpp"

namespace sei::tasks {

kube::Async<plan::TaskOutcome> observe_image(TaskContext& context) {
    if (!context.live_stateful_set) co_return plan::Transient{.error = "the StatefulSet is not there yet"};
    const kube::Snapshot<kube::StatefulSet> stateful_set = *context.live_stateful_set;
    Rollout rollout = observe_rollout(*stateful_set, context.observed.pods());
    switch (rollout.state) {
        case Rollout::State::Started:
            context.status.currentImage = rollout.image;
            co_return plan::Complete{};
        case Rollout::State::PodsOutdated:
            // The template moved on after replace-pod had run (spec 04 §13.12).
            co_await delete_outdated_pods(context, std::move(rollout.outdated), stateful_set->status.updateRevision);
            break;
        case Rollout::State::NotObserved:
        case Rollout::State::Starting:
            break;
    }
    co_return plan::Running{.waits_for = rollout.waits_for, .watched = plan::Running::Watched::Yes};
}

}  // namespace sei::tasks
