// Is the simulated world as its users want it?
#include <algorithm>

#include <fmt/format.h>

#include "sei/api/conditions.hpp"
#include "sim/json_look.hpp"
#include "sim/world.hpp"

namespace sim {
namespace {

using kube::json::find_string;
using kube::json::Value;

kube::NamespacedName key_of(const std::string& name) {
    return {"default", name};
}

std::int64_t number_at(const Value& object, std::initializer_list<std::string_view> path) {
    const Value* found = kube::json::find(object, path);
    return found != nullptr && found->is_int64() ? found->get_int64() : 0;
}

std::string imported_claim(const ObjectPtr& node) {
    return text_at(node, {"spec", "dataVolume", "import", "pvcName"});
}

bool is_waiting_for_import(const Value& node) {
    const kube::json::Array none;
    return std::ranges::any_of(array_at(node, {"status", "conditions"}, none), [](const Value& condition) {
        return find_string(condition, {"type"}) == sei::api::node_condition::kImportPvcReady &&
               find_string(condition, {"reason"}) == sei::api::reason::kPvcNotReady;
    });
}

bool is_on_claim(const Value& pod, std::string_view claim) {
    const kube::json::Array none;
    return std::ranges::any_of(array_at(pod, {"spec", "volumes"}, none), [&](const Value& volume) {
        return find_string(volume, {"persistentVolumeClaim", "claimName"}) == claim;
    });
}

bool is_there(const Value& object, std::initializer_list<std::string_view> path) {
    return kube::json::find(object, path) != nullptr;
}

}  // namespace

bool World::has_settled() const {
    return unsettled().empty();
}

std::string World::unsettled() const {
    if (users_at_work_ > 0) return "users are not done";
    if (wishes_.fleet) {
        const std::string problem = unsettled_fleet();
        if (!problem.empty()) return problem;
    }
    for (const auto& [name, image] : wishes_.images) {
        std::string problem = unsettled_node(name, image);
        if (!problem.empty() && !is_told_to_wait(name)) return problem;
    }
    return {};
}

/// Of the nodes that import one claim one has it, whichever; the others say what they wait for, and have nothing else.
bool World::is_told_to_wait(const std::string& name) const {
    const ObjectPtr node = find(WatchedKind::Node, key_of(name));
    const std::string claim = imported_claim(node);
    if (claim.empty() || find(WatchedKind::StatefulSet, key_of(name)) || find(WatchedKind::Pod, key_of(name + "-0"))) {
        return false;
    }
    if (text_at(node, {"status", "phase"}) != "Initializing" || !is_waiting_for_import(node->value())) return false;
    return std::ranges::any_of(wishes_.images, [&](const auto& wish) {
        const auto& [other, image] = wish;
        return other != name && imported_claim(find(WatchedKind::Node, key_of(other))) == claim &&
               unsettled_node(other, image).empty();
    });
}

std::string World::unsettled_fleet() const {
    const std::string& name = scenario_.fleet->name;
    const ObjectPtr fleet = find(WatchedKind::Deployment, key_of(name));
    if (!fleet) return "fleet " + name + " is not there";
    const Value& value = fleet->value();
    if (is_there(value, {"status", "plan"})) return "fleet " + name + " has a plan";
    if (is_there(value, {"status", "rollout"})) return "fleet " + name + " is being rolled";
    const std::int64_t ready = number_at(value, {"status", "readyReplicas"});
    if (find_string(value, {"status", "phase"}) != "Ready" || ready != wishes_.fleet->replicas) {
        return fmt::format(
            "fleet {} is {}, with {} of {} nodes ready",
            name,
            find_string(value, {"status", "phase"}),
            ready,
            wishes_.fleet->replicas
        );
    }
    if (number_at(value, {"status", "observedGeneration"}) != number_at(value, {"metadata", "generation"})) {
        return "fleet " + name + " has not looked at its last generation";
    }
    for (std::int32_t ordinal = 0; ordinal < kFleetReplicasMax; ++ordinal) {
        std::optional<std::string> image;
        if (ordinal < wishes_.fleet->replicas) image = wishes_.fleet->image;
        std::string problem = unsettled_node(fmt::format("{}-{}", name, ordinal), image);
        if (!problem.empty()) return problem;
    }
    return {};
}

std::string World::unsettled_node(const std::string& name, const std::optional<std::string>& image) const {
    const ObjectPtr node = find(WatchedKind::Node, key_of(name));
    if (!image) return node ? "node " + name + " is still there" : "";
    if (!node) return "node " + name + " is not there";
    const Value& value = node->value();
    if (find_string(value, {"status", "phase"}) != "Running") {
        return fmt::format("node {} is {}", name, find_string(value, {"status", "phase"}));
    }
    const std::string_view runs = find_string(value, {"status", "currentImage"});
    if (runs != *image) return fmt::format("node {} runs {} instead of {}", name, runs, *image);
    if (is_there(value, {"status", "plan"})) return "node " + name + " has a plan";
    const ObjectPtr pod = find(WatchedKind::Pod, key_of(name + "-0"));
    if (!pod) return "node " + name + " has no pod";
    const std::string claim = imported_claim(node);
    if (!claim.empty() && !is_on_claim(pod->value(), claim)) return "the pod of node " + name + " is not on " + claim;
    if (!is_condition_true(pod->value(), "Ready")) return "the pod of node " + name + " is not ready";
    if (!is_condition_true(value, "SidecarReady")) return "SidecarReady of node " + name + " is not True";
    return {};
}

}  // namespace sim
