#include "sei/node/planner.hpp"

#include <algorithm>
#include <utility>

#include "sei/plan/key_checks.hpp"
#include "sei/plan/node_plan.hpp"
#include "sei/plan/progress.hpp"
#include "sei/plan/task_type.hpp"

namespace sei::node {
namespace {

using kube::Requeue;
using std::chrono::milliseconds;

constexpr milliseconds kFailedUpdateDelay{30'000};
constexpr milliseconds kFailedUpdateDelayMax{600'000};

std::optional<kube::Time> started(const api::TaskPlan& plan) {
    return plan.tasks.empty() ? std::nullopt : plan.tasks.front().submittedAt;
}

}  // namespace

std::optional<api::TaskPlan> Planner::build_plan() {
    std::optional<api::TaskPlan> next = planned();
    const std::optional<api::TaskPlan>& left = context_.status.plan ? context_.status.plan : put_away_;
    if (next && left) plan::wait_for_tasks_of(*left, *next);
    return next;
}

std::optional<api::TaskPlan> Planner::planned() {
    if (!needs_.is_running()) {
        plan::set_phase(context_.status, api::NodePhase::Initializing, now());
        return plan::init_plan(needs_.working_copy(), ids_);
    }
    if (needs_.is_update_due() && !is_update_put_off()) {
        conditions_.set_update_started(needs_.outdated_image(), needs_.sidecar_drift(), needs_.config_drift());
        return plan::update_plan(needs_.working_copy(), ids_, needs_.update_options());
    }
    if (needs_.is_gate_closed()) return plan::mark_ready_plan(needs_.working_copy(), ids_, needs_.reachable_peers());
    return std::nullopt;
}

api::TaskPlan Planner::plan_for_empty_volume() {
    // Neither what a bootstrap made of it counts, nor what its sidecar was at.
    if (context_.status.plan) plan::forget_bootstrap(*context_.status.plan);
    return plan::init_plan(needs_.working_copy(), ids_);
}

void Planner::put_plan_away() {
    if (!context_.status.plan) return;
    conditions_.end_update();
    // A failure was counted in the pass that saw it, and says since when it waits.
    const api::PlannedTask* failed = failed_task();
    const bool was_counted = failed != nullptr && failed->notBefore;
    const bool failed_at_peers = failed != nullptr && failed->type == plan::to_wire(plan::TaskType::DiscoverPeers);
    context_.memory.are_peers_unreachable = needs_.is_running() && failed_at_peers;
    if (was_counted) {
        context_.memory.failed_updates =
            std::max(context_.memory.failed_updates, static_cast<unsigned>(std::max(failed->attempts, 0)));
    }
    if (!was_counted) note_end();
    put_away_ = std::exchange(context_.status.plan, std::nullopt);
}

api::PlannedTask* Planner::failed_task() const {
    if (!context_.status.plan || context_.status.plan->phase != api::PlanPhase::Failed) return nullptr;
    auto& tasks = context_.status.plan->tasks;
    const auto found = std::ranges::find(tasks, api::TaskStatus::Failed, &api::PlannedTask::status);
    return found == tasks.end() ? nullptr : &*found;
}

void Planner::note_end() {
    const api::TaskPlan& plan = *context_.status.plan;
    ended_plan_ = EndedPlan{plan::kind_of(plan), plan.phase == api::PlanPhase::Complete, started(plan)};
}

milliseconds Planner::put_update_off() {
    conditions_.end_update();
    const unsigned doublings = std::min(context_.memory.failed_updates++, 5u);
    const milliseconds delay = std::min(kFailedUpdateDelay * (1 << doublings), kFailedUpdateDelayMax);
    if (api::PlannedTask* task = failed_task()) {
        task->attempts = static_cast<std::int32_t>(context_.memory.failed_updates);
        task->notBefore = kube::Time{now().at + std::chrono::ceil<std::chrono::seconds>(delay)};
    }
    return delay;
}

std::optional<Requeue> Planner::damped_failure() const {
    const api::PlannedTask* task = failed_task();
    if (task == nullptr) return std::nullopt;
    constexpr auto kLongest = std::chrono::duration_cast<std::chrono::seconds>(kFailedUpdateDelayMax);
    const std::chrono::seconds left = plan::time_until(task->notBefore, now(), kLongest);
    if (left.count() == 0) return std::nullopt;
    return Requeue::after(left, "the next attempt at a failed update");
}

bool Planner::is_update_put_off() const {
    const auto& until = context_.memory.update_not_before;
    return until && context_.clock.monotonic() < *until;
}

void Planner::forgive_failed_update() {
    context_.memory.failed_updates = 0;
    context_.memory.update_not_before.reset();
    api::PlannedTask* task = failed_task();
    if (task == nullptr || !task->notBefore) return;
    task->attempts = 0;
    task->notBefore = now();
}

bool Planner::is_gate_to_be_opened() const {
    if (!needs_.is_gate_closed()) return false;
    // Nothing starts on a configuration that is not known to be valid, or with keys that were found wrong.
    const bool is_unvalidated = context_.status.appliedConfig && context_.status.appliedConfig->unvalidated;
    const api::PlannedTask* task = failed_task();
    const bool is_gate_to_blame = task != nullptr && task->type == plan::to_wire(plan::TaskType::MarkReady);
    return !is_unvalidated && !is_gate_to_blame && (task == nullptr || !plan::is_key_check(task->type));
}

}  // namespace sei::node
