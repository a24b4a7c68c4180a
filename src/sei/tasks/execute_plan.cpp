#include "sei/tasks/execute_plan.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "kube/client/api_error.hpp"
#include "kube/meta/time.hpp"
#include "sei/api/conditions.hpp"
#include "sei/api/node_queries.hpp"
#include "sei/plan/peer_sources.hpp"
#include "sei/plan/progress.hpp"
#include "sei/plan/task_type.hpp"
#include "sei/tasks/attempts.hpp"
#include "sei/tasks/bootstrap.hpp"
#include "sei/tasks/stored_params.hpp"
#include "sei/tasks/task_registry.hpp"

namespace sei::tasks {
namespace {

using std::chrono::milliseconds;

/// A watched end needs no polling; this is for an event that got lost.
constexpr milliseconds kWatchedDelay{10'000};

/// An update that the pods do not show for so long has a reason of its own (spec 08 3.6); it goes on.
constexpr std::chrono::minutes kProgressDeadline{10};

/// Told while the update goes on: its start is the stored time of the wait, which one target keeps.
void note_progress(TaskContext& context, const api::PlannedTask& task, const plan::Running& running) {
    if (task.type != plan::to_wire(plan::TaskType::ObserveImage) || !task.submittedAt) return;
    if (context.clock.now() - task.submittedAt->at < kProgressDeadline) return;
    note_task_trouble(
        context.memory,
        context.clock.monotonic(),
        task.id,
        api::reason::kProgressDeadlineExceeded,
        "the update to image " + context.node->spec.image + " has made no progress for " +
            std::to_string(kProgressDeadline.count()) + " minutes: it waits for " + running.waits_for,
        true
    );
}

/// Is it done when people have provided something? Then it waits without limit (spec 04 §7).
bool waits_for_people(const api::PlannedTask& task) {
    const auto type = plan::parse_task_type(task.type);
    return type && !plan::time_limit(*type);
}

/// When to look again, and what the operator remembers for it.
struct NextLook {
    TaskContext& context;
    api::PlannedTask& task;

    PlanWaits operator()(const plan::Running& running) const {
        NodeMemory& memory = context.memory;
        memory.trouble.reset();
        plan::set_deadline(task, kube::Time::of(context.clock.now()));
        note_progress(context, task, running);
        if (memory.polled_task != task.id) {
            memory.polled_task = task.id;
            memory.polls = 0;
        }
        if (running.watched == plan::Running::Watched::Yes) return {kWatchedDelay, running.waits_for};
        ++memory.polls;
        return {waits_for_people(task) ? provision_delay(memory.polls) : poll_delay(memory.polls), running.waits_for};
    }
    PlanWaits operator()(const plan::Transient& transient) const {
        note_failed_attempt(context.memory, context.clock, task, transient);
        const Trouble& trouble = *context.memory.trouble;
        return {attempt_delay(trouble.attempts, context.clock.monotonic() - trouble.since), trouble.error};
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

/// What has to be stored before the task; empty: nothing. The teardown removes the only witness of a bootstrap's
/// success (spec 08 4.4), and that an import was granted keeps others from the claim.
std::string_view waits_for_write(const TaskContext& context, const api::PlannedTask& task) {
    const bool makes_pods = task.type == plan::to_wire(plan::TaskType::ApplyStatefulSet) ||
                            task.type == plan::to_wire(plan::TaskType::DeployBootstrapJob);
    if (makes_pods && !api::was_granted_import(*context.node) &&
        kube::is_condition_true(context.status.conditions, api::node_condition::kImportPvcReady)) {
        return "the claim to be stored as granted";
    }
    if (task.type != plan::to_wire(plan::TaskType::TeardownBootstrap)) return {};
    if (plan::find_task(*context.status.plan, plan::TaskType::AwaitBootstrapComplete) == nullptr) return {};
    const std::optional<api::TaskPlan>& stored = context.node->status.plan;
    const bool is_stored = stored && stored->id == context.status.plan->id &&
                           plan::has_completed(*stored, plan::TaskType::AwaitBootstrapComplete);
    return is_stored ? std::string_view{} : "the success of the bootstrap to be stored";
}

/// The condition that tells of a task without time left outlives its plan.
void note_lateness(TaskContext& context, const api::PlannedTask& task, const plan::TaskOutcome& outcome) {
    Trouble& trouble = note_task_trouble(
        context.memory,
        context.clock.monotonic(),
        task.id,
        api::reason::kTaskDeadlineExceeded,
        "task " + task.type + ": " + std::get<plan::Terminal>(outcome).error,
        true
    );
    trouble.outlives_task = true;
}

/// What the sidecar was given is what later updates are compared with (spec 08 7.1).
void note_configuration(TaskContext& context, const api::PlannedTask& task) {
    std::optional<api::AppliedConfig>& known = context.status.appliedConfig;
    const auto type = plan::parse_task_type(task.type);
    const api::NodeSpec& spec = context.node->spec;
    const bool is_ceremony = api::is_genesis_validator(spec);
    if (known && type == plan::TaskType::DiscoverPeers) {
        api::SeiNode node = *context.node;
        node.status = context.status;
        // Whom a label stands for is no matter of the spec: parameters of when it stood for nobody are current, too.
        const bool is_current = plan::names_sources_but_labels(task.params, node);
        // Without sources nothing is looked up, and the node keeps the peers that it has.
        if (is_current && spec.peers.empty()) return;
        known->peers = is_current ? plan::peers_digest(spec.peers) : std::string{plan::kUnknownPeers};
        known->unvalidated = true;
    }
    if (known && type == plan::TaskType::SetGenesisPeers) known->peers.clear();
    if (known && type == plan::TaskType::ConfigValidate) known->unvalidated = false;
    if (type != plan::TaskType::ConfigApply) return;
    const StoredParams params{task.params};
    api::AppliedConfig applied{.mode = params.text("mode"), .unvalidated = true};
    if (known && params.boolean("incremental")) {
        applied.peers = known->peers;
    } else if (is_ceremony || !spec.peers.empty()) {
        applied.peers = plan::kNoPeersYet;
    }
    for (const auto& member : params.object("overrides")) {
        if (member.value().is_string()) applied.overrides[std::string{member.key()}] = member.value().as_string();
    }
    known = std::move(applied);
}

}  // namespace

kube::Async<PlanExecution> execute_plan(TaskContext& context) {
    api::TaskPlan& plan = *context.status.plan;
    std::optional<plan::TaskOutcome> lost;
    if (plan::current_task(plan) && plan::is_bootstrapping(context.status.plan)) lost = co_await look_after(context);
    while (const auto index = plan::current_task(plan)) {
        api::PlannedTask& task = plan.tasks[*index];
        const kube::Time now = kube::Time::of(context.clock.now());
        if (const milliseconds left = plan::time_to_retry(task, now); left.count() > 0) {
            co_return PlanWaits{left, "the next attempt at " + task.type};
        }
        if (const std::string_view what = waits_for_write(context, task); !what.empty()) {
            co_return PlanWaits{milliseconds{0}, std::string{what}};
        }
        remember_trouble(context.memory, context.clock, task);
        const bool is_lost = lost.has_value();
        plan::TaskOutcome outcome = is_lost ? *std::exchange(lost, std::nullopt) : co_await run_task(context, task);
        const bool is_late = end_when_late(context.memory, context.clock, task, outcome);
        if (is_late) note_lateness(context, task, outcome);
        const plan::Recorded recorded = plan::record(outcome, plan, *index, kube::Time::of(context.clock.now()));
        switch (recorded.advance) {
            case plan::Advance::NextTask:
                context.memory.trouble.reset();
                note_configuration(context, task);
                if (is_lost) lost = co_await look_after(context);  // it was about the task that was due
                break;
            case plan::Advance::Wait:
                co_return std::visit(NextLook{context, task}, outcome);
            case plan::Advance::Retry: {
                plan::set_deadline(task, now);
                PlanWaits waits = std::visit(NextLook{context, task}, outcome);
                waits.delay = recorded.retry_after;
                co_return waits;
            }
            case plan::Advance::PlanFailed:
                if (!is_late) context.memory.trouble.reset();
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
