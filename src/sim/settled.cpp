// Is the simulated world as its users want it?
#include <fmt/format.h>

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
        if (!problem.empty()) return problem;
    }
    return {};
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
    if (!is_condition_true(pod->value(), "Ready")) return "the pod of node " + name + " is not ready";
    if (!is_condition_true(value, "SidecarReady")) return "SidecarReady of node " + name + " is not True";
    return {};
}

}  // namespace sim
