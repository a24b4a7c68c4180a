#include "sei/node/needs.hpp"

#include <algorithm>

#include "sei/api/conditions.hpp"
#include "sei/api/labels.hpp"
#include "sei/api/node_queries.hpp"
#include "sei/plan/new_node_problem.hpp"
#include "sei/plan/progress.hpp"
#include "sei/plan/task_type.hpp"
#include "sei/resources/sidecar_image.hpp"

namespace sei::node {
namespace {

const kube::Condition* sidecar_ready(const api::SeiNodeStatus& status) {
    return kube::find_condition(status.conditions, api::node_condition::kSidecarReady);
}

}  // namespace

api::SeiNode Needs::working_copy() const {
    api::SeiNode node = *context_.node;
    node.status = context_.status;
    return node;
}

std::optional<plan::SpecProblem> Needs::spec_problem() const {
    std::optional<plan::SpecProblem> problem = plan::problem_of(*context_.node);
    if (problem) return problem;
    // Neither does a running node do anything with a configuration that is not known to be valid.
    const bool is_unvalidated = context_.status.appliedConfig && context_.status.appliedConfig->unvalidated;
    if (is_running()) return is_unvalidated ? config_problem() : std::nullopt;
    problem = plan::problem_of_new_node(*context_.node);
    return problem ? problem : config_problem();
}

std::optional<plan::SpecProblem> Needs::config_problem() const {
    const api::SeiNode node = working_copy();
    if (is_running() && !plan::config_drift(node)) return std::nullopt;
    const std::optional<std::string> problem = plan::problem_of(plan::config_intent(node));
    if (!problem) return std::nullopt;
    return plan::SpecProblem{"spec." + *problem};
}

std::optional<plan::SpecProblem> Needs::told_problem() const {
    std::optional<plan::SpecProblem> problem = config_problem();
    return problem || !is_running() ? problem : plan::problem_of_next_pod(context_.node->spec);
}

std::optional<plan::ConfigDrift> Needs::config_drift() const {
    if (config_problem()) return std::nullopt;
    return plan::config_drift(working_copy());
}

std::optional<tasks::SidecarDrift> Needs::sidecar_drift() const {
    if (!context_.live_stateful_set) return std::nullopt;
    return tasks::sidecar_drift(
        *context_.live_stateful_set,
        context_.observed.pods(),
        resources::sidecar_image(*context_.node, context_.platform)
    );
}

std::vector<kube::Snapshot<kube::Pod>> Needs::outdated_pods() const {
    if (!context_.live_stateful_set) return {};
    std::vector<kube::Snapshot<kube::Pod>> pods = context_.observed.pods();
    const auto& applied = context_.memory.applied;
    const bool waits_for_import = !api::imported_pvc_name(context_.node->spec).empty() && applied &&
                                  applied->claim != api::data_pvc_key(*context_.node).name;
    if (!waits_for_import) return tasks::observe_rollout(*context_.live_stateful_set, pods).outdated;
    std::erase_if(pods, [](const auto& pod) { return pod->metadata.deletionTimestamp.has_value(); });
    return pods;
}

std::string Needs::outdated_pod() const {
    const auto pods = outdated_pods();
    return pods.empty() ? std::string{} : pods.front()->metadata.name;
}

std::string Needs::outdated_image() const {
    if (!context_.live_stateful_set) return {};
    return tasks::outdated_image(*context_.live_stateful_set, context_.observed.pods(), context_.node->spec.image);
}

std::optional<tasks::PodHealth> Needs::pod_health() const {
    auto health = tasks::pod_health(
        context_.observed.pods(), context_.observed.data_volume_claim(), kube::Time::of(context_.clock.now())
    );
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

bool Needs::gets_nowhere(const kube::Snapshot<kube::Pod>& pod) const {
    const auto health =
        tasks::pod_health({pod}, context_.observed.data_volume_claim(), kube::Time::of(context_.clock.now()));
    return health && health->is_problem && health->reason != api::reason::kNotReady;
}

bool Needs::is_update_due() const {
    return api::has_image_drift(context_.node->spec, context_.status) || !outdated_image().empty() ||
           sidecar_drift().has_value() || is_restart_due() || is_stuck_pod_outdated();
}

bool Needs::is_stuck_pod_outdated() const {
    return std::ranges::any_of(outdated_pods(), [&](const auto& pod) { return gets_nowhere(pod); });
}

bool Needs::is_retry_requested() const {
    return context_.node->metadata.annotations.contains(std::string{api::kRetryAnnotation});
}

bool Needs::is_restart_due() const {
    return is_running() && is_retry_requested() && (config_drift() || !outdated_pod().empty());
}

bool Needs::is_gate_closed() const {
    const kube::Condition* ready = sidecar_ready(context_.status);
    return ready != nullptr && ready->status == kube::ConditionStatus::False && ready->reason == api::reason::kNotReady;
}

plan::ReachablePeers Needs::reachable_peers() const {
    return context_.memory.are_peers_unreachable ? plan::ReachablePeers::None : plan::ReachablePeers::Unknown;
}

plan::UpdateOptions Needs::update_options() const {
    plan::UpdateOptions options;
    options.peers = reachable_peers();
    if (config_problem()) options.configuration = plan::UpdateOptions::Configuration::Omitted;
    const kube::Condition* ready = sidecar_ready(context_.status);
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

}  // namespace sei::node
