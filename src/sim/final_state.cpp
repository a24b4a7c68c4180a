#include "sim/final_state.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <sstream>
#include <string_view>

#include "sei/api/labels.hpp"

namespace sim {
namespace {

using kube::json::Value;

constexpr std::array<std::string_view, 34> kAccidents{
    "uid",
    "resourceVersion",
    "generation",
    "observedGeneration",
    "creationTimestamp",
    "deletionTimestamp",
    "managedFields",
    "lastTransitionTime",
    "lastProbeTime",
    "lastUpdateTime",
    "startTime",
    "lastProgressAt",
    "startedAt",
    "finishedAt",
    "phaseTransitionTime",
    "podIP",
    "podIPs",
    "hostIP",
    "hostIPs",
    "clusterIP",
    "clusterIPs",
    "restartCount",
    "containerID",
    "imageID",
    "lastState",
    "message",
    "volumeName",
    "currentRevision",
    "updateRevision",
    "controller-revision-hash",
    "reason",
    "collisionCount",
    "availableReplicas",
    "currentReplicas"
};

std::set<std::string> lines_of(const std::string& text) {
    std::set<std::string> lines;
    std::istringstream stream{text};
    for (std::string line; std::getline(stream, line);) lines.insert(std::move(line));
    return lines;
}

std::string_view type_of(const Value& condition) {
    return kube::json::find_string(condition, {"type"});
}

bool is_condition(const Value& value) {
    return value.is_object() && value.get_object().contains("type") && value.get_object().contains("status") &&
           value.get_object().contains("lastTransitionTime");
}

/// Conditions that exist from the first trouble on: True, they say that there was one.
bool remembers(const Value& condition) {
    const std::string_view type = type_of(condition);
    return type == "PodReady" || type == "SpecValid";
}

/// Those of the server and its controllers, the one that users put on by the way, and what a claim tells of the node
/// that left it.
bool is_accident(std::string_view annotation) {
    return annotation == "note" || annotation.find("kubernetes.io/") != std::string_view::npos ||
           annotation == sei::api::kLastImageAnnotation || annotation == sei::api::kRetainedFromAnnotation;
}

/// Conditions that are False once they have been True: of a node that was edited before it was up there has been no
/// update, and one that another node was quicker than has had to wait. Which way it took is not determined.
bool is_history(std::string_view type) {
    return type == "NodeUpdateInProgress" || type == "RestartPending" || type == "Stalled";
}

/// Of a plan that is still there, as that of a node which waits for a claim: what is done of what. Its ids are drawn,
/// and how often something was tried is not determined.
Value reduced_plan(const Value& plan) {
    kube::json::Array tasks;
    if (const Value* found = kube::json::find(plan, {"tasks"}); found != nullptr && found->is_array()) {
        for (const Value& task : found->get_array()) {
            tasks.push_back(Value{
                std::string{kube::json::find_string(task, {"type"})} + ": " +
                std::string{kube::json::find_string(task, {"status"})}
            });
        }
    }
    return tasks;
}

Value reduced(const Value& value) {
    if (value.is_object()) {
        kube::json::Object kept;
        for (const auto& member : value.get_object()) {
            if (member.key() == "annotations" && member.value().is_object()) {
                kube::json::Object ours;
                for (const auto& annotation : member.value().get_object()) {
                    if (!is_accident(annotation.key())) ours[annotation.key()] = annotation.value();
                }
                if (!ours.empty()) kept[member.key()] = std::move(ours);
                continue;
            }
            if (std::ranges::find(kAccidents, std::string_view{member.key()}) != kAccidents.end()) continue;
            if (member.key() == "plan" && member.value().is_object()) {
                kept[member.key()] = reduced_plan(member.value());
                continue;
            }
            kept[member.key()] = reduced(member.value());
            // Peers that were changed while the gate of a new node was being opened come with its next update.
            if (member.key() == "appliedConfig") kept[member.key()].as_object().erase("peers");
        }
        return kept;
    }
    if (value.is_array()) {
        kube::json::Array kept;
        bool are_conditions = false;
        for (const Value& item : value.get_array()) {
            if (is_condition(item)) {
                are_conditions = true;
                if (kube::json::find_string(item, {"status"}) != "True" || remembers(item)) continue;
                if (type_of(item) == "RestartPending") continue;  // of such peers
            }
            kept.push_back(reduced(item));
        }
        // In the order of their first mention, which is history.
        if (are_conditions) std::ranges::sort(kept, {}, [](const Value& one) { return type_of(one); });
        return kept;
    }
    return Value(value, {});  // braces would make a list
}

}  // namespace

std::string without_accidents(const Value& object) {
    return kube::json::serialize_canonical(reduced(object));
}

std::vector<std::string> false_conditions(const Value& object) {
    std::vector<std::string> types;
    const Value* conditions = kube::json::find(object, {"status", "conditions"});
    if (conditions == nullptr || !conditions->is_array()) return types;
    for (const Value& condition : conditions->get_array()) {
        if (!is_condition(condition) || kube::json::find_string(condition, {"status"}) != "False") continue;
        if (!is_history(type_of(condition))) types.emplace_back(type_of(condition));
    }
    std::ranges::sort(types);
    return types;
}

bool has_ended_as(const std::string& state, const std::string& reference) {
    const std::set<std::string> lines = lines_of(state);
    const std::set<std::string> expected = lines_of(reference);
    return std::ranges::includes(lines, expected) && std::ranges::all_of(lines, [&](const std::string& line) {
               return line.starts_with(kFalse) || expected.contains(line);
           });
}

}  // namespace sim
