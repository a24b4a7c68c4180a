#include "sei/tasks/sidecar_task.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>
#include <variant>

#include "planted/planted.hpp"
#include "sei/api/node_queries.hpp"
#include "sei/plan/plan_kind.hpp"
#include "sei/sidecar/sidecar.hpp"

namespace sei::tasks {
namespace {

using plan::TaskOutcome;
using plan::TaskType;
using sidecar::RunStatus;
using sidecar::TaskRun;
using sidecar::Unavailable;
using sidecar::UnknownTask;

constexpr std::array kLooksAfterAcceptance{
    std::chrono::milliseconds{0}, std::chrono::milliseconds{25}, std::chrono::milliseconds{75}
};

/// A sidecar that cannot read its results answers as if it knew nothing (spec 04 §13, 26): a task that it has accepted
/// would be run beside itself.
constexpr std::chrono::milliseconds kSecondLookAfter{250};

plan::Running running(TaskType type, bool resubmitted, std::int64_t run) {
    return {
        .waits_for = "the sidecar to finish " + std::string{plan::to_wire(type)},
        .watched = plan::Running::Watched::No,
        .resubmitted = resubmitted,
        .run = run
    };
}

/// The answer says nothing about the task. That the operator is not let in is nothing that passes by itself.
plan::Transient no_answer(const Unavailable& unavailable) {
    return {.error = unavailable.text, .report_at_once = unavailable.kind == Unavailable::Kind::Unauthorized};
}

/// A sidecar that is stopped ends its handlers with this text: nothing was wrong with the task (spec 04 §13.2).
bool was_cancelled(const TaskRun& run) {
    return run.error.find("context canceled") != std::string::npos;
}

std::string failure_text(const TaskRun& run, const std::string& id) {
    return run.error.empty() ? "task " + id + " failed with unknown error" : run.error;
}

kube::Async<TaskOutcome> submit(
    TaskContext& context, api::PlannedTask task, TaskType type, std::optional<boost::json::object> params
) {
    const std::string id = task.id;
    const bool resubmitted = task.submittedAt.has_value();
    sidecar::TaskSubmission submission;
    submission.id = id;
    submission.type = plan::to_wire(type);
    submission.params = std::move(params);
    context.memory.submitted = Submission{.task = id, .params = std::move(task.params)};
    const sidecar::SubmitOutcome submitted = co_await context.sidecar.submit(std::move(submission));
    if (const auto* rejected = std::get_if<sidecar::Rejected>(&submitted)) co_return plan::Terminal{rejected->reason};
    if (const auto* unavailable = std::get_if<Unavailable>(&submitted)) co_return no_answer(*unavailable);
    if (plan::ends_when_accepted(type)) co_return plan::Complete{};
    std::int64_t number = 0;
    for (const std::chrono::milliseconds pause : kLooksAfterAcceptance) {
        if (pause.count() > 0) co_await context.clock.sleep_for(pause);
        const sidecar::LookupOutcome found = co_await context.sidecar.look_up(id);
        const auto* run = std::get_if<TaskRun>(&found);
        if (run == nullptr) break;
        number = run->run;
        if (run->status == RunStatus::Completed) co_return plan::Complete{};
        if (run->status == RunStatus::Failed) {
            if (was_cancelled(*run)) break;
            co_return plan::Failed{failure_text(*run, id), number};
        }
    }
    co_return running(type, resubmitted, number);
}

/// What the newest run of the task says: an outcome, or nothing when a new run has to be started.
std::optional<TaskOutcome> outcome_of(const TaskRun& run, const api::PlannedTask& task, TaskType type) {
    switch (run.status) {
        case RunStatus::Completed:
            return plan::Complete{};
        case RunStatus::Running:
            if (plan::ends_when_accepted(type)) return plan::Complete{};
            return running(type, false, run.run);
        case RunStatus::Failed:
            break;
    }
    // A newer run than the one that the retry was granted for: its acceptance was not stored, but it counts.
    const bool is_newer = task.run > 0 && run.run > task.run;
    const bool is_earlier_run = !task.submittedAt && task.retryCount > 0 && !is_newer;
    if (is_earlier_run) return std::nullopt;
    if (was_cancelled(run) && plan::repeatable(type) == plan::Repeatable::Yes) return std::nullopt;
    return plan::Failed{failure_text(run, task.id), run.run};
}

/// A task that is Failed in a plan that is not: it is not begun again, only asked for (spec 04 §4.2).
TaskOutcome outcome_of_failed(const sidecar::LookupOutcome& found, const api::PlannedTask& task, TaskType type) {
    if (const auto* unavailable = std::get_if<Unavailable>(&found)) return no_answer(*unavailable);
    const auto* run = std::get_if<TaskRun>(&found);
    if (run != nullptr && run->status == RunStatus::Completed) return plan::Complete{};
    if (run != nullptr && run->status == RunStatus::Running) return running(type, false, run->run);
    if (run != nullptr && !run->error.empty()) return plan::Terminal{run->error};
    return plan::Terminal{task.error};
}

/// A sidecar that was started anew goes on with what it was at, whichever plan that was of (spec 04 §8.6): a task that
/// works on the same files is not begun beside it. Nullopt: nothing is in the way.
kube::Async<std::optional<TaskOutcome>> earlier_task(TaskContext& context, const api::PlannedTask& task) {
    for (const std::string& id : task.afterTasks) {
        const sidecar::LookupOutcome found = co_await look_up(context, id, false);
        if (const auto* unavailable = std::get_if<Unavailable>(&found)) co_return no_answer(*unavailable);
        const auto* run = std::get_if<TaskRun>(&found);
        if (run == nullptr || run->status != RunStatus::Running) {
            auto& tasks = context.status.plan->tasks;
            const auto stored = std::ranges::find(tasks, task.id, &api::PlannedTask::id);
            if (stored != tasks.end()) std::erase(stored->afterTasks, id);
            continue;
        }
        co_return plan::Transient{.error = "the sidecar is still at task " + id + " of an earlier plan"};
    }
    co_return std::nullopt;
}

/// A volume that another node had has its sidecar's store on it. One that is imported comes with the initial plan or,
/// for a node that ran without it, with an update; one that was retained with the initial plan alone.
bool may_be_at_task_of_others(const TaskContext& context, const api::TaskPlan& plan) {
    if (!api::imported_pvc_name(context.node->spec).empty()) return true;
    if (plan::kind_of(plan) != plan::PlanKind::Init) return false;
    const auto claim = context.observed.data_volume_claim();
    return claim && (*claim)->metadata.creationTimestamp < context.node->metadata.creationTimestamp;
}

bool works_on_volume(const sidecar::TaskAtWork& task) {
    const auto type = plan::parse_task_type(task.type);
    return type && plan::runner_of(*type) == plan::TaskRunner::Sidecar && !plan::ends_when_accepted(*type);
}

/// The same of what the sidecar was at for another node, which no plan of this one knows.
kube::Async<std::optional<TaskOutcome>> task_of_other_node(TaskContext& context) {
    if (!context.status.plan) co_return std::nullopt;  // a fleet asks a sidecar of its nodes
    const api::TaskPlan& plan = *context.status.plan;
    if (!may_be_at_task_of_others(context, plan)) co_return std::nullopt;
    if (planted::has(planted::Bug::EarlierNodeForgotten)) co_return std::nullopt;
    const sidecar::AtWorkOutcome at_work = co_await context.sidecar.tasks_at_work();
    if (!at_work) co_return no_answer(at_work.error());
    for (const sidecar::TaskAtWork& task : *at_work) {
        const bool is_own = std::ranges::find(plan.tasks, task.id, &api::PlannedTask::id) != plan.tasks.end();
        if (is_own || !works_on_volume(task)) continue;
        co_return plan::Transient{
            .error = "the sidecar is still at task " + task.id + " (" + task.type + ") of an earlier node"
        };
    }
    co_return std::nullopt;
}

}  // namespace

bool was_submitted(const TaskContext& context, const api::PlannedTask& task) {
    return task.submittedAt || (context.memory.submitted && context.memory.submitted->task == task.id);
}

kube::Async<sidecar::LookupOutcome> look_up(TaskContext& context, std::string id, bool is_known) {
    sidecar::LookupOutcome found = co_await context.sidecar.look_up(id);
    if (std::holds_alternative<UnknownTask>(found) && is_known) {
        co_await context.clock.sleep_for(kSecondLookAfter);
        found = co_await context.sidecar.look_up(std::move(id));
    }
    co_return found;
}

kube::Async<std::optional<TaskOutcome>> find_sidecar_task(TaskContext& context, api::PlannedTask task, TaskType type) {
    const sidecar::LookupOutcome found = co_await look_up(context, task.id, task.submittedAt.has_value());
    if (task.status == api::TaskStatus::Failed) co_return outcome_of_failed(found, task, type);
    if (const auto* unavailable = std::get_if<Unavailable>(&found)) co_return no_answer(*unavailable);
    if (const auto* run = std::get_if<TaskRun>(&found)) {
        std::optional<TaskOutcome> outcome = outcome_of(*run, task, type);
        if (planted::has(planted::Bug::SubmittedOnEveryPoll) && run->status == RunStatus::Running) outcome.reset();
        co_return outcome;
    }
    if (task.submittedAt && plan::repeatable(type) == plan::Repeatable::No) {
        co_return plan::Terminal{
            "undetermined: the sidecar accepted task " + task.id +
            " and does not know it any more; check by hand whether " + task.type + " took effect before repeating it"
        };
    }
    co_return std::nullopt;
}

kube::Async<TaskOutcome> begin_sidecar_task(
    TaskContext& context, api::PlannedTask task, TaskType type, WireParams params
) {
    if (!params) co_return plan::Terminal{params.error()};
    if (auto wait = co_await earlier_task(context, task)) co_return std::move(*wait);
    if (auto wait = co_await task_of_other_node(context)) co_return std::move(*wait);
    // Where a sidecar has forgotten a task nothing else tells an old view: the plan may have gone on, and the task
    // would run beside what it is at.
    const bool was_forgotten = task.submittedAt.has_value();
    if ((was_forgotten || plan::repeatable(type) == plan::Repeatable::No) && !co_await context.is_still_due(task.id)) {
        co_return plan::Transient{.error = "the plan has gone on: " + task.type + " is not known to be due"};
    }
    co_return co_await submit(context, std::move(task), type, std::move(*params));
}

kube::Async<TaskOutcome> run_sidecar_task(
    TaskContext& context, api::PlannedTask task, TaskType type, WireParams params
) {
    if (!params) co_return plan::Terminal{params.error()};
    if (auto outcome = co_await find_sidecar_task(context, task, type)) co_return std::move(*outcome);
    co_return co_await begin_sidecar_task(context, std::move(task), type, std::move(params));
}

}  // namespace sei::tasks
