#include "sei/deployment/announcements.hpp"

#include <string_view>

#include "kube/meta/condition.hpp"
#include "sei/api/conditions.hpp"
#include "sei/api/events.hpp"
#include "sei/deployment/template_hash.hpp"

namespace sei::deployment {
namespace {

using kube::Condition;
using kube::ConditionStatus;
using kube::EventType;
namespace type = api::deployment_condition;

class Announcer {
public:
    Announcer(const api::SeiNodeDeploymentStatus& before, const api::SeiNodeDeploymentStatus& after)
        : before_{before}, after_{after} {}

    std::vector<kube::Announcement> all() {
        announce_pause();
        announce_end_of_rollout();
        announce_end_of_plan();
        announce_rollout();
        announce_plan();
        announce_networking();
        announce_stalled();
        return std::move(out_);
    }

private:
    void say(EventType event_type, std::string_view reason, std::string message) {
        out_.push_back({event_type, std::string{reason}, std::move(message)});
    }
    /// Has this condition come to have this reason?
    [[nodiscard]] bool became(std::string_view name, std::string_view reason) const {
        const Condition* now = kube::find_condition(after_.conditions, name);
        const Condition* then = kube::find_condition(before_.conditions, name);
        return now != nullptr && now->reason == reason && (then == nullptr || then->reason != reason);
    }
    void announce_pause() {
        const Condition* then = kube::find_condition(before_.conditions, type::kPaused);
        if (then == nullptr) return;
        const bool was = then->status == ConditionStatus::True;
        const bool is = kube::is_condition_true(after_.conditions, type::kPaused);
        if (!was && is && after_.plan) {
            say(EventType::Normal,
                api::event::kPaused,
                "operator set spec.paused with active plan " + after_.plan->id +
                    "; plan freezes in place until unpaused");
        } else if (!was && is) {
            say(EventType::Normal,
                api::event::kPaused,
                "operator set spec.paused; controller will not advance plans, rollouts, or template changes until "
                "unpaused");
        } else if (was && !is) {
            say(EventType::Normal,
                api::event::kUnpaused,
                "operator cleared spec.paused; controller resumes plan-driven orchestration");
        }
    }
    void announce_end_of_rollout() {
        if (before_.rollout && !after_.rollout && became(type::kRolloutInProgress, api::reason::kRolloutComplete)) {
            say(EventType::Normal, api::event::kRolloutComplete, "Deployment rollout completed successfully");
        }
    }
    void announce_end_of_plan() {
        if (became(type::kPlanInProgress, api::reason::kPlanComplete)) {
            say(EventType::Normal, api::event::kPlanComplete, "Plan completed successfully");
        } else if (became(type::kPlanInProgress, api::reason::kPlanFailed)) {
            say(EventType::Warning,
                api::event::kPlanFailed,
                kube::find_condition(after_.conditions, type::kPlanInProgress)->message);
        }
    }
    void announce_rollout() {
        if (!after_.rollout) return;
        if (before_.rollout && before_.rollout->targetHash == after_.rollout->targetHash) return;
        if (before_.rollout) {
            say(EventType::Normal,
                api::event::kRolloutSuperseded,
                "Spec changed during active rollout, replacing plan (old target: " + before_.rollout->targetHash + ")");
        }
        say(EventType::Normal,
            api::event::kRolloutStarted,
            "InPlace rollout started (target: " + short_hash(after_.rollout->targetHash) + ")");
    }
    void announce_plan() {
        if (!after_.plan || (before_.plan && before_.plan->id == after_.plan->id)) return;
        say(EventType::Normal, api::event::kPlanStarted, "Plan execution started");
    }
    void announce_networking() {
        if (became(type::kNetworkingReady, api::reason::kHttpRoutesPublished)) {
            say(EventType::Normal, api::event::kHttpRoutesPublished, "HTTPRoutes reconciled successfully");
        } else if (became(type::kNetworkingReady, api::reason::kCrdNotInstalled)) {
            say(EventType::Warning,
                api::event::kCrdNotInstalled,
                "Gateway API CRD (HTTPRoute) is not installed; HTTPRoute will not be created");
        }
    }
    /// An addition, as for nodes: what cannot be made is told once.
    void announce_stalled() {
        const Condition* now = kube::find_condition(after_.conditions, type::kStalled);
        if (now == nullptr || now->status != ConditionStatus::True) return;
        if (became(type::kStalled, now->reason)) say(EventType::Warning, now->reason, now->message);
    }

    const api::SeiNodeDeploymentStatus& before_;
    const api::SeiNodeDeploymentStatus& after_;
    std::vector<kube::Announcement> out_;
};

}  // namespace

std::vector<kube::Announcement> announcements(
    const api::SeiNodeDeploymentStatus& before, const api::SeiNodeDeploymentStatus& after
) {
    return Announcer{before, after}.all();
}

}  // namespace sei::deployment
