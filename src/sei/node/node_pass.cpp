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
#include "sei/plan/new_node_problem.hpp"
#include "sei/plan/progress.hpp"
#include "sei/plan/spec_problem.hpp"
#include "sei/plan/task_type.hpp"
#include "sei/resources/sidecar_image.hpp"
#include "sei/tasks/execute_plan.hpp"
#include "sei/tasks/owned_objects.hpp"
#include "sei/tasks/pod_deletion.hpp"
#include "sei/tasks/rollout.hpp"
#include "sei/tasks/sidecar_task.hpp"
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
/// A pod that is starting gets its reasons from the passing of time, too.
constexpr milliseconds kStartingPodPoll{5'000};
/// A sidecar that is to apply a configuration may be away for so long before the next pod's is to do it.
constexpr std::chrono::seconds kSidecarPatience{60};
/// Stored as the last error of a task that a changed spec waits for: a restart of the operator does not forget it.
constexpr std::string_view kSpecWaits =
    "the spec has changed: a plan for it begins when the sidecar has ended this task";

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
    if (spec_changed) context_.memory.is_plan_questioned = true;
    if (spec_changed || is_retry_requested()) forgive_failed_update();
    if (spec_changed) context_.memory.are_peers_unreachable = false;
    conditions_.set_pod_ready(pod_health());
    // A pause scales a failed node down, too (spec 02 §25, D27): it says that nothing of the node is to run.
    if (context_.status.phase == api::NodePhase::Failed && !node.spec.paused) {
        if (!(spec_changed || is_retry_requested() || is_failure_of_earlier_spec()))
            co_return Requeue::on_change("a changed spec: the node has failed");
        // A new attempt with the same data (spec 08 2.3). The failed plan stays until the new one is there: it tells
        // what it left behind.
        plan::set_phase(context_.status, api::NodePhase::Initializing, now());
    }
    if (auto wait = co_await keep_workload()) co_return std::move(*wait);
    if (node.spec.paused) {
        plan::stop_clock(context_.status.plan);
        co_return Requeue::on_change("spec.paused to be false");
    }

    context_.status.resolvedPeers = resolve_peers(node, caches_.nodes);
    if (auto wait = co_await keep_claim()) co_return std::move(*wait);
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

std::optional<tasks::PodHealth> NodePass::pod_health() const {
    auto health = tasks::pod_health(context_.observed.pods(), context_.observed.data_volume_claim(), now());
    if (!health || health->reason != api::reason::kNotReady) return health;
    const bool waits_for_gate = context_.status.phase != api::NodePhase::Running ||
                                (plan::is_active(context_.status.plan) &&
                                 plan::find_task(*context_.status.plan, plan::TaskType::MarkReady) != nullptr);
    if (waits_for_gate) {
        health->reason = api::reason::kGateClosed;
        health->message = "seid starts when the tasks of its sidecar are done";
        health->is_problem = false;
    } else if (api::is_halted_by_intention(context_.node->spec)) {
        health->reason = api::reason::kHaltedByIntention;
        health->message += ", as one that was told to halt";
        health->is_problem = false;
    }
    return health;
}

bool NodePass::gets_nowhere(const kube::Snapshot<kube::Pod>& pod) const {
    const auto health = tasks::pod_health({pod}, context_.observed.data_volume_claim(), now());
    return health && health->is_problem && health->reason != api::reason::kNotReady;
}

std::vector<kube::Snapshot<kube::Pod>> NodePass::outdated_pods() const {
    if (!context_.live_stateful_set) return {};
    std::vector<kube::Snapshot<kube::Pod>> pods = context_.observed.pods();
    const auto& applied = context_.memory.applied;
    const bool waits_for_import = !api::imported_pvc_name(context_.node->spec).empty() && applied &&
                                  applied->claim != api::data_pvc_key(*context_.node).name;
    if (!waits_for_import) return tasks::observe_rollout(*context_.live_stateful_set, pods).outdated;
    std::erase_if(pods, [](const auto& pod) { return pod->metadata.deletionTimestamp.has_value(); });
    return pods;
}

bool NodePass::is_stuck_pod_outdated() const {
    return std::ranges::any_of(outdated_pods(), [&](const auto& pod) { return gets_nowhere(pod); });
}

kube::Async<> NodePass::replace_outdated_pods_while_initializing() {
    if (context_.status.phase != api::NodePhase::Initializing || !context_.live_stateful_set) co_return;
    tasks::Rollout rollout = tasks::observe_rollout(*context_.live_stateful_set, context_.observed.pods());
    if (rollout.state != tasks::Rollout::State::PodsOutdated) co_return;
    // What a sidecar does may have taken hours: only a pod that gets nowhere goes.
    std::erase_if(rollout.outdated, [&](const auto& pod) {
        return tasks::is_sidecar_running(*pod) && !gets_nowhere(pod);
    });
    if (rollout.outdated.empty() || co_await tasks::reason_to_keep_pod(context_)) co_return;
    co_await tasks::delete_outdated_pods(context_, std::move(rollout.outdated));
}

void NodePass::observe_unrecorded_image(tasks::PodIsKnown known) {
    if (!is_running() || !context_.status.currentImage.empty() || plan::is_active(context_.status.plan)) return;
    if (!context_.live_stateful_set) return;
    context_.status.currentImage = tasks::running_image(*context_.live_stateful_set, context_.observed.pods(), known);
}

void NodePass::adopt_configuration() {
    if (!is_running() || context_.status.appliedConfig || plan::is_active(context_.status.plan)) return;
    plan::ConfigIntent intent = plan::config_intent(working_copy());
    context_.status.appliedConfig = api::AppliedConfig{
        .mode = std::move(intent.mode),
        .overrides = std::move(intent.overrides),
        .peers = api::is_genesis_validator(context_.node->spec) ? std::string{}
                                                                : plan::peers_digest(context_.node->spec.peers),
    };
}

kube::Async<std::optional<Requeue>> NodePass::keep_claim() {
    constexpr std::string_view kSubject = "claim";
    const api::SeiNode& node = *context_.node;
    const auto cached = context_.observed.data_volume_claim();
    const bool is_there = cached && !(*cached)->metadata.deletionTimestamp;
    const auto forget = [&] { tasks::forget_trouble(context_.memory, kSubject); };
    const bool had_claim =
        is_running() || (context_.status.phase == api::NodePhase::Initializing && context_.status.plan &&
                         plan::has_completed(*context_.status.plan, plan::TaskType::EnsureDataPvc));
    if (is_there || !had_claim || !api::imported_pvc_name(node.spec).empty()) {
        forget();
        co_return std::nullopt;
    }
    const auto note = [&](const std::string& what) {
        tasks::note_trouble(
            context_.memory,
            context_.clock.monotonic(),
            kSubject,
            api::reason::kDataVolumeMissing,
            "claim " + api::data_pvc_key(node).name + " " + what,
            true
        );
    };
    const auto live = co_await context_.client.get<kube::PersistentVolumeClaim>(api::data_pvc_key(node));
    if (live && !(*live)->metadata.deletionTimestamp) {
        forget();
        co_return std::nullopt;
    }
    const bool is_to_be_asked_for = node.spec.validator && !is_running() && !is_retry_requested();
    const auto wait = [&]() -> std::optional<Requeue> {
        if (!is_to_be_asked_for) return std::nullopt;
        return Requeue::after(kWorkloadPoll, "the data claim, or somebody to ask for an empty one");
    };
    if (live) {
        note("is being deleted, and the data go with the node's pod");
        co_return wait();
    }
    // Without a pod that waits for it nothing shows that there ever was a claim.
    const auto pods = context_.observed.pods();
    const bool is_missed = std::ranges::any_of(pods, [](const auto& pod) { return pod->status.phase == "Pending"; }) &&
                           std::ranges::none_of(pods, [](const auto& pod) { return pod->status.phase == "Running"; });
    if (!is_missed) {
        forget();
        co_return std::nullopt;
    }
    if (node.spec.validator && !is_retry_requested()) {
        note(
            "is gone, and with it what keeps a validator from signing twice: bring it back, or annotate the node "
            "with " +
            std::string{api::kRetryAnnotation} + " to begin anew with an empty one"
        );
        co_return wait();
    }
    plan::set_phase(context_.status, api::NodePhase::Initializing, now());
    context_.status.currentImage.clear();
    context_.status.appliedConfig.reset();
    const std::optional<plan::SpecProblem> problem = spec_problem();
    conditions_.set_spec_problem(problem);
    if (problem) {
        // An initial plan tells what it left behind; of the others none can do anything now.
        const bool is_init = context_.status.plan && plan::kind_of(*context_.status.plan) == plan::PlanKind::Init;
        if (!is_init) context_.status.plan.reset();
        co_return Requeue::after(kUnservableSpecPoll, "a spec that can be served");
    }
    // Of what the volume held nothing is left: neither what a bootstrap made of it, nor what its sidecar was at.
    if (context_.status.plan) plan::forget_bootstrap(*context_.status.plan);
    context_.status.plan = plan::init_plan(working_copy(), ids_);
    co_return Requeue::after(milliseconds{0}, "the plan for an empty volume to be stored");
}

bool NodePass::is_gate_closed() const {
    const kube::Condition* ready = kube::find_condition(context_.status.conditions, api::node_condition::kSidecarReady);
    return ready != nullptr && ready->status == kube::ConditionStatus::False && ready->reason == api::reason::kNotReady;
}

bool NodePass::is_gate_to_be_opened() const {
    if (!is_gate_closed()) return false;
    // Nothing starts on a configuration that is not known to be valid, or with keys that were found wrong.
    const bool is_unvalidated = context_.status.appliedConfig && context_.status.appliedConfig->unvalidated;
    const api::PlannedTask* task = failed_task();
    const bool is_gate_to_blame = task != nullptr && task->type == plan::to_wire(plan::TaskType::MarkReady);
    return !is_unvalidated && !is_gate_to_blame && (task == nullptr || !plan::is_key_check(task->type));
}

bool NodePass::is_update_put_off() const {
    const auto& until = context_.memory.update_not_before;
    return until && context_.clock.monotonic() < *until;
}

api::PlannedTask* NodePass::failed_task() const {
    if (!context_.status.plan || context_.status.plan->phase != api::PlanPhase::Failed) return nullptr;
    auto& tasks = context_.status.plan->tasks;
    const auto found = std::ranges::find(tasks, api::TaskStatus::Failed, &api::PlannedTask::status);
    return found == tasks.end() ? nullptr : &*found;
}

bool NodePass::is_failure_of_earlier_spec() const {
    const api::PlannedTask* task = failed_task();
    return task != nullptr && task->lastError == kSpecWaits;
}

void NodePass::forgive_failed_update() {
    context_.memory.failed_updates = 0;
    context_.memory.update_not_before.reset();
    api::PlannedTask* task = failed_task();
    if (task == nullptr || !task->notBefore) return;
    task->attempts = 0;
    task->notBefore = now();
}

std::optional<Requeue> NodePass::damped_failure() const {
    const api::PlannedTask* task = failed_task();
    if (task == nullptr) return std::nullopt;
    constexpr auto kLongest = std::chrono::duration_cast<std::chrono::seconds>(kFailedUpdateDelayMax);
    const std::chrono::seconds left = plan::time_until(task->notBefore, now(), kLongest);
    if (left.count() == 0) return std::nullopt;
    return Requeue::after(left, "the next attempt at a failed update");
}

kube::Async<Requeue> NodePass::resolve_plan() {
    if (plan::is_active(context_.status.plan)) {
        if (auto wait = co_await supersede()) co_return std::move(*wait);
        co_return co_await execute();
    }
    // A failed initial plan was told when it failed, and makes way for its successor only.
    const bool begins_anew = !is_running() && failed_task() != nullptr;
    if (!begins_anew) {
        if (auto wait = damped_failure()) {
            co_await probe_unless_fresh();
            if (!is_gate_to_be_opened()) {
                co_return Requeue::after(std::min(wait->delay(), kSteadyPoll), std::string{wait->waits_for()});
            }
            context_.memory.update_not_before = context_.clock.monotonic() + wait->delay();
        }
        put_plan_away();
    }
    // An update opens the gate at its end anyway: what the probe says would decide nothing.
    if (is_running() && (is_update_put_off() || !is_update_due())) co_await probe_unless_fresh();

    const std::optional<plan::SpecProblem> problem = spec_problem();
    // A configuration that cannot be applied is told, and keeps nothing else from a running node.
    conditions_.set_spec_problem(problem ? problem : told_problem());
    if (problem) {
        co_return Requeue::after(is_running() ? kSteadyPoll : kUnservableSpecPoll, "a spec that can be served");
    }
    context_.status.plan = build_plan();
    is_question_answered_ = true;  // it is built for the spec as it is
    if (!context_.status.plan) {
        judge_restart();
        co_return at_rest();
    }
    if (planted::has(planted::Bug::PlanStartedBeforeStored)) co_return co_await execute();
    co_return Requeue::after(milliseconds{0}, "the new plan to be stored");
}

std::optional<plan::SpecProblem> NodePass::spec_problem() const {
    std::optional<plan::SpecProblem> problem = plan::problem_of(*context_.node);
    if (problem) return problem;
    // Neither does a running node do anything with a configuration that is not known to be valid.
    const bool is_unvalidated = context_.status.appliedConfig && context_.status.appliedConfig->unvalidated;
    if (is_running()) return is_unvalidated ? config_problem() : std::nullopt;
    problem = plan::problem_of_new_node(*context_.node);
    return problem ? problem : config_problem();
}

std::optional<plan::SpecProblem> NodePass::config_problem() const {
    const api::SeiNode node = working_copy();
    if (is_running() && !plan::config_drift(node)) return std::nullopt;
    const std::optional<std::string> problem = plan::problem_of(plan::config_intent(node));
    if (!problem) return std::nullopt;
    return plan::SpecProblem{"spec." + *problem};
}

std::optional<plan::SpecProblem> NodePass::told_problem() const {
    std::optional<plan::SpecProblem> problem = config_problem();
    return problem || !is_running() ? problem : plan::problem_of_next_pod(context_.node->spec);
}

std::optional<plan::ConfigDrift> NodePass::config_drift() const {
    if (config_problem()) return std::nullopt;
    return plan::config_drift(working_copy());
}

std::optional<tasks::SidecarDrift> NodePass::sidecar_drift() const {
    if (!context_.live_stateful_set) return std::nullopt;
    return tasks::sidecar_drift(
        *context_.live_stateful_set,
        context_.observed.pods(),
        resources::sidecar_image(*context_.node, context_.platform)
    );
}

std::string NodePass::outdated_pod() const {
    const auto pods = outdated_pods();
    return pods.empty() ? std::string{} : pods.front()->metadata.name;
}

std::string NodePass::outdated_image() const {
    if (!context_.live_stateful_set) return {};
    return tasks::outdated_image(*context_.live_stateful_set, context_.observed.pods(), context_.node->spec.image);
}

bool NodePass::is_update_due() const {
    return api::has_image_drift(context_.node->spec, context_.status) || !outdated_image().empty() ||
           sidecar_drift().has_value() || is_restart_due() || is_stuck_pod_outdated();
}

bool NodePass::is_retry_requested() const {
    return context_.node->metadata.annotations.contains(std::string{api::kRetryAnnotation});
}

bool NodePass::is_restart_due() const {
    return is_running() && is_retry_requested() && (config_drift() || !outdated_pod().empty());
}

plan::ReachablePeers NodePass::reachable_peers() const {
    return context_.memory.are_peers_unreachable ? plan::ReachablePeers::None : plan::ReachablePeers::Unknown;
}

plan::UpdateOptions NodePass::update_options() const {
    plan::UpdateOptions options;
    options.peers = reachable_peers();
    if (config_problem()) options.configuration = plan::UpdateOptions::Configuration::Omitted;
    const kube::Condition* ready = kube::find_condition(context_.status.conditions, api::node_condition::kSidecarReady);
    if (options.configuration == plan::UpdateOptions::Configuration::BeforeReplacement &&
        (ready == nullptr || ready->status == kube::ConditionStatus::Unknown)) {
        options.configuration = plan::UpdateOptions::Configuration::AfterReplacement;
    }
    // The pod goes by its uid, too: a new configuration alone makes no new template, and a template may be taken back
    // before its pod was replaced.
    const bool gives_configuration = options.configuration != plan::UpdateOptions::Configuration::Omitted;
    if (is_restart_due() || (gives_configuration && config_drift())) {
        for (const auto& pod : context_.observed.pods()) {
            if (!pod->metadata.deletionTimestamp) options.restarted_pod = pod->metadata.uid;
        }
    }
    return options;
}

void NodePass::judge_restart() {
    if (!is_running() || !context_.live_stateful_set || context_.status.plan) return;
    const tasks::Rollout rollout = tasks::observe_rollout(*context_.live_stateful_set, context_.observed.pods());
    if (rollout.state == tasks::Rollout::State::NotObserved && !config_drift()) return;  // too early to tell
    conditions_.set_restart_pending(config_drift(), outdated_pod());
}

api::SeiNode NodePass::working_copy() const {
    api::SeiNode node = *context_.node;
    node.status = context_.status;
    return node;
}

bool NodePass::is_sidecar_given_up() const {
    const api::TaskPlan& plan = *context_.status.plan;
    const auto current = plan::current_task(plan);
    if (!current || plan::has_completed(plan, plan::TaskType::ReplacePod)) return false;
    const api::PlannedTask& task = plan.tasks[*current];
    const auto type = plan::parse_task_type(task.type);
    const auto& trouble = context_.memory.trouble;
    return type && plan::runner_of(*type) == plan::TaskRunner::Sidecar && trouble && trouble->subject == task.id &&
           context_.clock.monotonic() - trouble->since >= kSidecarPatience &&
           update_options().configuration == plan::UpdateOptions::Configuration::AfterReplacement;
}

std::optional<api::TaskPlan> NodePass::reconfigured(bool is_questioned) {
    const api::TaskPlan& plan = *context_.status.plan;
    if (!plan::current_task(plan) || !is_update_due()) return std::nullopt;
    const api::SeiNode node = working_copy();
    const bool is_changed =
        is_questioned && (!plan::serves_configuration(plan, node) || !plan::serves_key_checks(plan, node));
    if (!is_changed && !is_sidecar_given_up()) return std::nullopt;
    const std::optional<plan::SpecProblem> problem = config_problem();
    conditions_.set_spec_problem(told_problem());
    if (problem) return std::nullopt;
    return build_plan();
}

std::optional<api::TaskPlan> NodePass::outdated_again(bool is_questioned) {
    // What else may be due can wait for the end of a plan that gets on: a sidecar that does not come up has none. At
    // once a cache that is behind would tell of the pod that has just been replaced.
    const auto& trouble = context_.memory.trouble;
    const bool is_stuck = trouble && context_.clock.monotonic() - trouble->since >= kSidecarPatience;
    const bool may_be_late = is_questioned || is_stuck;
    if (is_update_put_off()) return std::nullopt;
    const bool is_due = api::has_image_drift(context_.node->spec, context_.status) || (may_be_late && is_update_due());
    return is_due ? build_plan() : std::nullopt;
}

void NodePass::keep_question() {
    if (is_question_answered_ || !context_.memory.is_plan_questioned || context_.node->spec.paused) return;
    if (!plan::is_active(context_.status.plan) || plan::kind_of(*context_.status.plan) != plan::PlanKind::Init) return;
    auto& tasks = context_.status.plan->tasks;
    const auto has_word = [](const api::PlannedTask& task) { return task.lastError == kSpecWaits; };
    if (std::ranges::any_of(tasks, has_word)) return;
    // Not over what another one has to say.
    const auto free = std::ranges::find_if(tasks.rbegin(), tasks.rend(), [](const api::PlannedTask& task) {
        return task.status == api::TaskStatus::Pending && task.lastError.empty();
    });
    if (free != tasks.rend()) plan::note_attempt(*free, 0, std::string{kSpecWaits}, now());
}

bool NodePass::answer_question() {
    is_question_answered_ = true;
    return context_.memory.is_plan_questioned;
}

std::optional<api::TaskPlan> NodePass::successor() {
    const api::TaskPlan& plan = *context_.status.plan;
    switch (plan::kind_of(plan)) {
        case plan::PlanKind::Init: {
            const bool was_questioned = std::ranges::any_of(plan.tasks, [](const api::PlannedTask& task) {
                return task.lastError == kSpecWaits;
            });
            if (!answer_question() && !was_questioned) return std::nullopt;
            const std::optional<plan::SpecProblem> problem = spec_problem();
            conditions_.set_spec_problem(problem);
            if (problem || is_running()) return std::nullopt;
            std::optional<api::TaskPlan> next = build_plan();
            if (next && plan::is_same_work(plan, *next, working_copy())) {
                for (api::PlannedTask& task : context_.status.plan->tasks) {
                    if (task.lastError == kSpecWaits) task.lastError.clear();
                }
                return std::nullopt;
            }
            return next;
        }
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

kube::Async<std::optional<std::string>> NodePass::sidecar_busy_with() {
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

kube::Async<bool> NodePass::is_gate_opened() {
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

kube::Async<std::optional<Requeue>> NodePass::supersede() {
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
        if (waited_for.lastError != kSpecWaits) plan::note_attempt(waited_for, 0, std::string{kSpecWaits}, now());
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

std::optional<api::TaskPlan> NodePass::build_plan() {
    std::optional<api::TaskPlan> next = planned();
    const std::optional<api::TaskPlan>& left = context_.status.plan ? context_.status.plan : put_away_;
    if (next && left) plan::wait_for_tasks_of(*left, *next);
    return next;
}

std::optional<api::TaskPlan> NodePass::planned() {
    if (!is_running()) {
        plan::set_phase(context_.status, api::NodePhase::Initializing, now());
        return plan::init_plan(working_copy(), ids_);
    }
    if (is_update_due() && !is_update_put_off()) {
        conditions_.set_update_started(outdated_image(), sidecar_drift(), config_drift());
        return plan::update_plan(working_copy(), ids_, update_options());
    }
    if (is_gate_closed()) return plan::mark_ready_plan(working_copy(), ids_, reachable_peers());
    return std::nullopt;
}

kube::Async<Requeue> NodePass::execute() {
    const tasks::PlanExecution execution = co_await tasks::execute_plan(context_);
    if (const auto* waits = std::get_if<tasks::PlanWaits>(&execution)) {
        if (is_probe_due()) co_await probe();
        if (planted::has(planted::Bug::GateWithoutWakeUp)) co_return Requeue::on_change(waits->waits_for);
        co_return Requeue::after(waits->delay, waits->waits_for);
    }
    if (const auto* again = std::get_if<tasks::PlanStartsOver>(&execution)) {
        const std::optional<plan::SpecProblem> problem = spec_problem();
        conditions_.set_spec_problem(problem);
        if (problem) co_return Requeue::after(kUnservableSpecPoll, "a spec that can be served");
        context_.status.plan = build_plan();
        co_return Requeue::after(milliseconds{0}, "a new plan to be stored: " + again->why);
    }
    if (std::holds_alternative<tasks::PlanFailed>(execution)) {
        ended_plan_ = EndedPlan{plan::kind_of(*context_.status.plan), false, started(*context_.status.plan)};
        if (context_.status.phase == api::NodePhase::Failed) {
            if (is_failure_of_earlier_spec()) co_return Requeue::after(milliseconds{0}, "a plan for the changed spec");
            co_return Requeue::on_change("a changed spec: the node has failed");
        }
        conditions_.end_update();
        const unsigned doublings = std::min(context_.memory.failed_updates++, 5u);
        const milliseconds delay = std::min(kFailedUpdateDelay * (1 << doublings), kFailedUpdateDelayMax);
        if (api::PlannedTask* task = failed_task()) {
            task->attempts = static_cast<std::int32_t>(context_.memory.failed_updates);
            task->notBefore = kube::Time{now().at + std::chrono::ceil<std::chrono::seconds>(delay)};
        }
        co_return Requeue::after(std::min(delay, kSteadyPoll), "the next attempt at a failed update");
    }
    // That the gate was opened says nothing of the update that has failed.
    if (plan::kind_of(*context_.status.plan) != plan::PlanKind::MarkReady) context_.memory.failed_updates = 0;
    // A plan of another operator may apply a configuration and have no task that validates it.
    const bool has_applied = plan::find_task(*context_.status.plan, plan::TaskType::ConfigApply) != nullptr;
    if (has_applied && context_.status.appliedConfig) context_.status.appliedConfig->unvalidated = false;
    put_plan_away();
    // An initial plan ends with the image that runs recorded (spec 08 2.5): its last task was the sidecar's.
    observe_unrecorded_image(tasks::PodIsKnown::ByAnswer);
    adopt_configuration();
    if (is_running()) co_await probe();
    judge_restart();
    co_return at_rest();
}

void NodePass::put_plan_away() {
    if (!context_.status.plan) return;
    conditions_.end_update();
    const api::TaskPlan& plan = *context_.status.plan;
    // A failure was counted in the pass that saw it, and says since when it waits.
    const api::PlannedTask* failed = failed_task();
    const bool was_counted = failed != nullptr && failed->notBefore;
    const bool failed_at_peers = failed != nullptr && failed->type == plan::to_wire(plan::TaskType::DiscoverPeers);
    context_.memory.are_peers_unreachable = is_running() && failed_at_peers;
    if (was_counted) {
        context_.memory.failed_updates =
            std::max(context_.memory.failed_updates, static_cast<unsigned>(std::max(failed->attempts, 0)));
    }
    if (!was_counted)
        ended_plan_ = EndedPlan{plan::kind_of(plan), plan.phase == api::PlanPhase::Complete, started(plan)};
    put_away_ = std::exchange(context_.status.plan, std::nullopt);
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
    const sidecar::HealthOutcome health = co_await context_.sidecar.probe(sidecar::ProbedPod::Node);
    context_.memory.probed_at = context_.clock.monotonic();
    context_.memory.probe_was_ready = std::holds_alternative<sidecar::Ready>(health);
    metrics_.probed(context_.node.key(), health);
    conditions_.set_sidecar_ready(health);
}

Requeue NodePass::at_rest() const {
    if (context_.status.plan) return Requeue::after(milliseconds{0}, "the plan");
    if (is_running() && is_update_due()) {
        if (!is_update_put_off()) return Requeue::after(milliseconds{0}, "a plan for what has drifted");
        const auto left = *context_.memory.update_not_before - context_.clock.monotonic();
        return Requeue::after(
            std::min(std::chrono::ceil<milliseconds>(left), kSteadyPoll), "the next attempt at a failed update"
        );
    }
    if (const auto health = pod_health(); health && health->reason == api::reason::kStarting) {
        return Requeue::after(kStartingPodPoll, "the pod to start");
    }
    return Requeue::after(kSteadyPoll, "the next probe of the sidecar");
}

}  // namespace sei::node
