#include "sei/node/node_pass.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <variant>

#include "planted/planted.hpp"
#include "sei/api/conditions.hpp"
#include "sei/api/labels.hpp"
#include "sei/api/node_queries.hpp"
#include "sei/node/peers.hpp"
#include "sei/plan/progress.hpp"
#include "sei/plan/spec_problem.hpp"
#include "sei/plan/task_type.hpp"
#include "sei/resources/sidecar_image.hpp"
#include "sei/tasks/execute_plan.hpp"
#include "sei/tasks/pod_health.hpp"
#include "sei/tasks/rollout.hpp"
#include "sei/tasks/stateful_set_sync.hpp"

namespace sei::node {
namespace {

using kube::Requeue;
using std::chrono::milliseconds;

/// Steady-state poll of a running node (spec 02 §1).
constexpr milliseconds kSteadyPoll{30'000};
/// A probe so recent is not repeated because something else woke the node.
constexpr milliseconds kProbeFreshness{2'000};
constexpr milliseconds kUnservableSpecPoll{300'000};
constexpr milliseconds kWorkloadPoll{5'000};
constexpr milliseconds kFailedUpdateDelay{30'000};
constexpr milliseconds kFailedUpdateDelayMax{600'000};

/// Has the initial plan got to the workload (spec 08 4.1)? A tracked StatefulSet, such as one that another operator
/// made earlier, is kept in any case.
bool may_have_workload(const api::SeiNodeStatus& status) {
    if (status.statefulSet || status.phase == api::NodePhase::Running) return true;
    if (!status.plan) return false;
    return std::ranges::any_of(status.plan->tasks, [](const api::PlannedTask& task) {
        return task.type == plan::to_wire(plan::TaskType::ApplyStatefulSet) && task.status == api::TaskStatus::Complete;
    });
}

std::optional<kube::Time> started(const api::TaskPlan& plan) {
    return plan.tasks.empty() ? std::nullopt : plan.tasks.front().submittedAt;
}

}  // namespace

kube::Async<Requeue> NodePass::run() {
    conditions_.set_paused();
    const api::SeiNode& node = *context_.node;
    const bool spec_changed = spec_changed_since_last_pass(node);
    if (spec_changed) {
        context_.memory.failed_updates = 0;
        context_.memory.next_update_not_before = {};
        context_.memory.is_plan_questioned = true;
    }
    conditions_.set_pod_ready(tasks::pod_health(context_.observed.pods(), now()));
    if (context_.status.phase == api::NodePhase::Failed) {
        const bool is_retry = node.metadata.annotations.contains(std::string{api::kRetryAnnotation});
        if (node.spec.paused || !(spec_changed || is_retry))
            co_return Requeue::on_change("a changed spec: the node has failed");
        context_.status.plan.reset();  // A new attempt with the same data (spec 08 2.3).
    }
    if (auto wait = co_await keep_workload()) co_return std::move(*wait);
    if (node.spec.paused) co_return Requeue::on_change("spec.paused to be false");

    context_.status.resolvedPeers = resolve_peers(node, caches_.nodes);
    co_await replace_outdated_pods_while_initializing();
    observe_unrecorded_image();
    co_return co_await resolve_plan();
}

kube::Async<std::optional<Requeue>> NodePass::keep_workload() {
    constexpr std::string_view kSubject = "statefulset";
    if (!may_have_workload(context_.status)) co_return std::nullopt;
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
    if (context_.memory.trouble && context_.memory.trouble->subject == kSubject) context_.memory.trouble.reset();
    co_return std::nullopt;
}

kube::Async<> NodePass::replace_outdated_pods_while_initializing() {
    if (context_.status.phase != api::NodePhase::Initializing || !context_.live_stateful_set) co_return;
    tasks::Rollout rollout = tasks::observe_rollout(**context_.live_stateful_set, context_.observed.pods());
    if (rollout.state != tasks::Rollout::State::PodsOutdated) co_return;
    co_await tasks::delete_outdated_pods(
        context_, std::move(rollout.outdated), (*context_.live_stateful_set)->status.updateRevision
    );
}

void NodePass::observe_unrecorded_image() {
    if (!is_running() || !context_.status.currentImage.empty() || plan::is_active(context_.status.plan)) return;
    if (!context_.live_stateful_set) return;
    context_.status.currentImage = tasks::running_image(**context_.live_stateful_set, context_.observed.pods());
}

std::optional<Requeue> NodePass::damped_failure() const {
    if (!context_.status.plan || context_.status.plan->phase != api::PlanPhase::Failed) return std::nullopt;
    const auto left = context_.memory.next_update_not_before - context_.clock.monotonic();
    if (left <= left.zero()) return std::nullopt;
    return Requeue::after(std::chrono::ceil<milliseconds>(left), "the next attempt at a failed update");
}

kube::Async<Requeue> NodePass::resolve_plan() {
    if (plan::is_active(context_.status.plan)) {
        if (auto wait = co_await supersede()) co_return std::move(*wait);
        co_return co_await execute();
    }
    if (auto wait = damped_failure()) {
        co_await probe_unless_fresh();
        co_return std::move(*wait);
    }
    put_plan_away();
    // An update opens the gate at its end anyway: what the probe says would decide nothing.
    if (is_running() && !is_update_due()) co_await probe_unless_fresh();

    const std::optional<plan::SpecProblem> problem = spec_problem();
    conditions_.set_spec_problem(problem);
    if (problem) {
        co_return Requeue::after(is_running() ? kSteadyPoll : kUnservableSpecPoll, "a spec that can be served");
    }
    context_.status.plan = build_plan();
    if (!context_.status.plan) co_return at_rest();
    if (planted::has(planted::Bug::PlanStartedBeforeStored)) co_return co_await execute();
    co_return Requeue::after(milliseconds{0}, "the new plan to be stored");
}

std::optional<plan::SpecProblem> NodePass::spec_problem() const {
    std::optional<plan::SpecProblem> problem = plan::problem_of(*context_.node);
    if (problem || is_running()) return problem;
    if (auto intent_problem = plan::problem_of(plan::config_intent(*context_.node))) {
        problem = plan::SpecProblem{"spec." + *intent_problem};
    }
    return problem;
}

std::optional<tasks::SidecarDrift> NodePass::sidecar_drift() const {
    if (!context_.live_stateful_set) return std::nullopt;
    return tasks::sidecar_drift(
        **context_.live_stateful_set,
        context_.observed.pods(),
        resources::sidecar_image(*context_.node, context_.platform)
    );
}

bool NodePass::is_update_due() const {
    return api::has_image_drift(context_.node->spec, context_.status) || sidecar_drift().has_value();
}

std::optional<api::TaskPlan> NodePass::successor() {
    const api::TaskPlan& plan = *context_.status.plan;
    switch (plan::kind_of(plan)) {
        case plan::PlanKind::Init: {
            if (!std::exchange(context_.memory.is_plan_questioned, false)) return std::nullopt;
            const std::optional<plan::SpecProblem> problem = spec_problem();
            conditions_.set_spec_problem(problem);
            if (problem || is_running()) return std::nullopt;
            std::optional<api::TaskPlan> next = build_plan();
            if (next && plan::is_same_work(plan, *next)) return std::nullopt;
            return next;
        }
        case plan::PlanKind::NodeUpdate:
            // Until the image is observed the tasks follow the spec by themselves.
            if (!plan::has_completed(plan, plan::TaskType::ObserveImage)) return std::nullopt;
            [[fallthrough]];
        case plan::PlanKind::MarkReady:
            return api::has_image_drift(context_.node->spec, context_.status) ? build_plan() : std::nullopt;
        case plan::PlanKind::Unknown:
            return std::nullopt;
    }
    std::unreachable();
}

kube::Async<std::optional<Requeue>> NodePass::supersede() {
    std::optional<api::TaskPlan> next = successor();
    if (!next) co_return std::nullopt;
    const auto current = plan::current_task(*context_.status.plan);
    if (current) {
        const api::PlannedTask task = context_.status.plan->tasks[*current];
        const auto type = plan::parse_task_type(task.type);
        if (task.submittedAt && type && plan::runner_of(*type) == plan::TaskRunner::Sidecar) {
            const sidecar::LookupOutcome found = co_await context_.sidecar.look_up(task.id);
            const auto* run = std::get_if<sidecar::TaskRun>(&found);
            if (run != nullptr && run->status == sidecar::RunStatus::Running) {
                context_.memory.is_plan_questioned = true;
                co_return Requeue::after(
                    kWorkloadPoll, "the sidecar to end " + task.type + ", before a plan for the changed spec begins"
                );
            }
        }
    }
    context_.status.plan = std::move(next);
    co_return Requeue::after(milliseconds{0}, "the plan for the changed spec to be stored");
}

std::optional<api::TaskPlan> NodePass::build_plan() {
    if (!is_running()) {
        api::SeiNode node = *context_.node;
        node.status = context_.status;
        plan::set_phase(context_.status, api::NodePhase::Initializing, now());
        return plan::init_plan(node, ids_);
    }
    if (is_update_due()) {
        conditions_.set_update_started(sidecar_drift());
        return plan::update_plan(*context_.node, ids_);
    }
    const kube::Condition* ready = kube::find_condition(context_.status.conditions, api::node_condition::kSidecarReady);
    if (ready != nullptr && ready->status == kube::ConditionStatus::False && ready->reason == api::reason::kNotReady) {
        return plan::mark_ready_plan(ids_);
    }
    return std::nullopt;
}

kube::Async<Requeue> NodePass::execute() {
    const tasks::PlanExecution execution = co_await tasks::execute_plan(context_);
    if (const auto* waits = std::get_if<tasks::PlanWaits>(&execution)) {
        if (is_probe_due()) co_await probe();
        co_return Requeue::after(waits->delay, waits->waits_for);
    }
    if (const auto* again = std::get_if<tasks::PlanStartsOver>(&execution)) {
        context_.status.plan = build_plan();
        co_return Requeue::after(milliseconds{0}, "a new plan to be stored: " + again->why);
    }
    if (std::holds_alternative<tasks::PlanFailed>(execution)) {
        ended_plan_ = EndedPlan{plan::kind_of(*context_.status.plan), false, started(*context_.status.plan)};
        if (context_.status.phase == api::NodePhase::Failed) {
            co_return Requeue::on_change("a changed spec: the node has failed");
        }
        conditions_.end_update();
        const unsigned doublings = std::min(context_.memory.failed_updates++, 5u);
        const milliseconds delay = std::min(kFailedUpdateDelay * (1 << doublings), kFailedUpdateDelayMax);
        context_.memory.next_update_not_before = context_.clock.monotonic() + delay;
        if (planted::has(planted::Bug::GateWithoutWakeUp)) co_return Requeue::on_change("another attempt");
        co_return Requeue::after(delay, "the next attempt at a failed update");
    }
    context_.memory.failed_updates = 0;
    put_plan_away();
    observe_unrecorded_image();  // An initial plan ends with the image that runs recorded (spec 08 2.5).
    if (is_running()) co_await probe();
    co_return at_rest();
}

void NodePass::put_plan_away() {
    if (!context_.status.plan) return;
    conditions_.end_update();
    const api::TaskPlan& plan = *context_.status.plan;
    ended_plan_ = EndedPlan{plan::kind_of(plan), plan.phase == api::PlanPhase::Complete, started(plan)};
    context_.status.plan.reset();
}

bool NodePass::is_probe_due() const {
    if (!is_running()) return false;
    const auto& probed_at = context_.memory.probed_at;
    return !probed_at || context_.clock.monotonic() - *probed_at >= kSteadyPoll;
}

kube::Async<> NodePass::probe_unless_fresh() {
    const auto& probed_at = context_.memory.probed_at;
    if (!probed_at || !context_.memory.probe_was_ready || context_.clock.monotonic() - *probed_at >= kProbeFreshness) {
        co_await probe();
    } else if (is_running()) {
        conditions_.set_sidecar_ready(sidecar::Ready{});
    }
}

kube::Async<> NodePass::probe() {
    if (!is_running()) co_return;
    const sidecar::HealthOutcome health = co_await context_.sidecar.probe();
    context_.memory.probed_at = context_.clock.monotonic();
    context_.memory.probe_was_ready = std::holds_alternative<sidecar::Ready>(health);
    metrics_.probed(context_.node.key(), health);
    conditions_.set_sidecar_ready(health);
}

Requeue NodePass::at_rest() const {
    if (context_.status.plan) return Requeue::after(milliseconds{0}, "the plan");
    return Requeue::after(kSteadyPoll, "the next probe of the sidecar");
}

}  // namespace sei::node
