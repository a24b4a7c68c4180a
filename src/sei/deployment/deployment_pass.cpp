#include "sei/deployment/deployment_pass.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <variant>

#include "kube/meta/condition.hpp"
#include "planted/planted.hpp"
#include "sei/api/conditions.hpp"
#include "sei/deployment/children.hpp"
#include "sei/deployment/deployment_status.hpp"
#include "sei/deployment/genesis.hpp"
#include "sei/deployment/group_tasks.hpp"
#include "sei/deployment/networking.hpp"
#include "sei/deployment/published.hpp"
#include "sei/deployment/rollout.hpp"
#include "sei/deployment/template_hash.hpp"
#include "sei/plan/progress.hpp"
#include "sei/tasks/attempts.hpp"

namespace sei::deployment {
namespace {

using kube::Requeue;
using std::chrono::milliseconds;
namespace type = api::deployment_condition;

/// Of what is published: DNS is not watched (spec 03 §1.1, steady-state requeue).
constexpr milliseconds kSteadyPoll{30'000};
/// What is watched needs no polling; this is for an event that got lost.
constexpr milliseconds kWatchedPoll{30'000};
constexpr milliseconds kRefusedPoll{30'000};
/// Admitted, since spec is no required member: what `kubectl replace` sends of an object without one.
constexpr std::string_view kNoSpecText =
    "spec.template.spec.chainId is empty: no fleet is to be made from this, and nothing of what is there is touched; "
    "write the spec again";
constexpr std::string_view kTimeLimitText = "the ceremony took longer than spec.genesis.maxCeremonyDuration";

bool has_spec(const api::SeiNodeDeployment& deployment) {
    return !deployment.spec.template_.spec.chainId.empty();
}

/// `wait`, or to look again so soon.
Requeue at_most(Requeue wait, std::chrono::nanoseconds delay, std::string waits_for) {
    const auto rounded = std::max(std::chrono::ceil<milliseconds>(delay), milliseconds{0});
    const bool is_sooner =
        wait.kind() == Requeue::Kind::OnChange || (wait.kind() == Requeue::Kind::After && wait.delay() > rounded);
    return is_sooner ? Requeue::after(rounded, std::move(waits_for)) : std::move(wait);
}

}  // namespace

kube::Async<Requeue> DeploymentPass::run() {
    if (!has_spec(context_.object())) {
        context_.problems.push_back({api::reason::kSpecRejected, std::string{kNoSpecText}});
        co_return Requeue::on_change("a deployment with a spec");
    }
    const bool was_paused = kube::is_condition_true(context_.status.conditions, type::kPaused);
    context_.conditions.seed();
    const bool is_paused = context_.object().spec.paused;
    if (is_paused) plan::stop_clock(context_.status.plan);
    if (was_paused && !is_paused && context_.status.rollout) context_.status.rollout->lastProgressAt = context_.now();
    co_await propagate_pause(context_);
    co_await keep_internal_service(context_);
    Requeue wait = Requeue::on_change("spec.paused to be false");
    if (!is_paused) wait = co_await advance();
    networking_ = co_await keep_networking(context_);
    is_networking_known_ = true;
    co_return sooner(std::move(wait));
}

kube::Async<Requeue> DeploymentPass::advance() {
    put_terminal_plan_away();
    // Before it is decided what is rolled: the nodes of a chain that was made are not all brought to an image at once.
    if (!context_.status.plan && is_ceremony_to_come() && was_chain_made(context_.status, kept_nodes(context_)) &&
        was_chain_made(context_.status, co_await read_kept_nodes(context_))) {
        context_.conditions.set_ceremony_complete();
    }
    api::SeiNodeDeployment current = context_.object();
    current.status = context_.status;
    const RolloutDecision decision = decide_rollout(current, context_.fleet.wanted());
    if (decision.kind != RolloutDecision::Kind::None) {
        // A number that changed together with the image does not wait for the rollout (spec 03 §3).
        if (!context_.status.plan) co_await scale_down(context_);
        begin_rollout(decision.from, decision.to, !context_.status.templateHash.empty());
        co_return Requeue::after(milliseconds{0}, "the new plan to be stored");
    }
    if (context_.status.rollout && !context_.status.plan) {
        start_plan(rollout_plan(context_.object(), names_of(context_.fleet.wanted()), context_.ids));
        co_return Requeue::after(milliseconds{0}, "the new plan to be stored");
    }
    if (!context_.status.plan) co_return co_await keep_fleet();
    if (context_.status.rollout) co_await keep_children(context_, Missing::OfPlan);
    co_return co_await execute();
}

kube::Async<Requeue> DeploymentPass::keep_fleet() {
    const api::SeiNodeDeployment& deployment = context_.object();
    const bool was_empty = context_.fleet.wanted().empty();
    // Of a chain that cannot be made no validator begins; a fleet that is there is no less kept.
    const bool is_held = genesis_problem() && would_take_part(context_);
    co_await keep_children(context_, is_held ? Missing::None : Missing::All);
    co_await scale_down(context_);
    const std::vector<NodeSnapshot> nodes = context_.fleet.wanted();
    // Of a ceremony there is none before its end (spec 03 §13.3). Not only by the pass that made the nodes: its status
    // may never have been written.
    const bool is_open = is_ceremony_open(deployment.spec, context_.status, nodes);
    const api::NodeSpec& target = deployment.spec.template_.spec;
    const bool is_baseline_due = context_.status.templateHash.empty() ? !is_open : was_empty || is_open;
    const bool may_be_baseline =
        is_baseline_due && !nodes.empty() &&
        std::ranges::all_of(nodes, [&](const NodeSnapshot& node) { return asks_for(*node, target); });
    if (may_be_baseline) {
        const std::string hash = template_hash(target);
        const bool would_change = context_.status.templateHash != hash;
        // A fleet may have nodes that no watch has shown: they are rolled, and not set to what its baseline says.
        if (would_change && co_await are_as_made(context_)) context_.status.templateHash = hash;
    }
    if (is_ceremony_due()) {
        const std::vector<NodeSnapshot> participants = context_.fleet.wanted();
        const bool is_short = std::ssize(participants) < deployment.spec.replicas;
        if (is_short && std::ssize(co_await read_kept_nodes(context_)) != std::ssize(participants)) {
            co_return Requeue::on_change("a participant of the ceremony to be shown");
        }
        api::TaskPlan ceremony = genesis_plan(deployment, names_of(participants), context_.ids);
        // What was assembled is not assembled again (H16): it may be known to nodes that run already.
        if (is_genesis_assembled(context_.status, participants)) {
            ceremony.tasks.front().status = api::TaskStatus::Complete;
        }
        start_plan(std::move(ceremony));
        co_return Requeue::after(milliseconds{0}, "the new plan to be stored");
    }
    co_return Requeue::on_change("a changed spec, or a node that changes");
}

bool DeploymentPass::is_ceremony_due() const {
    const std::vector<NodeSnapshot> nodes = context_.fleet.wanted();
    if (!is_ceremony_to_come() || genesis_problem()) return false;
    if (!is_ceremony_open(context_.object().spec, context_.status, nodes)) return false;
    if (std::ssize(nodes) >= context_.object().spec.replicas) return true;
    // Nobody is made any more: it goes on with those that it began with, as far as can be seen.
    return is_genesis_assembled(context_.status, nodes) && absent_participants().lost.empty();
}

DeploymentPass::AbsentParticipants DeploymentPass::absent_participants() const {
    if (!context_.object().spec.genesis || is_ceremony_complete(context_.status)) return {};
    const std::vector<NodeSnapshot> kept = kept_nodes(context_);
    if (!is_genesis_assembled(context_.status, kept)) return {};
    const std::vector<NodeSnapshot> nodes = context_.fleet.wanted();
    const std::int32_t last = nodes.empty() ? -1 : ordinal_of(*nodes.back()).value_or(-1);
    AbsentParticipants absent;
    for (std::int32_t ordinal = 0; ordinal < context_.object().spec.replicas; ++ordinal) {
        std::string name = child_name(context_.object(), ordinal);
        if (std::ranges::any_of(kept, [&](const NodeSnapshot& node) { return node->metadata.name == name; })) continue;
        (ordinal < last ? absent.lost : absent.held).push_back(std::move(name));
    }
    return absent;
}

bool DeploymentPass::is_ceremony_to_come() const {
    return context_.object().spec.genesis && failed_ceremony() == nullptr && !is_ceremony_complete(context_.status);
}

const kube::Condition* DeploymentPass::failed_ceremony() const {
    if (!context_.object().spec.genesis) return nullptr;
    if (is_ceremony_complete(context_.status)) return nullptr;
    const kube::Condition* plan = kube::find_condition(context_.status.conditions, type::kPlanInProgress);
    const bool has_failed = plan != nullptr && plan->reason == api::reason::kPlanFailed &&
                            plan->observedGeneration >= context_.object().metadata.generation;
    return has_failed ? plan : nullptr;
}

std::optional<std::string> DeploymentPass::genesis_problem() const {
    if (is_ceremony_complete(context_.status)) return std::nullopt;
    return problem_of(context_.object().spec);
}

void DeploymentPass::tell_of_participants() {
    // Also of those that nobody wants any more: the others wait for their part.
    for (const std::string& name : node_names(*context_.status.plan)) {
        const NodeSnapshot* node = context_.fleet.find(name);
        const std::string trouble = node != nullptr ? lasting_trouble_of(**node) : std::string{};
        if (trouble.empty()) continue;
        context_.problems.push_back(
            {api::reason::kTaskNotProgressing, "the genesis ceremony waits for " + name + ": " + trouble}
        );
    }
}

std::vector<std::string> DeploymentPass::leaving_participants() const {
    std::vector<std::string> names = node_names(*context_.status.plan);
    std::erase_if(names, [&](const std::string& name) { return is_wanted_name(context_.object(), name); });
    return names;
}

void DeploymentPass::put_terminal_plan_away() {
    if (!context_.status.plan || plan::is_active(context_.status.plan)) return;
    if (context_.status.plan->phase == api::PlanPhase::Complete) return complete_plan();
    const auto& detail = context_.status.plan->failedTaskDetail;
    fail_plan(detail ? "task " + detail->type + ": " + detail->error : "for an unknown reason");
}

void DeploymentPass::begin_rollout(const std::string& from, const std::string& to, bool is_from_known) {
    if (!is_from_known) context_.status.templateHash = from;
    std::vector<std::string> nodes = nodes_to_be_rolled();
    context_.status.plan.reset();
    context_.status.rollout = api::RolloutStatus{.targetHash = to, .startedAt = context_.now()};
    if (planted::has(planted::Bug::HashAdvancedTooEarly)) context_.status.templateHash = to;
    context_.conditions.set_rollout_started(from, to);
    start_plan(rollout_plan(context_.object(), nodes, context_.ids));
}

std::vector<std::string> DeploymentPass::nodes_to_be_rolled() const {
    std::vector<std::string> names = names_of(context_.fleet.wanted());
    if (!context_.status.plan) return with_newcomers(std::move(names));
    if (!context_.status.rollout) return names;
    // What the rollout was about that gives way to this one is no less to be rolled because it is not seen just now.
    for (std::string& name : node_names(*context_.status.plan)) {
        if (std::ranges::find(names, name) != names.end() || !is_wanted_name(context_.object(), name)) continue;
        if (claim_on_name(name) != Claim::Foreign) names.push_back(std::move(name));
    }
    return names;
}

std::vector<std::string> DeploymentPass::with_newcomers(std::vector<std::string> names) const {
    // Before a chain is made newcomers may have to stay out of it.
    if (context_.object().spec.genesis && !is_ceremony_complete(context_.status)) return names;
    std::vector<std::string> all;
    for (std::int32_t ordinal = 0; ordinal < context_.object().spec.replicas; ++ordinal) {
        std::string name = child_name(context_.object(), ordinal);
        const bool is_there = std::ranges::find(names, name) != names.end();
        if (is_there || claim_on_name(name) == Claim::Free) all.push_back(std::move(name));
    }
    for (std::string& name : names) {
        if (std::ranges::find(all, name) == all.end()) all.push_back(std::move(name));
    }
    return all;
}

Claim DeploymentPass::claim_on_name(const std::string& name) const {
    const auto seen = context_.caches.nodes.get({context_.object().metadata.namespace_, name});
    return claim_on(context_.object(), seen ? &**seen : nullptr);
}

void DeploymentPass::start_plan(api::TaskPlan plan) {
    context_.memory.tasks = {};
    context_.status.plan = std::move(plan);
    context_.conditions.set_plan_started();
}

kube::Async<Requeue> DeploymentPass::execute() {
    tasks::NodeMemory& memory = context_.memory.tasks;
    const auto& genesis = context_.object().spec.genesis;
    const bool is_ceremony = kind_of(*context_.status.plan) == PlanKind::Genesis;
    std::optional<kube::Time> deadline;
    if (is_ceremony && genesis) deadline = ceremony_deadline(*genesis, context_.status.conditions);
    if (deadline && context_.now() >= *deadline) {
        const auto current = plan::current_task(*context_.status.plan);
        const std::string at = current ? ", at task " + context_.status.plan->tasks[*current].type : std::string{};
        fail_plan(std::string{kTimeLimitText} + at);
        co_return Requeue::on_change("a changed spec: the ceremony has failed");
    }
    const auto until_deadline = [&](milliseconds delay, std::string waits_for) {
        if (deadline) delay = std::min(delay, std::chrono::ceil<milliseconds>(deadline->at - context_.clock.now()));
        return Requeue::after(std::max(delay, milliseconds{0}), std::move(waits_for));
    };
    while (const auto index = plan::current_task(*context_.status.plan)) {
        api::PlannedTask& task = context_.status.plan->tasks[*index];
        if (const milliseconds left = plan::time_to_retry(task, context_.now()); left.count() > 0) {
            co_return until_deadline(left, "the next attempt at " + task.type);
        }
        tasks::remember_trouble(memory, context_.clock, task);
        plan::TaskOutcome outcome = co_await run_group_task(context_, task);
        tasks::end_when_late(memory, context_.clock, task, outcome);
        const plan::Recorded recorded = plan::record(outcome, *context_.status.plan, *index, context_.now());
        if (recorded.advance == plan::Advance::NextTask) {
            memory.trouble.reset();
            continue;
        }
        if (recorded.advance == plan::Advance::PlanFailed) {
            fail_plan("task " + task.type + ": " + task.error);
            co_return Requeue::on_change("a changed spec: the plan has failed");
        }
        if (recorded.advance == plan::Advance::Retry) {
            plan::set_deadline(task, context_.now());
            co_return until_deadline(
                recorded.retry_after, task.type + " failed: " + std::get<plan::Failed>(outcome).error
            );
        }
        if (const auto* running = std::get_if<plan::Running>(&outcome)) {
            memory.trouble.reset();
            plan::set_deadline(task, context_.now());
            if (running->watched == plan::Running::Watched::Yes) {
                co_return until_deadline(kWatchedPoll, running->waits_for);
            }
            if (memory.polled_task != task.id) {
                memory.polled_task = task.id;
                memory.polls = 0;
            }
            co_return until_deadline(tasks::poll_delay(++memory.polls), running->waits_for);
        }
        const auto& transient = std::get<plan::Transient>(outcome);
        tasks::note_failed_attempt(memory, context_.clock, task, transient);
        const tasks::Trouble& trouble = *memory.trouble;
        const auto age = context_.clock.monotonic() - trouble.since;
        if (trouble.report_at_once || age >= tasks::kTroubleAgeToStore) {
            context_.problems.push_back({api::reason::kTaskNotProgressing, trouble.error});
        }
        co_return until_deadline(tasks::attempt_delay(trouble.attempts, age), trouble.error);
    }
    complete_plan();
    co_return Requeue::after(milliseconds{0}, "the end of the plan to be stored");
}

void DeploymentPass::complete_plan() {
    const PlanKind kind = kind_of(*context_.status.plan);
    if (context_.status.rollout && kind != PlanKind::Genesis) {
        context_.status.templateHash = context_.status.rollout->targetHash;
        context_.status.rollout.reset();
        context_.conditions.set_rollout_complete();
    } else if (context_.object().spec.genesis && kind != PlanKind::Rollout) {
        context_.conditions.set_ceremony_complete();
    }
    context_.status.plan.reset();
    context_.conditions.set_plan_complete();
}

void DeploymentPass::fail_plan(const std::string& why) {
    if (context_.status.rollout) {
        context_.status.rollout.reset();
        context_.conditions.set_rollout_failed(why);
    }
    context_.status.plan.reset();
    context_.conditions.set_plan_failed(why);
}

Requeue DeploymentPass::finish(bool has_failed, Requeue wait) {
    const api::SeiNodeDeployment& deployment = context_.object();
    api::SeiNodeDeploymentStatus& status = context_.status;
    if (!has_spec(deployment)) {
        context_.conditions.seed_absent(context_.fleet);
        if (!status.phase) status.phase = api::DeploymentPhase::Pending;
        context_.conditions.set_stalled(context_.problems);
        return wait;
    }
    if (status.rollout && !deployment.spec.paused) {
        const RolloutProgress progress =
            progress_of(context_.fleet.wanted(), deployment.spec.template_.spec, bound_of(context_, context_.fleet));
        record_progress(*status.rollout, progress, context_.now());
        // Of the progress that was just recorded, which may be the first after an earlier deadline.
        const kube::Time deadline = progress_deadline(*status.rollout, deployment.spec.updateStrategy);
        const std::chrono::nanoseconds left = deadline.at - context_.clock.now();
        const bool is_overdue = left.count() <= 0;
        context_.conditions.set_rollout_progress(progress, is_overdue);
        if (!is_overdue) wait = at_most(std::move(wait), left, "the rollout to make progress");
    }
    const std::optional<std::string> problem = genesis_problem();
    const bool is_ceremony = status.plan && kind_of(*status.plan) == PlanKind::Genesis;
    std::vector<std::string> leaving;
    if (is_ceremony) leaving = leaving_participants();
    const AbsentParticipants absent = absent_participants();
    context_.conditions.set_ceremony_pending(is_ceremony, leaving, absent.held, problem);
    if (problem) context_.problems.push_back({api::reason::kGenesisRejected, *problem});
    if (is_ceremony) tell_of_participants();
    if (const kube::Condition* failed = failed_ceremony(); failed != nullptr && !status.plan) {
        const bool took_too_long = failed->message.find(kTimeLimitText) != std::string::npos;
        context_.problems.push_back(
            {took_too_long ? api::reason::kCeremonyTimeLimitExceeded : api::reason::kCeremonyFailed,
             "the genesis ceremony failed. " + failed->message + ". A changed spec is another attempt"}
        );
    }
    if (!absent.lost.empty() && !status.plan) {
        context_.problems.push_back(
            {api::reason::kCeremonyFailed,
             "the genesis was assembled with a part of " + absent.lost.front() +
                 ", which is gone: its chain cannot be begun; delete the deployment with its nodes and make it anew"}
        );
    }
    if (is_networking_known_) {
        context_.conditions.set_networking(networking_);
    } else if (kube::find_condition(status.conditions, type::kNetworkingReady) == nullptr) {
        context_.conditions.set_networking(
            {.kind = NetworkingOutcome::Kind::Refused, .text = "the pass failed before networking was looked at"}
        );
    }
    context_.conditions.set_nodes_ready(context_.fleet);
    context_.conditions.set_stalled(context_.problems);
    const bool is_carried_out = !has_failed && !context_.refused_version && context_.confirmation.value_or(true);
    if (is_carried_out && !status.plan && !status.rollout) {
        status.observedGeneration = deployment.metadata.generation;
    }
    compute_status(deployment, context_.fleet, effective_routes(deployment, context_.platform), status);
    return wait;
}

Requeue DeploymentPass::sooner(Requeue wait) const {
    if (context_.refused_version) return Requeue::when_newer_than(*context_.refused_version);
    const auto within = [&wait](milliseconds delay, std::string waits_for) {
        wait = at_most(std::move(wait), delay, std::move(waits_for));
    };
    switch (networking_.kind) {
        case NetworkingOutcome::Kind::Disabled:
        case NetworkingOutcome::Kind::NoRoutes:
            break;
        case NetworkingOutcome::Kind::CrdMissing:
            within(kNetworkingPoll, "Gateway API to be installed");
            break;
        case NetworkingOutcome::Kind::DnsPending:
            within(kNetworkingPoll, "the host name to resolve");
            break;
        case NetworkingOutcome::Kind::NameTaken:
        case NetworkingOutcome::Kind::Refused:
            within(kRefusedPoll, networking_.text);
            break;
        case NetworkingOutcome::Kind::NotServed:
        case NetworkingOutcome::Kind::Published:
            within(kSteadyPoll, "the next look into DNS");
            break;
    }
    if (!context_.problems.empty()) within(kRefusedPoll, context_.problems.front().message);
    return wait;
}

}  // namespace sei::deployment
