#include "sei/deployment/deployment_conditions.hpp"

#include <algorithm>
#include <utility>

#include "kube/meta/condition.hpp"
#include "sei/api/conditions.hpp"

namespace sei::deployment {
namespace {

using kube::ConditionStatus;
namespace type = api::deployment_condition;
namespace reason = api::reason;

}  // namespace

void DeploymentConditions::set(
    std::string_view name, ConditionStatus status, std::string_view why, std::string message
) {
    kube::Condition condition;
    condition.type = name;
    condition.status = status;
    condition.observedGeneration = deployment_.metadata.generation;
    condition.lastTransitionTime = now_;
    condition.reason = why;
    condition.message = std::move(message);
    kube::set_condition(status_.conditions, std::move(condition));
}

bool DeploymentConditions::is_there(std::string_view name) const {
    return kube::find_condition(status_.conditions, name) != nullptr;
}

void DeploymentConditions::seed() {
    if (!is_there(type::kGenesisCeremonyComplete)) set_ceremony_pending(false, {}, {}, std::nullopt);
    set_paused();
    seed_plan_and_rollout();
}

void DeploymentConditions::seed_absent(const Fleet& fleet) {
    if (!is_there(type::kGenesisCeremonyComplete)) set_ceremony_pending(false, {}, {}, std::nullopt);
    if (!is_there(type::kPaused)) set_paused();
    seed_plan_and_rollout();
    if (!is_there(type::kNetworkingReady)) set_networking({.kind = NetworkingOutcome::Kind::Disabled});
    if (!is_there(type::kNodesReady)) set_nodes_ready(fleet);
}

void DeploymentConditions::set_paused() {
    if (deployment_.spec.paused) {
        set(type::kPaused,
            ConditionStatus::True,
            reason::kPaused,
            "spec.paused is true; plan-driven orchestration is frozen");
    } else {
        set(type::kPaused, ConditionStatus::False, reason::kNotPaused, "spec.paused is unset or false");
    }
}

void DeploymentConditions::seed_plan_and_rollout() {
    if (!is_there(type::kPlanInProgress)) {
        set(type::kPlanInProgress, ConditionStatus::False, reason::kNotStarted, "no plan has run yet");
    }
    if (!is_there(type::kRolloutInProgress)) {
        set(type::kRolloutInProgress, ConditionStatus::False, reason::kNotStarted, "no rollout has run yet");
    }
}

void DeploymentConditions::set_plan_started() {
    set(type::kPlanInProgress, ConditionStatus::True, reason::kPlanStarted, "Plan execution started");
}
void DeploymentConditions::set_plan_complete() {
    set(type::kPlanInProgress, ConditionStatus::False, reason::kPlanComplete, "Plan completed successfully");
}
void DeploymentConditions::set_plan_failed(const std::string& why) {
    set(type::kPlanInProgress, ConditionStatus::False, reason::kPlanFailed, "Plan failed: " + why);
}

void DeploymentConditions::set_rollout_started(const std::string& from, const std::string& to) {
    set(type::kRolloutInProgress,
        ConditionStatus::True,
        reason::kTemplateChanged,
        "templateHash changed from " + from + " to " + to);
}

void DeploymentConditions::set_rollout_progress(const RolloutProgress& progress, bool is_overdue) {
    const kube::Condition* condition = kube::find_condition(status_.conditions, type::kRolloutInProgress);
    std::string message = "templateHash changed to " + status_.rollout->targetHash;
    if (condition != nullptr) message = condition->message.substr(0, condition->message.find(';'));
    message += "; " + std::to_string(progress.updated) + " of " + std::to_string(progress.total) + " nodes run it";
    if (!progress.trouble.empty()) {
        message += "; waiting for " + progress.trouble;
    } else if (is_overdue && !progress.awaited.empty()) {
        message += "; waiting for " + progress.awaited;
    }
    set(type::kRolloutInProgress,
        ConditionStatus::True,
        is_overdue ? reason::kProgressDeadlineExceeded : reason::kTemplateChanged,
        std::move(message));
}

void DeploymentConditions::set_rollout_complete() {
    set(type::kRolloutInProgress, ConditionStatus::False, reason::kRolloutComplete, "Deployment completed successfully"
    );
}
void DeploymentConditions::set_rollout_failed(const std::string& why) {
    set(type::kRolloutInProgress,
        ConditionStatus::False,
        reason::kRolloutFailed,
        "Deployment plan failed: " + why + "; a changed spec is another attempt");
}

void DeploymentConditions::set_ceremony_complete() {
    set(type::kGenesisCeremonyComplete, ConditionStatus::True, reason::kComplete, "genesis ceremony completed");
}

void DeploymentConditions::set_ceremony_pending(
    bool is_running,
    const std::vector<std::string>& leaving,
    const std::vector<std::string>& held,
    const std::optional<std::string>& problem
) {
    constexpr std::string_view kType = type::kGenesisCeremonyComplete;
    std::string others;
    for (const std::string& name : leaving) others += "; " + name + " takes part in it, and goes when it is over";
    for (const std::string& name : held) {
        others += "; " + name + " has no part in the genesis that is assembled already, and joins when it is over";
    }
    if (kube::is_condition_true(status_.conditions, kType)) return;
    if (!deployment_.spec.genesis) {
        set(kType, ConditionStatus::False, reason::kNotApplicable, "spec.genesis is unset");
    } else if (problem) {
        set(kType, ConditionStatus::False, reason::kGenesisRejected, *problem);
    } else if (is_running) {
        set(kType,
            ConditionStatus::False,
            reason::kInProgress,
            "genesis ceremony is executing under an active plan" + others);
    } else {
        set(kType, ConditionStatus::False, reason::kNotStarted, "genesis ceremony has not yet started" + others);
    }
}

void DeploymentConditions::set_networking(const NetworkingOutcome& outcome) {
    using Kind = NetworkingOutcome::Kind;
    const auto no = [this](std::string_view why, std::string message) {
        set(type::kNetworkingReady, ConditionStatus::False, why, std::move(message));
    };
    switch (outcome.kind) {
        case Kind::Disabled:
            return no(reason::kNetworkingDisabled, "spec.networking is unset");
        case Kind::NoRoutes:
            return no(reason::kNoEffectiveRoutes, "node mode declares no externally-routable protocols");
        case Kind::CrdMissing:
            return no(reason::kCrdNotInstalled, "Gateway API CRD (HTTPRoute) is not installed");
        case Kind::DnsPending:
            return no(reason::kDnsPending, "waiting for route hostname to resolve in DNS");
        case Kind::NameTaken:
            return no(reason::kNameTaken, outcome.text);
        case Kind::Refused:
            return no(reason::kNetworkingNotApplied, outcome.text);
        case Kind::NotServed:
            return no(reason::kRouteNotServed, outcome.text);
        case Kind::Published:
            return set(
                type::kNetworkingReady,
                ConditionStatus::True,
                reason::kHttpRoutesPublished,
                std::to_string(outcome.routes) + " HTTPRoute(s) reconciled successfully"
            );
    }
}

void DeploymentConditions::set_nodes_ready(const Fleet& fleet) {
    std::int32_t ready = 0;
    std::int32_t failed = 0;
    std::int32_t initializing = 0;
    std::int32_t unhealthy = 0;
    for (const NodeSnapshot& node : fleet.wanted()) {
        if (is_ready(*node)) ++ready;
        if (node->status.phase == api::NodePhase::Running && !is_ready(*node)) ++unhealthy;
        if (node->status.phase == api::NodePhase::Failed) ++failed;
        if (node->status.phase == api::NodePhase::Pending || node->status.phase == api::NodePhase::Initializing) {
            ++initializing;
        }
    }
    std::string message = std::to_string(ready) + "/" + std::to_string(deployment_.spec.replicas) + " nodes ready";
    if (ready >= deployment_.spec.replicas) {
        set(type::kNodesReady, ConditionStatus::True, reason::kAllNodesReady, std::move(message));
        return;
    }
    message += " (";
    if (failed > 0) message += std::to_string(failed) + " failed, ";
    if (unhealthy > 0) message += std::to_string(unhealthy) + " unhealthy, ";
    message += std::to_string(initializing) + " initializing)";
    std::string_view why = reason::kNodesInitializing;
    if (unhealthy > 0) why = reason::kNodesUnhealthy;
    if (failed > 0) why = reason::kNodesFailed;
    set(type::kNodesReady, ConditionStatus::False, why, std::move(message));
}

void DeploymentConditions::set_stalled(const std::vector<Problem>& problems) {
    if (!problems.empty()) {
        std::string message = problems.front().message;
        if (problems.size() > 1) message += " (and " + std::to_string(problems.size() - 1) + " more)";
        set(type::kStalled, ConditionStatus::True, problems.front().reason, std::move(message));
    } else if (kube::is_condition_true(status_.conditions, type::kStalled)) {
        set(type::kStalled, ConditionStatus::False, reason::kProgressing, "what was in the way is gone");
    }
}

}  // namespace sei::deployment
