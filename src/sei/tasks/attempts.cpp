#include "sei/tasks/attempts.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "kube/meta/time.hpp"
#include "sei/api/conditions.hpp"
#include "sei/plan/progress.hpp"
#include "sei/plan/task_type.hpp"

namespace sei::tasks {
namespace {

void store_trouble(const Trouble& trouble, const kube::Clock& clock, api::PlannedTask& task, const std::string& error) {
    const auto age = clock.monotonic() - trouble.since;
    if (!trouble.report_at_once && age < kTroubleAgeToStore) return;
    const auto attempts = static_cast<std::int32_t>(trouble.attempts);
    if (task.attempts > 0 && task.lastError == error && attempts < 2 * task.attempts) return;
    const kube::Time now = kube::Time::of(clock.now());
    plan::note_attempt(task, attempts, error, now);
    plan::set_deadline(task, kube::Time{now.at - std::chrono::duration_cast<std::chrono::seconds>(age)});
}

bool has_asked_long_enough(const NodeMemory& memory, const kube::Clock& clock, const api::PlannedTask& task) {
    return memory.trouble && memory.trouble->subject == task.id &&
           clock.monotonic() - memory.trouble->tried_since >= kLateTaskPatience;
}

}  // namespace

void remember_trouble(NodeMemory& memory, const kube::Clock& clock, const api::PlannedTask& task) {
    if (memory.trouble || task.attempts == 0 || !task.lastAttemptAt) return;
    const auto type = plan::parse_task_type(task.type);
    const auto limit = type ? plan::time_limit(*type) : std::nullopt;
    const kube::Time now = kube::Time::of(clock.now());
    const auto age = task.deadline && limit ? now.at - (task.deadline->at - *limit) : now.at - task.lastAttemptAt->at;
    memory.trouble = Trouble{
        .subject = task.id,
        .attempts = static_cast<unsigned>(task.attempts),
        .since = clock.monotonic() - std::max<std::chrono::seconds>(age, kTroubleAgeToStore),
        .tried_since = clock.monotonic(),
        .reason = std::string{api::reason::kTaskNotProgressing},
        .error = "task " + task.type + ": " + task.lastError
    };
}

void note_failed_attempt(
    NodeMemory& memory, const kube::Clock& clock, api::PlannedTask& task, const plan::Transient& transient
) {
    const Trouble& trouble = note_task_trouble(
        memory,
        clock.monotonic(),
        task.id,
        api::reason::kTaskNotProgressing,
        "task " + task.type + ": " + transient.error,
        transient.report_at_once
    );
    store_trouble(trouble, clock, task, transient.error);
}

bool end_when_late(
    const NodeMemory& memory, const kube::Clock& clock, const api::PlannedTask& task, plan::TaskOutcome& outcome
) {
    const auto* transient = std::get_if<plan::Transient>(&outcome);
    if (transient == nullptr && !std::holds_alternative<plan::Running>(outcome)) return false;
    if (transient != nullptr && !has_asked_long_enough(memory, clock, task)) return false;
    api::PlannedTask seen = task;
    if (transient != nullptr) seen.lastError = transient->error;
    std::optional<std::string> error = plan::deadline_error(seen, kube::Time::of(clock.now()));
    if (!error) return false;
    outcome = plan::Terminal{*std::move(error)};
    return true;
}

}  // namespace sei::tasks
