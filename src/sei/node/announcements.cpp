#include "sei/node/announcements.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <boost/describe/enum_to_string.hpp>

#include "kube/meta/condition.hpp"
#include "sei/api/conditions.hpp"
#include "sei/api/events.hpp"
#include "sei/plan/config_intent.hpp"
#include "sei/plan/progress.hpp"
#include "sei/plan/witnesses.hpp"

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

bool is_new_plan(const api::SeiNodeStatus& before, const api::SeiNodeStatus& after) {
    return after.plan && (!before.plan || before.plan->id != after.plan->id);
}

void announce_replaced_override(
    const api::NodeSpec& spec,
    const api::SeiNodeStatus& before,
    const api::SeiNodeStatus& after,
    std::vector<kube::Announcement>& out
) {
    if (!is_new_plan(before, after) || plan::find_task(*after.plan, plan::TaskType::ConfigApply) == nullptr) return;
    const auto level = spec.overrides.find(std::string{plan::kForcedLogLevelKey});
    if (level == spec.overrides.end() || level->second == plan::kForcedLogLevel) return;
    out.push_back(
        {kube::EventType::Warning,
         std::string{api::event::kOverrideReplaced},
         fmt::format(
             "spec.overrides[{}] is \"{}\"; the node gets \"{}\", as every node",
             level->first,
             level->second,
             plan::kForcedLogLevel
         )}
    );
}

void announce_few_witnesses(
    const api::NodeSpec& spec,
    const api::SeiNodeStatus& before,
    const api::SeiNodeStatus& after,
    std::vector<kube::Announcement>& out
) {
    if (!is_new_plan(before, after) || plan::witnesses_of(spec) != nullptr) return;
    if (plan::find_task(*after.plan, plan::TaskType::ConfigureStateSync) == nullptr) return;
    const std::optional<std::size_t> hosts = plan::known_peer_hosts(spec, after);
    if (!hosts || *hosts >= plan::kWitnessesMin) return;
    out.push_back(
        {kube::EventType::Warning,
         std::string{api::event::kFewWitnesses},
         fmt::format(
             "state sync takes its witnesses from the peers, and peers on {} host(s) are known: name {} or more in "
             "the snapshot's witnesses",
             *hosts,
             plan::kWitnessesMin
         )}
    );
}

std::vector<std::string> moved_ports(const api::SeiNodeStatus& status) {
    return status.appliedConfig ? plan::moved_ports(status.appliedConfig->overrides) : std::vector<std::string>{};
}

void announce_moved_ports(
    const api::SeiNodeStatus& before, const api::SeiNodeStatus& after, std::vector<kube::Announcement>& out
) {
    if (before.appliedConfig == after.appliedConfig) return;
    const std::vector<std::string> earlier = moved_ports(before);
    for (std::string& moved : moved_ports(after)) {
        if (std::ranges::find(earlier, moved) != earlier.end()) continue;
        out.push_back({kube::EventType::Warning, std::string{api::event::kAskedPortMoved}, "spec." + std::move(moved)});
    }
}

}  // namespace

std::vector<kube::Announcement> announcements(
    const api::NodeSpec& spec, const api::SeiNodeStatus& before, const api::SeiNodeStatus& after
) {
    std::vector<kube::Announcement> out;
    announce_sidecar(before, after, out);
    announce_rejected_spec(before, after, out);
    announce_replaced_override(spec, before, after, out);
    announce_moved_ports(before, after, out);
    announce_few_witnesses(spec, before, after, out);
    announce_phase(before, after, out);
    return out;
}

}  // namespace sei::node
