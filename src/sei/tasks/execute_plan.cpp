#include "sei/tasks/execute_plan.hpp"

#include <utility>

#include "kube/client/api_error.hpp"
#include "kube/meta/time.hpp"
#include "sei/api/conditions.hpp"
#include "sei/plan/progress.hpp"
#include "sei/tasks/bootstrap.hpp"
#include "sei/tasks/task_registry.hpp"

namespace sei::tasks {
namespace {

using std::chrono::milliseconds;

/// A watched end needs no polling; this is for an event that got lost.
constexpr milliseconds kWatchedDelay{10'000};

/// How long until a granted retry may start; zero when it may.
milliseconds time_to_retry(const TaskContext& context, const api::PlannedTask& task) {
    if (context.memory.retry_task != task.id) return milliseconds{0};
    const auto left = context.memory.retry_not_before - context.clock.monotonic();
    return std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(left));
}

/// When to look again, and what the operator remembers for it.
struct NextLook {
    TaskContext& context;
    const api::PlannedTask& task;

    PlanWaits operator()(const plan::Running& running) const {
        NodeMemory& memory = context.memory;
        memory.trouble.reset();
        if (memory.polled_task != task.id) {
            memory.polled_task = task.id;
            memory.polls = 0;
        }
        const bool is_watched = running.watched == plan::Running::Watched::Yes;
        return {is_watched ? kWatchedDelay : poll_delay(++memory.polls), running.waits_for};
    }
    PlanWaits operator()(const plan::Transient& transient) const {
        const kube::MonotonicTime now = context.clock.monotonic();
        note_trouble(
            context.memory,
            now,
            task.id,
            api::reason::kTaskNotProgressing,
            "task " + task.type + ": " + transient.error,
            transient.report_at_once
        );
        context.memory.trouble->is_about_task = true;
        const Trouble& trouble = *context.memory.trouble;
        return {attempt_delay(trouble.attempts, now - trouble.since), trouble.error};
    }
    PlanWaits operator()(const plan::Complete&) const { return {}; }
    PlanWaits operator()(const plan::Failed& failed) const { return {{}, task.type + " failed: " + failed.error}; }
    PlanWaits operator()(const plan::Terminal&) const { return {}; }
    PlanWaits operator()(const plan::StartOver&) const { return {}; }
};

/// A bootstrap that is lost is what becomes of the task that is due; that nothing could be read says nothing.
kube::Async<std::optional<plan::TaskOutcome>> look_after(TaskContext& context) {
    try {
        co_return co_await lost_bootstrap(context);
    } catch (const kube::ApiError&) {
        co_return std::nullopt;
    } catch (const kube::TransportError&) {
        co_return std::nullopt;
    }
}

}  // namespace

kube::Async<PlanExecution> execute_plan(TaskContext& context) {
    api::TaskPlan& plan = *context.status.plan;
    std::optional<plan::TaskOutcome> lost;
    if (plan::current_task(plan) && plan::is_bootstrapping(context.status.plan)) lost = co_await look_after(context);
    while (const auto index = plan::current_task(plan)) {
        if (const milliseconds left = time_to_retry(context, plan.tasks[*index]); left.count() > 0) {
            co_return PlanWaits{left, "the next attempt at " + plan.tasks[*index].type};
        }
        const plan::TaskOutcome outcome = lost ? *lost : co_await run_task(context, plan.tasks[*index]);
        lost.reset();  // it was about the task that was due
        const kube::Time now = kube::Time::of(context.clock.now());
        const plan::Recorded recorded = plan::record(outcome, plan, *index, now);
        switch (recorded.advance) {
            case plan::Advance::NextTask:
                context.memory.trouble.reset();
                break;
            case plan::Advance::Wait:
                co_return std::visit(NextLook{context, plan.tasks[*index]}, outcome);
            case plan::Advance::Retry: {
                PlanWaits waits = std::visit(NextLook{context, plan.tasks[*index]}, outcome);
                waits.delay = recorded.retry_after;
                context.memory.retry_task = plan.tasks[*index].id;
                context.memory.retry_not_before = context.clock.monotonic() + recorded.retry_after;
                co_return waits;
            }
            case plan::Advance::PlanFailed:
                context.memory.trouble.reset();
                plan::fail(context.status, now);
                co_return PlanFailed{};
            case plan::Advance::StartOver:
                context.memory.trouble.reset();
                co_return PlanStartsOver{std::get<plan::StartOver>(outcome).why};
        }
    }
    plan::complete(context.status, kube::Time::of(context.clock.now()));
    co_return PlanCompleted{};
}

}  // namespace sei::tasks
