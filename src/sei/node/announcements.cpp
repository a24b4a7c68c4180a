#include "sei/node/announcements.hpp"

#include <boost/describe/enum_to_string.hpp>

#include "kube/meta/condition.hpp"
#include "sei/api/conditions.hpp"
#include "sei/api/events.hpp"

namespace sei::node {
namespace {

using kube::Condition;
using kube::ConditionStatus;

std::string word(const std::optional<api::NodePhase>& phase) {
    return phase ? boost::describe::enum_to_string(*phase, "") : "";
}

std::string failure_of(const api::SeiNodeStatus& status) {
    if (!status.plan || !status.plan->failedTaskDetail) return "for an unknown reason";
    return "task " + status.plan->failedTaskDetail->type + ": " + status.plan->failedTaskDetail->error;
}

void announce_phase(
    const api::SeiNodeStatus& before, const api::SeiNodeStatus& after, std::vector<kube::Announcement>& out
) {
    if (before.phase == after.phase || !after.phase || after.phase == api::NodePhase::Terminating) return;
    out.push_back(
        {kube::EventType::Normal,
         std::string{api::event::kPhaseTransition},
         "Phase changed from " + word(before.phase) + " to " + word(after.phase)}
    );
    if (after.phase == api::NodePhase::Failed) {
        out.push_back(
            {kube::EventType::Warning,
             std::string{api::event::kNodeFailed},
             "SeiNode is in Failed state (" + failure_of(after) +
                 "). Change the spec to try again with the same data, or delete and recreate the resource."}
        );
    }
}

void announce_sidecar(
    const api::SeiNodeStatus& before, const api::SeiNodeStatus& after, std::vector<kube::Announcement>& out
) {
    const Condition* previous = kube::find_condition(before.conditions, api::node_condition::kSidecarReady);
    const Condition* current = kube::find_condition(after.conditions, api::node_condition::kSidecarReady);
    if (current == nullptr) return;
    const bool was_false = previous != nullptr && previous->status == ConditionStatus::False;
    if (current->status == ConditionStatus::False && current->reason == api::reason::kNotReady && !was_false) {
        out.push_back(
            {kube::EventType::Warning,
             std::string{api::event::kSidecarReadinessLost},
             "sidecar Healthz returned 503; controller will re-issue mark-ready"}
        );
    } else if (current->status == ConditionStatus::True && was_false) {
        out.push_back(
            {kube::EventType::Normal,
             std::string{api::event::kSidecarReadinessRestored},
             "sidecar Healthz returned 200; mark-ready gate is open"}
        );
    }
}

void announce_rejected_spec(
    const api::SeiNodeStatus& before, const api::SeiNodeStatus& after, std::vector<kube::Announcement>& out
) {
    const Condition* previous = kube::find_condition(before.conditions, api::node_condition::kSpecValid);
    const Condition* current = kube::find_condition(after.conditions, api::node_condition::kSpecValid);
    if (current == nullptr || current->status != ConditionStatus::False) return;
    if (previous != nullptr && previous->status == current->status && previous->message == current->message) return;
    out.push_back({kube::EventType::Warning, std::string{api::event::kSpecRejected}, current->message});
}

}  // namespace

std::vector<kube::Announcement> announcements(const api::SeiNodeStatus& before, const api::SeiNodeStatus& after) {
    std::vector<kube::Announcement> out;
    announce_sidecar(before, after, out);
    announce_rejected_spec(before, after, out);
    announce_phase(before, after, out);
    return out;
}

}  // namespace sei::node
