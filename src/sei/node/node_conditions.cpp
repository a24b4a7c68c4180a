#include "sei/node/node_conditions.hpp"

#include <chrono>
#include <utility>
#include <variant>

#include "kube/meta/condition.hpp"
#include "sei/api/conditions.hpp"
#include "sei/api/labels.hpp"
#include "sei/api/node_queries.hpp"

namespace sei::node {
namespace {

using kube::ConditionStatus;
namespace type = api::node_condition;
namespace reason = api::reason;

constexpr std::chrono::seconds kTroubleAgeToReport{30};

bool is_to_be_told(const tasks::Trouble& trouble, kube::MonotonicTime now) {
    return trouble.report_at_once || now - trouble.since >= kTroubleAgeToReport;
}

/// Null: none that is to be told yet.
const tasks::Trouble* trouble_to_tell(const tasks::NodeMemory& memory, kube::MonotonicTime now) {
    const tasks::Trouble* told = nullptr;
    for (const tasks::Trouble& trouble : memory.upkeep_troubles) {
        if (!is_to_be_told(trouble, now)) continue;
        told = &trouble;
        if (trouble.reason == reason::kDataVolumeMissing) break;
    }
    if (told == nullptr && memory.trouble && is_to_be_told(*memory.trouble, now)) told = &*memory.trouble;
    return told;
}

std::string listed(const std::vector<std::string>& keys) {
    constexpr std::size_t kShownMax = 10;
    std::string text;
    for (std::size_t i = 0; i < keys.size() && i < kShownMax; ++i) text += (i == 0 ? "" : ", ") + keys[i];
    if (keys.size() > kShownMax) text += " and " + std::to_string(keys.size() - kShownMax) + " more";
    return text;
}

}  // namespace

void Conditions::set(std::string_view name, ConditionStatus status, std::string_view why, std::string message) {
    kube::Condition condition;
    condition.type = name;
    condition.status = status;
    condition.observedGeneration = node_.metadata.generation;
    condition.lastTransitionTime = now_;
    condition.reason = why;
    condition.message = std::move(message);
    kube::set_condition(status_.conditions, std::move(condition));
}

void Conditions::set_paused() {
    if (node_.spec.paused) {
        set(type::kPaused, ConditionStatus::True, reason::kPaused, "spec.paused is true; reconciliation is frozen");
    } else {
        set(type::kPaused, ConditionStatus::False, reason::kNotPaused, "spec.paused is unset or false");
    }
}

void Conditions::set_sidecar_ready(const sidecar::HealthOutcome& health) {
    if (std::holds_alternative<sidecar::Ready>(health)) {
        set(type::kSidecarReady, ConditionStatus::True, reason::kReady, "sidecar returned 200");
    } else if (std::holds_alternative<sidecar::NotReady>(health)) {
        set(type::kSidecarReady,
            ConditionStatus::False,
            reason::kNotReady,
            "sidecar returned 503, re-issuing mark-ready");
    } else {
        set(type::kSidecarReady,
            ConditionStatus::Unknown,
            reason::kUnreachable,
            "sidecar Healthz error: " + std::get<sidecar::Unavailable>(health).text);
    }
}

void Conditions::set_update_started(
    const std::string& outdated_image,
    const std::optional<tasks::SidecarDrift>& sidecar,
    const std::optional<plan::ConfigDrift>& config
) {
    std::string message;
    const auto add = [&](const std::string& part) { message += (message.empty() ? "" : "; ") + part; };
    if (api::has_image_drift(node_.spec, status_)) {
        add("image drift detected: spec=" + node_.spec.image + " current=" + status_.currentImage);
    } else if (!outdated_image.empty()) {
        add("image drift detected: spec=" + node_.spec.image + " current=" + outdated_image);
    }
    if (sidecar) add("sidecar image drift detected: spec=" + sidecar->wanted + " current=" + sidecar->running);
    if (config) add("configuration drift detected: " + listed(config->keys));
    if (message.empty()) message = "template drift detected: the pod of an older template is replaced";
    set(type::kNodeUpdateInProgress, ConditionStatus::True, reason::kUpdateStarted, std::move(message));
}

void Conditions::set_restart_pending(const std::optional<plan::ConfigDrift>& config, const std::string& outdated_pod) {
    const std::string remedy =
        "; it comes with the next update, or now if the node is annotated with " + std::string{api::kRetryAnnotation};
    if (config) {
        set(type::kRestartPending,
            ConditionStatus::True,
            reason::kConfigChanged,
            "the configuration of the spec has not reached the node (" + listed(config->keys) + ")" + remedy);
    } else if (!outdated_pod.empty()) {
        set(type::kRestartPending,
            ConditionStatus::True,
            reason::kTemplateChanged,
            "pod " + outdated_pod + " is of an older template" + remedy);
    } else if (kube::find_condition(status_.conditions, type::kRestartPending) != nullptr) {
        set(type::kRestartPending, ConditionStatus::False, reason::kUpToDate, "nothing waits for a restart");
    }
}

void Conditions::set_pod_ready(const std::optional<tasks::PodHealth>& health) {
    const bool is_told = kube::find_condition(status_.conditions, type::kPodReady) != nullptr;
    if (health && (is_told || health->is_problem)) {
        set(type::kPodReady, health->status, health->reason, health->message);
    } else if (!health && is_told) {
        set(type::kPodReady, ConditionStatus::False, reason::kNoPod, "there is no pod");
    }
}

void Conditions::end_update() {
    if (!kube::is_condition_true(status_.conditions, type::kNodeUpdateInProgress)) return;
    const api::TaskPlan& plan = *status_.plan;
    if (plan.phase == api::PlanPhase::Complete) {
        set(type::kNodeUpdateInProgress,
            ConditionStatus::False,
            reason::kUpdateComplete,
            "plan " + plan.id + " completed");
        return;
    }
    std::string why = "unknown";
    if (plan.failedTaskDetail) why = "task " + plan.failedTaskDetail->type + ": " + plan.failedTaskDetail->error;
    set(type::kNodeUpdateInProgress,
        ConditionStatus::False,
        reason::kUpdateFailed,
        "plan " + plan.id + " failed: " + why);
}

void Conditions::set_spec_problem(const std::optional<plan::SpecProblem>& problem) {
    if (problem) {
        set(type::kSpecValid, ConditionStatus::False, reason::kSpecRejected, problem->message);
    } else if (kube::find_condition(status_.conditions, type::kSpecValid) != nullptr) {
        set(type::kSpecValid, ConditionStatus::True, reason::kSpecAccepted, "the spec can be served");
    }
}

void Conditions::set_stalled(const tasks::NodeMemory& memory, kube::MonotonicTime monotonic_now) {
    if (const tasks::Trouble* trouble = trouble_to_tell(memory, monotonic_now)) {
        set(type::kStalled, ConditionStatus::True, trouble->reason, trouble->error);
    } else if (memory.trouble || !memory.upkeep_troubles.empty()) {
        return;  // too early to tell whether it passes
    } else if (kube::is_condition_true(status_.conditions, type::kStalled) &&
               !(status_.plan && status_.plan->phase == api::PlanPhase::Failed)) {
        set(type::kStalled, ConditionStatus::False, reason::kProgressing, "what was in the way is gone");
    }
}

bool is_restart_pending(const api::SeiNode& node) {
    return kube::is_condition_true(node.status.conditions, type::kRestartPending);
}

bool spec_changed_since_last_pass(const api::SeiNode& node) {
    const kube::Condition* paused = kube::find_condition(node.status.conditions, type::kPaused);
    return paused != nullptr && paused->observedGeneration < node.metadata.generation;
}

}  // namespace sei::node
