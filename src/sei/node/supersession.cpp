#include "sei/node/supersession.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>
#include <variant>

#include "sei/api/node_queries.hpp"
#include "sei/node/waits.hpp"
#include "sei/plan/plan_kind.hpp"
#include "sei/plan/progress.hpp"
#include "sei/plan/still_serves.hpp"
#include "sei/plan/task_type.hpp"
#include "sei/tasks/sidecar_task.hpp"

namespace sei::node {
namespace {

using kube::Requeue;
using std::chrono::milliseconds;

/// A sidecar that is to apply a configuration may be away for so long before the next pod's is to do it.
constexpr std::chrono::seconds kSidecarPatience{60};
/// Stored as the last error of a task that a changed spec waits for: a restart of the operator does not forget it.
constexpr std::string_view kSpecWaits =
    "the spec has changed: a plan for it begins when the sidecar has ended this task";

/// Does a changed spec wait for the end of the task?
bool is_waited_for(const api::PlannedTask& task) {
    return task.lastError == kSpecWaits;
}

}  // namespace

kube::Async<std::optional<Requeue>> Supersession::supersede() {
    std::optional<api::TaskPlan> next = successor();
    if (!next) {
        context_.memory.superseding_since.reset();
        co_return std::nullopt;
    }
    // What it would give the node is for the node's next update to give: seid runs.
    if (co_await is_gate_opened()) co_return std::nullopt;
    if (const auto busy = co_await sidecar_busy_with()) {
        is_question_answered_ = false;
        context_.memory.is_plan_questioned = true;
        auto& tasks = context_.status.plan->tasks;
        api::PlannedTask& waited_for = *std::ranges::find(tasks, *busy, &api::PlannedTask::id);
        if (!is_waited_for(waited_for)) plan::note_attempt(waited_for, 0, std::string{kSpecWaits}, now());
        // One that is late fails, and the next plan is another attempt.
        if (plan::deadline_error(waited_for, now())) co_return std::nullopt;
        co_return Requeue::after(
            kWorkloadPoll, "the sidecar to end " + waited_for.type + ", before a plan for the changed spec begins"
        );
    }
    context_.memory.superseding_since.reset();
    context_.status.plan = std::move(next);
    co_return Requeue::after(milliseconds{0}, "the plan for the changed spec to be stored");
}

std::optional<api::TaskPlan> Supersession::successor() {
    const api::TaskPlan& plan = *context_.status.plan;
    switch (plan::kind_of(plan)) {
        case plan::PlanKind::Init:
            return successor_of_initial_plan();
        case plan::PlanKind::NodeUpdate: {
            const bool is_questioned = answer_question();
            if (auto next = reconfigured(is_questioned)) return next;
            // Until the image is observed the tasks follow the spec by themselves.
            if (!plan::has_completed(plan, plan::TaskType::ObserveImage)) return std::nullopt;
            return outdated_again(is_questioned);
        }
        case plan::PlanKind::MarkReady:
            return outdated_again(answer_question());
        case plan::PlanKind::Unknown:
            return std::nullopt;
    }
    std::unreachable();
}

std::optional<api::TaskPlan> Supersession::successor_of_initial_plan() {
    api::TaskPlan& plan = *context_.status.plan;
    const bool was_questioned = std::ranges::any_of(plan.tasks, is_waited_for);
    if (!answer_question() && !was_questioned) return std::nullopt;
    const std::optional<plan::SpecProblem> problem = needs_.spec_problem();
    conditions_.set_spec_problem(problem);
    if (problem || needs_.is_running()) return std::nullopt;
    std::optional<api::TaskPlan> next = planner_.build_plan();
    if (!next || !plan::is_same_work(plan, *next, needs_.working_copy())) return next;
    for (api::PlannedTask& task : plan.tasks) {
        if (is_waited_for(task)) task.lastError.clear();
    }
    return std::nullopt;
}

std::optional<api::TaskPlan> Supersession::reconfigured(bool is_questioned) {
    const api::TaskPlan& plan = *context_.status.plan;
    if (!plan::current_task(plan) || !needs_.is_update_due()) return std::nullopt;
    const api::SeiNode node = needs_.working_copy();
    const bool is_changed =
        is_questioned && (!plan::serves_configuration(plan, node) || !plan::serves_key_checks(plan, node));
    if (!is_changed && !is_sidecar_given_up()) return std::nullopt;
    const std::optional<plan::SpecProblem> problem = needs_.config_problem();
    conditions_.set_spec_problem(needs_.told_problem());
    if (problem) return std::nullopt;
    return planner_.build_plan();
}

bool Supersession::is_sidecar_given_up() const {
    const api::TaskPlan& plan = *context_.status.plan;
    const auto current = plan::current_task(plan);
    if (!current || plan::has_completed(plan, plan::TaskType::ReplacePod)) return false;
    const api::PlannedTask& task = plan.tasks[*current];
    const auto type = plan::parse_task_type(task.type);
    const auto& trouble = context_.memory.trouble;
    return type && plan::runner_of(*type) == plan::TaskRunner::Sidecar && trouble && trouble->subject == task.id &&
           context_.clock.monotonic() - trouble->since >= kSidecarPatience &&
           needs_.update_options().configuration == plan::UpdateOptions::Configuration::AfterReplacement;
}

std::optional<api::TaskPlan> Supersession::outdated_again(bool is_questioned) {
    // What else may be due can wait for the end of a plan that gets on: a sidecar that does not come up has none. At
    // once a cache that is behind would tell of the pod that has just been replaced.
    const auto& trouble = context_.memory.trouble;
    const bool is_stuck = trouble && context_.clock.monotonic() - trouble->since >= kSidecarPatience;
    const bool may_be_late = is_questioned || is_stuck;
    if (planner_.is_update_put_off()) return std::nullopt;
    const bool is_due =
        api::has_image_drift(context_.node->spec, context_.status) || (may_be_late && needs_.is_update_due());
    return is_due ? planner_.build_plan() : std::nullopt;
}

void Supersession::keep_question() {
    if (is_question_answered_ || !context_.memory.is_plan_questioned || context_.node->spec.paused) return;
    if (!plan::is_active(context_.status.plan) || plan::kind_of(*context_.status.plan) != plan::PlanKind::Init) return;
    auto& tasks = context_.status.plan->tasks;
    if (std::ranges::any_of(tasks, is_waited_for)) return;
    // Not over what another one has to say.
    const auto free = std::ranges::find_if(tasks.rbegin(), tasks.rend(), [](const api::PlannedTask& task) {
        return task.status == api::TaskStatus::Pending && task.lastError.empty();
    });
    if (free != tasks.rend()) plan::note_attempt(*free, 0, std::string{kSpecWaits}, now());
}

bool Supersession::answer_question() {
    is_question_answered_ = true;
    return context_.memory.is_plan_questioned;
}

kube::Async<bool> Supersession::is_gate_opened() {
    const api::TaskPlan& plan = *context_.status.plan;
    if (plan::kind_of(plan) != plan::PlanKind::Init) co_return false;
    const auto last = std::ranges::find(
        plan.tasks.rbegin(), plan.tasks.rend(), plan::to_wire(plan::TaskType::MarkReady), &api::PlannedTask::type
    );
    if (last == plan.tasks.rend() || last->status != api::TaskStatus::Pending) co_return false;
    const bool is_known = tasks::was_submitted(context_, *last);
    const sidecar::LookupOutcome found = co_await tasks::look_up(context_, last->id, is_known);
    const auto* run = std::get_if<sidecar::TaskRun>(&found);
    co_return run != nullptr && run->status != sidecar::RunStatus::Failed;
}

kube::Async<std::optional<std::string>> Supersession::sidecar_busy_with() {
    const api::TaskPlan& plan = *context_.status.plan;
    for (const api::PlannedTask& task : plan.tasks) {
        const auto type = plan::parse_task_type(task.type);
        if (task.status != api::TaskStatus::Pending || !type || plan::runner_of(*type) != plan::TaskRunner::Sidecar) {
            continue;
        }
        if (plan::ends_when_accepted(*type)) continue;
        // Also one that is not known to have been submitted: the write that says so may have been lost.
        const bool is_known = tasks::was_submitted(context_, task);
        const sidecar::LookupOutcome found = co_await tasks::look_up(context_, task.id, is_known);
        if (!std::holds_alternative<sidecar::Unavailable>(found)) {
            context_.memory.superseding_since.reset();
            const auto* run = std::get_if<sidecar::TaskRun>(&found);
            if (run != nullptr && run->status == sidecar::RunStatus::Running) co_return task.id;
            continue;
        }
        // At the gate of an initial plan the sidecar has done all that comes before: seid may run.
        const bool is_first_gate = type == plan::TaskType::MarkReady && plan::kind_of(plan) == plan::PlanKind::Init;
        if (!is_known && !is_first_gate) co_return std::nullopt;
        // It may run, or be gone with its pod: a while to answer, and no longer, as the change may be its repair.
        auto& since = context_.memory.superseding_since;
        if (!since) since = context_.clock.monotonic();
        if (context_.clock.monotonic() - *since < kSidecarPatience) co_return task.id;
        co_return std::nullopt;
    }
    co_return std::nullopt;
}

bool Supersession::is_failure_of_earlier_spec() const {
    const api::PlannedTask* task = planner_.failed_task();
    return task != nullptr && is_waited_for(*task);
}

}  // namespace sei::node
