#include "sei/deployment/rollout.hpp"

#include <algorithm>
#include <chrono>

#include "kube/meta/condition.hpp"
#include "planted/planted.hpp"
#include "sei/api/conditions.hpp"
#include "sei/deployment/genesis.hpp"
#include "sei/deployment/template_hash.hpp"
#include "sei/plan/progress.hpp"

namespace sei::deployment {
namespace {

constexpr std::int32_t kProgressDeadlineSeconds = 600;

/// A rollout that failed for good is not begun again by itself: only a changed spec is a new attempt.
bool has_failed_for_this_spec(const api::SeiNodeDeployment& deployment) {
    const kube::Condition* condition =
        kube::find_condition(deployment.status.conditions, api::deployment_condition::kRolloutInProgress);
    return condition != nullptr && condition->reason == api::reason::kRolloutFailed &&
           condition->observedGeneration >= deployment.metadata.generation;
}

}  // namespace

bool is_ceremony_open(
    const api::SeiNodeDeploymentSpec& spec,
    const api::SeiNodeDeploymentStatus& status,
    const std::vector<NodeSnapshot>& wanted
) {
    if (!spec.genesis || wanted.empty()) return false;
    if (is_ceremony_complete(status)) return false;
    return std::ranges::all_of(wanted, [](const NodeSnapshot& node) { return takes_part_in_ceremony(*node); });
}

RolloutDecision decide_rollout(const api::SeiNodeDeployment& deployment, const std::vector<NodeSnapshot>& wanted) {
    using Kind = RolloutDecision::Kind;
    const api::NodeSpec& target = deployment.spec.template_.spec;
    const api::SeiNodeDeploymentStatus& status = deployment.status;
    const std::string hash = template_hash(target);
    if (deployment.spec.paused) return {};
    if (status.rollout) {
        // A chain that is being made has nothing to run yet: its nodes get the image as it is (spec 03 §11.1, H16).
        const bool is_ceremony = plan::is_active(status.plan) && kind_of(*status.plan) == PlanKind::Genesis;
        if (status.rollout->targetHash == hash || is_ceremony) return {};
        return {Kind::Supersede, status.templateHash, hash};
    }
    if (plan::is_active(status.plan) || wanted.empty() || has_failed_for_this_spec(deployment)) return {};
    // Genesis goes first (spec 03 §11.1): its nodes have no chain to run yet, and get another image as it is.
    if (is_ceremony_open(deployment.spec, status, wanted)) return {};
    if (!status.templateHash.empty()) {
        if (status.templateHash == hash) return {};
        return {Kind::Start, status.templateHash, hash};
    }
    // Without a baseline the nodes say what they run: adopted ones, and those of a ceremony with an edited template.
    const auto drifted =
        std::ranges::find_if(wanted, [&](const NodeSnapshot& node) { return !asks_for(*node, target); });
    if (drifted == wanted.end()) return {};
    return {Kind::Start, template_hash((*drifted)->spec), hash};
}

std::set<std::string> nodes_to_roll(
    const std::vector<NodeSnapshot>& wanted, const api::NodeSpec& target, const std::optional<Bound>& bound
) {
    std::set<std::string> names;
    const auto serves = [&](const NodeSnapshot& node) {
        return is_available(*node) && (!bound || bound->serving.contains(node->metadata.name));
    };
    std::int32_t unavailable = bound ? bound->absent : 0;
    std::int32_t under_way = unavailable;
    for (const NodeSnapshot& node : wanted) {
        if (serves(node)) continue;
        ++unavailable;
        if (asks_for(*node, target)) ++under_way;
    }
    for (const NodeSnapshot& node : wanted) {
        const bool is_asked = asks_for(*node, target);
        const bool is_serving = serves(node);
        std::int32_t taken = is_serving ? unavailable : under_way;
        if (planted::has(planted::Bug::UnreadyNodesUncounted) && !is_serving) taken = 0;
        if (!is_asked && bound && taken >= bound->max_unavailable) continue;
        names.insert(node->metadata.name);
        if (is_asked) continue;
        ++under_way;
        if (is_serving) ++unavailable;
    }
    return names;
}

RolloutProgress progress_of(
    const std::vector<NodeSnapshot>& wanted, const api::NodeSpec& target, const std::optional<Bound>& bound
) {
    RolloutProgress progress;
    progress.total = static_cast<std::int32_t>(wanted.size());
    for (const NodeSnapshot& node : wanted) {
        const std::string& name = node->metadata.name;
        const bool has_arrived = runs(*node, target);
        if (has_arrived) ++progress.updated;
        const bool serves = !bound || (is_available(*node) && bound->serving.contains(name));
        if (has_arrived && serves) continue;
        const std::string trouble = trouble_of(*node);
        if (!trouble.empty() && progress.trouble.empty()) progress.trouble = name + ": " + trouble;
        const bool is_in_turn = has_arrived || asks_for(*node, target);
        if (is_in_turn && progress.awaited.empty()) {
            progress.awaited = has_arrived ? name + ", whose pod is not ready" : name;
        }
    }
    return progress;
}

void record_progress(api::RolloutStatus& rollout, const RolloutProgress& progress, kube::Time now) {
    // Of a fleet that has shrunk there are fewer to come.
    if (rollout.updatedNodes >= progress.total && progress.updated < progress.total) {
        rollout.updatedNodes = progress.updated;
    }
    // One that goes back and forth makes none.
    if (progress.updated <= rollout.updatedNodes) return;
    rollout.updatedNodes = progress.updated;
    rollout.lastProgressAt = now;
}

kube::Time progress_deadline(const api::RolloutStatus& rollout, const api::UpdateStrategy& strategy) {
    const kube::Time last = rollout.lastProgressAt.value_or(rollout.startedAt);
    return {last.at + std::chrono::seconds{strategy.progressDeadlineSeconds.value_or(kProgressDeadlineSeconds)}};
}

}  // namespace sei::deployment
