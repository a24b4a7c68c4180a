#include "sei/deployment/fleet.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <tuple>
#include <utility>

#include "kube/meta/condition.hpp"
#include "sei/api/conditions.hpp"
#include "sei/api/labels.hpp"
#include "sei/api/node_queries.hpp"
#include "sei/plan/progress.hpp"
#include "sei/plan/spec_problem.hpp"
#include "sei/plan/task_type.hpp"

namespace sei::deployment {
namespace {

std::string_view label(const api::SeiNode& node, std::string_view key) {
    const auto found = node.metadata.labels.find(std::string{key});
    return found == node.metadata.labels.end() ? std::string_view{} : std::string_view{found->second};
}

std::string_view sidecar_image(const api::NodeSpec& spec) {
    return spec.sidecar ? std::string_view{spec.sidecar->image} : std::string_view{};
}

const kube::Condition* failing(const api::SeiNode& node, std::string_view type, kube::ConditionStatus bad) {
    const kube::Condition* condition = kube::find_condition(node.status.conditions, type);
    return condition != nullptr && condition->status == bad ? condition : nullptr;
}

/// What a fleet is ordered by.
std::pair<std::int32_t, std::string_view> place_of(const NodeSnapshot& node) {
    return {ordinal_of(*node).value_or(std::numeric_limits<std::int32_t>::max()), node->metadata.name};
}

auto facts(const api::SeiNode& node) {
    return std::tuple{
        node.metadata.generation,
        node.metadata.deletionTimestamp.has_value(),
        node.status.phase,
        node.status.currentImage,
        plan::is_active(node.status.plan),
        has_uploaded_artifacts(node),
        has_seen_spec(node),
        is_ready(node),
        trouble_of(node)
    };
}

}  // namespace

std::string child_name(const api::SeiNodeDeployment& deployment, std::int32_t ordinal) {
    return deployment.metadata.name + "-" + std::to_string(ordinal);
}

bool is_wanted_name(const api::SeiNodeDeployment& deployment, std::string_view name) {
    const std::string prefix = deployment.metadata.name + "-";
    if (!name.starts_with(prefix)) return false;
    const auto ordinal = parse_ordinal(name.substr(prefix.size()));
    return ordinal && *ordinal < deployment.spec.replicas && child_name(deployment, *ordinal) == name;
}

std::optional<std::int32_t> parse_ordinal(std::string_view label) {
    std::int32_t ordinal = 0;
    const char* end = label.data() + label.size();
    const auto [stopped, error] = std::from_chars(label.data(), end, ordinal);
    if (label.empty() || error != std::errc{} || stopped != end || ordinal < 0) return std::nullopt;
    return ordinal;
}

std::optional<std::int32_t> ordinal_of(const api::SeiNode& node) {
    return parse_ordinal(label(node, api::kDeploymentOrdinalLabel));
}

Claim claim_on(const api::SeiNodeDeployment& deployment, const api::SeiNode* node) {
    if (node == nullptr) return Claim::Free;
    if (node->metadata.is_controlled_by(kube::Uid{deployment.metadata.uid})) return Claim::Ours;
    if (node->metadata.controller() == nullptr && label(*node, api::kDeploymentLabel) == deployment.metadata.name) {
        return Claim::Adoptable;
    }
    return Claim::Foreign;
}

Fleet::Fleet(const api::SeiNodeDeployment& deployment, const std::vector<NodeSnapshot>& nodes)
    : replicas_{deployment.spec.replicas} {
    using Placed = std::pair<std::pair<std::int32_t, std::string_view>, const NodeSnapshot*>;
    std::vector<Placed> placed;  // each place is looked up once, not at each comparison
    placed.reserve(nodes.size());
    for (const NodeSnapshot& node : nodes) {
        if (claim_on(deployment, &*node) == Claim::Ours) placed.emplace_back(place_of(node), &node);
    }
    std::ranges::sort(placed, {}, &Placed::first);
    nodes_.reserve(placed.size());
    for (const Placed& each : placed) nodes_.push_back(*each.second);
}

std::vector<NodeSnapshot> Fleet::wanted() const {
    std::vector<NodeSnapshot> found;
    for (const NodeSnapshot& node : nodes_) {
        const auto ordinal = ordinal_of(*node);
        if (ordinal && *ordinal < replicas_ && !node->metadata.deletionTimestamp) found.push_back(node);
    }
    return found;
}

std::vector<NodeSnapshot> Fleet::surplus() const {
    std::vector<NodeSnapshot> found;
    for (const NodeSnapshot& node : nodes_) {
        const auto ordinal = ordinal_of(*node);
        if (ordinal && *ordinal >= replicas_ && !node->metadata.deletionTimestamp) found.push_back(node);
    }
    return found;
}

const NodeSnapshot* Fleet::find(std::string_view name) const {
    const auto found =
        std::ranges::find_if(nodes_, [&](const NodeSnapshot& node) { return node->metadata.name == name; });
    return found == nodes_.end() ? nullptr : &*found;
}

void Fleet::put(NodeSnapshot node) {
    std::erase_if(nodes_, [&](const NodeSnapshot& seen) { return seen->metadata.name == node->metadata.name; });
    const auto behind = std::ranges::upper_bound(nodes_, place_of(node), {}, place_of);
    nodes_.insert(behind, std::move(node));
}

bool is_ready(const api::SeiNode& node) {
    return node.status.phase == api::NodePhase::Running && pod_problem(node) == nullptr;
}

const kube::Condition* pod_problem(const api::SeiNode& node) {
    const kube::Condition* problem = failing(node, api::node_condition::kPodReady, kube::ConditionStatus::False);
    constexpr std::array kNoProblem{
        api::reason::kStarting, api::reason::kNoPod, api::reason::kGateClosed, api::reason::kHaltedByIntention
    };
    if (problem == nullptr || std::ranges::find(kNoProblem, problem->reason) != kNoProblem.end()) return nullptr;
    // A seid that has reached its height ends, and ends again when it is started.
    const bool looks_halted =
        problem->reason == api::reason::kNotReady || problem->reason == api::reason::kCrashLooping;
    return looks_halted && api::is_halted_by_intention(node.spec) ? nullptr : problem;
}

bool has_seen_spec(const api::SeiNode& node) {
    // Written in every pass over a node that is not being deleted (spec 01 §15.1).
    const kube::Condition* paused = kube::find_condition(node.status.conditions, api::node_condition::kPaused);
    return paused != nullptr && paused->observedGeneration >= node.metadata.generation;
}

bool asks_for(const api::SeiNode& node, const api::NodeSpec& wanted) {
    return node.spec.image == wanted.image && sidecar_image(node.spec) == sidecar_image(wanted);
}

bool runs(const api::SeiNode& node, const api::NodeSpec& wanted) {
    // A stored plan is under way, or has failed and is tried again; a spec that cannot be served gets none.
    return asks_for(node, wanted) && has_seen_spec(node) && node.status.currentImage == wanted.image &&
           node.status.phase != api::NodePhase::Failed && !node.status.plan && !plan::problem_of(node);
}

bool is_available(const api::SeiNode& node) {
    return is_ready(node) && !node.metadata.deletionTimestamp && has_seen_spec(node) &&
           node.status.currentImage == node.spec.image && !plan::is_active(node.status.plan) &&
           trouble_of(node).empty();
}

std::string lasting_trouble_of(const api::SeiNode& node) {
    if (const auto* stalled = failing(node, api::node_condition::kStalled, kube::ConditionStatus::True)) {
        return stalled->reason + ": " + stalled->message;
    }
    if (const auto* rejected = failing(node, api::node_condition::kSpecValid, kube::ConditionStatus::False)) {
        return rejected->reason + ": " + rejected->message;
    }
    return {};
}

std::string trouble_of(const api::SeiNode& node) {
    if (std::string lasting = lasting_trouble_of(node); !lasting.empty()) return lasting;
    if (node.status.phase == api::NodePhase::Failed) {
        if (!node.status.plan || !node.status.plan->failedTaskDetail) return "it is Failed";
        return "it is Failed: task " + node.status.plan->failedTaskDetail->type + ": " +
               node.status.plan->failedTaskDetail->error;
    }
    if (const kube::Condition* problem = pod_problem(node)) return problem->reason + ": " + problem->message;
    // The condition outlives its cause: it is news only for as long as the failed plan is there to be tried again.
    const kube::Condition* update =
        failing(node, api::node_condition::kNodeUpdateInProgress, kube::ConditionStatus::False);
    const bool is_failing = node.status.plan && node.status.plan->phase == api::PlanPhase::Failed;
    if (is_failing && update != nullptr && update->reason == api::reason::kUpdateFailed) {
        return update->reason + ": " + update->message;
    }
    return {};
}

bool takes_part_in_ceremony(const api::SeiNode& node) {
    return node.spec.validator && node.spec.validator->genesisCeremony;
}

bool has_uploaded_artifacts(const api::SeiNode& node) {
    if (node.status.phase == api::NodePhase::Running) return true;
    if (!node.status.plan) return false;
    return std::ranges::any_of(node.status.plan->tasks, [](const api::PlannedTask& task) {
        return task.type == plan::to_wire(plan::TaskType::UploadGenesisArtifacts) &&
               task.status == api::TaskStatus::Complete;
    });
}

bool reported_facts_changed(const api::SeiNode& before, const api::SeiNode& after) {
    return facts(before) != facts(after) || before.metadata.labels != after.metadata.labels ||
           before.metadata.annotations != after.metadata.annotations ||
           before.metadata.ownerReferences != after.metadata.ownerReferences;
}

}  // namespace sei::deployment
