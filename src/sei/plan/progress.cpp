#include "sei/plan/progress.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

namespace sei::plan {
namespace {

Recorded fail_task(api::TaskPlan& plan, std::size_t index, const std::string& error) {
    api::PlannedTask& task = plan.tasks[index];
    task.status = api::TaskStatus::Failed;
    task.error = error.empty() ? "unknown error" : error;
    plan.phase = api::PlanPhase::Failed;
    plan.failedTaskIndex = static_cast<std::int32_t>(index);
    plan.failedTaskDetail = api::FailedTaskInfo{
        .type = task.type,
        .id = task.id,
        .error = task.error,
        .retryCount = task.retryCount,
        .maxRetries = task.maxRetries,
    };
    return {Advance::PlanFailed, {}};
}

/// What is of interest only while the task is not done.
void forget_attempts(api::PlannedTask& task) {
    task.attempts = 0;
    task.lastError.clear();
    task.lastAttemptAt.reset();
    task.notBefore.reset();
}

struct Recorder {
    api::TaskPlan& plan;
    std::size_t index;
    kube::Time now;

    [[nodiscard]] api::PlannedTask& task() const { return plan.tasks[index]; }

    Recorded operator()(const Complete&) const {
        if (!task().submittedAt) task().submittedAt = now;
        task().afterTasks.clear();
        task().status = api::TaskStatus::Complete;
        forget_attempts(task());
        task().run = 0;
        task().deadline.reset();
        return {Advance::NextTask, {}};
    }
    Recorded operator()(const Running& running) const {
        if (!task().submittedAt || running.resubmitted) task().submittedAt = now;
        if (running.run > 0) task().run = running.run;
        task().afterTasks.clear();
        task().attempts = 0;
        task().notBefore.reset();
        if (task().retryCount == 0) forget_attempts(task());  // else what the retry was for stays visible
        return {Advance::Wait, {}};
    }
    Recorded operator()(const Failed& failed) const {
        if (task().retryCount >= task().maxRetries) return fail_task(plan, index, failed.error);
        task().retryCount += 1;
        task().submittedAt.reset();
        task().error.clear();
        const std::chrono::seconds delay = retry_delay(task().retryCount);
        task().run = std::max(task().run, failed.run);
        task().attempts = 0;
        task().lastError = failed.error;
        task().lastAttemptAt = now;
        task().notBefore = kube::Time{now.at + delay};
        return {Advance::Retry, delay};
    }
    Recorded operator()(const Terminal& terminal) const { return fail_task(plan, index, terminal.error); }
    Recorded operator()(const Transient&) const { return {Advance::Wait, {}}; }
    Recorded operator()(const StartOver&) const { return {Advance::StartOver, {}}; }
};

}  // namespace

bool is_active(const std::optional<api::TaskPlan>& plan) {
    return plan && plan->phase == api::PlanPhase::Active;
}

std::optional<std::size_t> current_task(const api::TaskPlan& plan) {
    for (std::size_t i = 0; i < plan.tasks.size(); ++i) {
        if (plan.tasks[i].status != api::TaskStatus::Complete) return i;
    }
    return std::nullopt;
}

const api::PlannedTask* find_task(const api::TaskPlan& plan, TaskType type) {
    const auto found = std::ranges::find(plan.tasks, to_wire(type), &api::PlannedTask::type);
    return found == plan.tasks.end() ? nullptr : &*found;
}

bool has_completed(const api::TaskPlan& plan, TaskType type) {
    const api::PlannedTask* task = find_task(plan, type);
    return task != nullptr && task->status == api::TaskStatus::Complete;
}

bool is_bootstrapping(const std::optional<api::TaskPlan>& plan) {
    return is_active(plan) && has_bootstrap_left(plan);
}

bool has_bootstrap_left(const std::optional<api::TaskPlan>& plan) {
    return plan && find_task(*plan, TaskType::TeardownBootstrap) != nullptr &&
           !has_completed(*plan, TaskType::TeardownBootstrap);
}

Recorded record(const TaskOutcome& outcome, api::TaskPlan& plan, std::size_t index, kube::Time now) {
    return std::visit(Recorder{plan, index, now}, outcome);
}

void stop_clock(std::optional<api::TaskPlan>& plan) {
    if (!is_active(plan)) return;
    if (const auto current = current_task(*plan)) plan->tasks[*current].deadline.reset();
}

void wait_for_tasks_of(const api::TaskPlan& left, api::TaskPlan& next) {
    const auto is_of_sidecar = [](const api::PlannedTask& task) {
        const auto type = parse_task_type(task.type);
        return type && runner_of(*type) == TaskRunner::Sidecar && !ends_when_accepted(*type);
    };
    // One that is kept from an earlier plan is done.
    const auto first = std::ranges::find_if(next.tasks, [&](const api::PlannedTask& task) {
        return task.status == api::TaskStatus::Pending && is_of_sidecar(task);
    });
    if (first == next.tasks.end()) return;
    // What it waited for itself goes on to be waited for.
    for (const api::PlannedTask& task : left.tasks) {
        if (task.status != api::TaskStatus::Complete)
            std::ranges::copy(task.afterTasks, back_inserter(first->afterTasks));
    }
    // Also tasks that are not known to have been accepted: the write that says so, and that those before them are
    // done, may have been lost. Those after one that failed, too: a lost bootstrap fails the one that is stored as due.
    for (const api::PlannedTask& task : left.tasks) {
        if (task.status != api::TaskStatus::Complete && is_of_sidecar(task)) first->afterTasks.push_back(task.id);
    }
}

void note_attempt(api::PlannedTask& task, std::int32_t attempts, std::string error, kube::Time now) {
    task.attempts = attempts;
    task.lastError = std::move(error);
    task.lastAttemptAt = now;
}

void set_deadline(api::PlannedTask& task, kube::Time since) {
    if (task.deadline) return;
    const auto type = parse_task_type(task.type);
    if (!type) return;
    if (const auto limit = time_limit(*type)) task.deadline = kube::Time{since.at + *limit};
}

std::optional<std::string> deadline_error(const api::PlannedTask& task, kube::Time now) {
    const auto type = parse_task_type(task.type);
    if (!type || !task.deadline || now < *task.deadline) return std::nullopt;
    const auto limit = time_limit(*type);
    if (!limit) return std::nullopt;
    std::string text = "deadline exceeded: not complete within " + std::to_string(limit->count()) + " hours";
    if (task.submittedAt && runner_of(*type) == TaskRunner::Sidecar) text += "; the sidecar may still be at it";
    if (!task.lastError.empty()) text += "; last error: " + task.lastError;
    return text;
}

std::chrono::seconds time_until(
    const std::optional<kube::Time>& not_before, kube::Time now, std::chrono::seconds longest_pause
) {
    if (!not_before || *not_before <= now) return std::chrono::seconds{0};
    const std::chrono::seconds left = not_before->at - now.at;
    return left > longest_pause ? std::chrono::seconds{0} : left;
}

std::chrono::seconds time_to_retry(const api::PlannedTask& task, kube::Time now) {
    return time_until(task.notBefore, now, retry_delay(task.maxRetries));
}

void complete(api::SeiNodeStatus& status, kube::Time now) {
    status.plan->phase = api::PlanPhase::Complete;
    if (status.plan->targetPhase) set_phase(status, *status.plan->targetPhase, now);
}

void fail(api::SeiNodeStatus& status, kube::Time now) {
    if (status.plan->failedPhase) set_phase(status, *status.plan->failedPhase, now);
}

void set_phase(api::SeiNodeStatus& status, api::NodePhase phase, kube::Time now) {
    if (status.phase == phase) return;
    status.phase = phase;
    status.phaseTransitionTime = now;
}

bool is_mere_progress(const api::SeiNodeStatus& stored, const api::SeiNodeStatus& now) {
    if (!stored.plan || !now.plan || stored.plan->tasks.size() != now.plan->tasks.size()) return false;
    api::SeiNodeStatus as_stored = now;
    for (std::size_t i = 0; i < now.plan->tasks.size(); ++i) {
        const api::PlannedTask& before = stored.plan->tasks[i];
        api::PlannedTask& task = as_stored.plan->tasks[i];
        const auto type = parse_task_type(task.type);
        if (!type || runner_of(*type) != TaskRunner::Operator || task.status == api::TaskStatus::Failed) continue;
        task.status = before.status;
        task.submittedAt = before.submittedAt;
        task.deadline = before.deadline;
    }
    return as_stored == stored;
}

}  // namespace sei::plan
