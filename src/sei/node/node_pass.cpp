#include "sei/node/node_pass.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <variant>

#include "planted/planted.hpp"
#include "sei/api/conditions.hpp"
#include "sei/api/node_queries.hpp"
#include "sei/node/peers.hpp"
#include "sei/node/waits.hpp"
#include "sei/plan/node_config.hpp"
#include "sei/plan/peer_sources.hpp"
#include "sei/plan/plan_kind.hpp"
#include "sei/plan/progress.hpp"
#include "sei/plan/spec_problem.hpp"
#include "sei/plan/task_type.hpp"
#include "sei/tasks/execute_plan.hpp"
#include "sei/tasks/owned_objects.hpp"
#include "sei/tasks/pod_deletion.hpp"
#include "sei/tasks/rollout.hpp"
#include "sei/tasks/stateful_set_sync.hpp"

namespace sei::node {
namespace {

using kube::Requeue;
using std::chrono::milliseconds;

/// A probe so recent is not repeated because something else woke the node.
constexpr milliseconds kProbeFreshness{2'000};
/// A pod that is starting gets its reasons from the passing of time, too.
constexpr milliseconds kStartingPodPoll{5'000};

/// Has the initial plan got to the workload (spec 08 4.1)? A tracked StatefulSet, such as one that another operator
/// made earlier, is kept in any case.
bool may_have_workload(const api::SeiNodeStatus& status) {
    if (status.statefulSet || status.phase == api::NodePhase::Running) return true;
    if (!status.plan) return false;
    return std::ranges::any_of(status.plan->tasks, [](const api::PlannedTask& task) {
        return task.type == plan::to_wire(plan::TaskType::ApplyStatefulSet) && task.status == api::TaskStatus::Complete;
    });
}

}  // namespace

kube::Async<Requeue> NodePass::run() {
    conditions_.set_paused();
    const api::SeiNode& node = *context_.node;
    const bool spec_changed = spec_changed_since_last_pass(node);
    if (spec_changed) context_.memory.is_plan_questioned = true;
    if (spec_changed || needs_.is_retry_requested()) planner_.forgive_failed_update();
    if (spec_changed) context_.memory.are_peers_unreachable = false;
    conditions_.set_pod_ready(needs_.pod_health());
    // A pause scales a failed node down, too (spec 02 §25, D27): it says that nothing of the node is to run.
    if (context_.status.phase == api::NodePhase::Failed && !node.spec.paused) {
        if (!(spec_changed || needs_.is_retry_requested() || supersession_.is_failure_of_earlier_spec()))
            co_return Requeue::on_change("a changed spec: the node has failed");
        // A new attempt with the same data (spec 08 2.3). The failed plan stays until the new one is there: it tells
        // what it left behind.
        plan::set_phase(context_.status, api::NodePhase::Initializing, kube::Time::of(context_.clock.now()));
    }
    if (auto wait = co_await keep_workload()) co_return std::move(*wait);
    if (node.spec.paused) {
        plan::stop_clock(context_.status.plan);
        co_return Requeue::on_change("spec.paused to be false");
    }

    context_.status.resolvedPeers = resolve_peers(node, caches_.nodes);
    if (auto wait = co_await claim_.keep()) co_return std::move(*wait);
    co_await tasks::keep_service_and_config(context_);
    co_await replace_outdated_pods_while_initializing();
    observe_unrecorded_image(tasks::PodIsKnown::FromCache);
    adopt_configuration();
    co_return co_await resolve_plan();
}

kube::Async<std::optional<Requeue>> NodePass::keep_workload() {
    constexpr std::string_view kSubject = "statefulset";
    // One that is gone, and is to be on a claim that others may have by now, is left to the plan, which asks.
    const bool is_imported = !api::imported_pvc_name(context_.node->spec).empty();
    const bool is_gone = !context_.status.statefulSet && !context_.observed.stateful_set();
    if (is_imported && is_gone && tasks::is_left_to_plan(context_)) co_return std::nullopt;
    // One of ours whose recording was lost counts, too: it is to be held, paused and replaced as any other.
    if (!may_have_workload(context_.status)) {
        const auto seen = context_.observed.stateful_set();
        if (!seen || !(*seen)->metadata.is_controlled_by(context_.node.uid())) co_return std::nullopt;
    }
    const tasks::SyncOutcome outcome = co_await tasks::sync_stateful_set(context_);
    if (const auto* cleared = std::get_if<tasks::TrackingCleared>(&outcome)) {
        co_return Requeue::after(milliseconds{0}, cleared->why);
    }
    if (const auto* waits = std::get_if<tasks::SyncWaits>(&outcome)) {
        co_return Requeue::after(kWorkloadPoll, waits->waits_for);
    }
    if (const auto* refused = std::get_if<tasks::SyncRefused>(&outcome)) {
        tasks::note_trouble(
            context_.memory,
            context_.clock.monotonic(),
            kSubject,
            api::reason::kWorkloadNotApplied,
            "the StatefulSet cannot be rendered: " + refused->error,
            true
        );
        co_return std::nullopt;
    }
    tasks::forget_trouble(context_.memory, kSubject);
    co_return std::nullopt;
}

kube::Async<> NodePass::replace_outdated_pods_while_initializing() {
    if (context_.status.phase != api::NodePhase::Initializing || !context_.live_stateful_set) co_return;
    tasks::Rollout rollout = tasks::observe_rollout(*context_.live_stateful_set, context_.observed.pods());
    if (rollout.state != tasks::Rollout::State::PodsOutdated) co_return;
    // What a sidecar does may have taken hours: only a pod that gets nowhere goes.
    std::erase_if(rollout.outdated, [&](const auto& pod) {
        return tasks::is_sidecar_running(*pod) && !needs_.gets_nowhere(pod);
    });
    if (rollout.outdated.empty() || co_await tasks::reason_to_keep_pod(context_)) co_return;
    co_await tasks::delete_outdated_pods(context_, std::move(rollout.outdated));
}

void NodePass::observe_unrecorded_image(tasks::PodIsKnown known) {
    if (!needs_.is_running() || !context_.status.currentImage.empty() || plan::is_active(context_.status.plan)) return;
    if (!context_.live_stateful_set) return;
    context_.status.currentImage = tasks::running_image(*context_.live_stateful_set, context_.observed.pods(), known);
}

void NodePass::adopt_configuration() {
    if (!needs_.is_running() || context_.status.appliedConfig || plan::is_active(context_.status.plan)) return;
    plan::ConfigIntent intent = plan::config_intent(needs_.working_copy());
    context_.status.appliedConfig = api::AppliedConfig{
        .mode = std::move(intent.mode),
        .overrides = std::move(intent.overrides),
        .peers = api::is_genesis_validator(context_.node->spec) ? std::string{}
                                                                : plan::peers_digest(context_.node->spec.peers),
    };
}

kube::Async<Requeue> NodePass::resolve_plan() {
    if (plan::is_active(context_.status.plan)) {
        if (auto wait = co_await supersession_.supersede()) co_return std::move(*wait);
        co_return co_await execute();
    }
    // A failed initial plan was told when it failed, and makes way for its successor only.
    const bool begins_anew = !needs_.is_running() && planner_.failed_task() != nullptr;
    if (!begins_anew) {
        if (auto wait = planner_.damped_failure()) {
            co_await probe_unless_fresh();
            if (!planner_.is_gate_to_be_opened()) {
                co_return Requeue::after(std::min(wait->delay(), kSteadyPoll), std::string{wait->waits_for()});
            }
            context_.memory.update_not_before = context_.clock.monotonic() + wait->delay();
        }
        planner_.put_plan_away();
    }
    // An update opens the gate at its end anyway: what the probe says would decide nothing.
    if (needs_.is_running() && (planner_.is_update_put_off() || !needs_.is_update_due())) co_await probe_unless_fresh();

    const std::optional<plan::SpecProblem> problem = needs_.spec_problem();
    // A configuration that cannot be applied is told, and keeps nothing else from a running node.
    conditions_.set_spec_problem(problem ? problem : needs_.told_problem());
    if (problem) {
        co_return Requeue::after(needs_.is_running() ? kSteadyPoll : kUnservableSpecPoll, "a spec that can be served");
    }
    context_.status.plan = planner_.build_plan();
    supersession_.answer_by_new_plan();
    if (!context_.status.plan) {
        judge_restart();
        co_return at_rest();
    }
    if (planted::has(planted::Bug::PlanStartedBeforeStored)) co_return co_await execute();
    co_return Requeue::after(milliseconds{0}, "the new plan to be stored");
}

void NodePass::judge_restart() {
    if (!needs_.is_running() || !context_.live_stateful_set || context_.status.plan) return;
    const tasks::Rollout rollout = tasks::observe_rollout(*context_.live_stateful_set, context_.observed.pods());
    if (rollout.state == tasks::Rollout::State::NotObserved && !needs_.config_drift()) return;  // too early to tell
    conditions_.set_restart_pending(needs_.config_drift(), needs_.outdated_pod());
}

kube::Async<Requeue> NodePass::execute() {
    const tasks::PlanExecution execution = co_await tasks::execute_plan(context_);
    if (const auto* waits = std::get_if<tasks::PlanWaits>(&execution)) {
        if (is_probe_due()) co_await probe();
        if (planted::has(planted::Bug::GateWithoutWakeUp)) co_return Requeue::on_change(waits->waits_for);
        co_return Requeue::after(waits->delay, waits->waits_for);
    }
    if (const auto* again = std::get_if<tasks::PlanStartsOver>(&execution)) {
        const std::optional<plan::SpecProblem> problem = needs_.spec_problem();
        conditions_.set_spec_problem(problem);
        if (problem) co_return Requeue::after(kUnservableSpecPoll, "a spec that can be served");
        context_.status.plan = planner_.build_plan();
        co_return Requeue::after(milliseconds{0}, "a new plan to be stored: " + again->why);
    }
    if (std::holds_alternative<tasks::PlanFailed>(execution)) {
        planner_.note_end();
        if (context_.status.phase == api::NodePhase::Failed) {
            if (supersession_.is_failure_of_earlier_spec())
                co_return Requeue::after(milliseconds{0}, "a plan for the changed spec");
            co_return Requeue::on_change("a changed spec: the node has failed");
        }
        const milliseconds delay = planner_.put_update_off();
        co_return Requeue::after(std::min(delay, kSteadyPoll), "the next attempt at a failed update");
    }
    co_return co_await end_complete_plan();
}

kube::Async<Requeue> NodePass::end_complete_plan() {
    // That the gate was opened says nothing of the update that has failed.
    if (plan::kind_of(*context_.status.plan) != plan::PlanKind::MarkReady) context_.memory.failed_updates = 0;
    // A plan of another operator may apply a configuration and have no task that validates it.
    const bool has_applied = plan::find_task(*context_.status.plan, plan::TaskType::ConfigApply) != nullptr;
    if (has_applied && context_.status.appliedConfig) context_.status.appliedConfig->unvalidated = false;
    planner_.put_plan_away();
    // An initial plan ends with the image that runs recorded (spec 08 2.5): its last task was the sidecar's.
    observe_unrecorded_image(tasks::PodIsKnown::ByAnswer);
    adopt_configuration();
    if (needs_.is_running()) co_await probe();
    judge_restart();
    co_return at_rest();
}

bool NodePass::is_probe_due() const {
    if (!needs_.is_running()) return false;
    const auto& probed_at = context_.memory.probed_at;
    return !probed_at || context_.clock.monotonic() - *probed_at >= kSteadyPoll;
}

kube::Async<> NodePass::probe_unless_fresh() {
    const auto& probed_at = context_.memory.probed_at;
    if (!probed_at || !context_.memory.probe_was_ready || context_.clock.monotonic() - *probed_at >= kProbeFreshness) {
        co_await probe();
    } else if (needs_.is_running()) {
        conditions_.set_sidecar_ready(sidecar::Ready{});
    }
}

kube::Async<> NodePass::probe() {
    if (!needs_.is_running()) co_return;
    const sidecar::HealthOutcome health = co_await context_.sidecar.probe(sidecar::ProbedPod::Node);
    context_.memory.probed_at = context_.clock.monotonic();
    context_.memory.probe_was_ready = std::holds_alternative<sidecar::Ready>(health);
    metrics_.probed(context_.node.key(), health);
    conditions_.set_sidecar_ready(health);
}

Requeue NodePass::at_rest() const {
    if (context_.status.plan) return Requeue::after(milliseconds{0}, "the plan");
    if (needs_.is_running() && needs_.is_update_due()) {
        if (!planner_.is_update_put_off()) return Requeue::after(milliseconds{0}, "a plan for what has drifted");
        const auto left = *context_.memory.update_not_before - context_.clock.monotonic();
        return Requeue::after(
            std::min(std::chrono::ceil<milliseconds>(left), kSteadyPoll), "the next attempt at a failed update"
        );
    }
    if (const auto health = needs_.pod_health(); health && health->reason == api::reason::kStarting) {
        return Requeue::after(kStartingPodPoll, "the pod to start");
    }
    return Requeue::after(kSteadyPoll, "the next probe of the sidecar");
}

}  // namespace sei::node
