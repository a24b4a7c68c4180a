#include "sim/final_state.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace sim {
namespace {

using kube::json::Value;

constexpr std::array<std::string_view, 35> kAccidents{
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
    "annotations",
    "reason",
    "collisionCount",
    "availableReplicas",
    "currentReplicas"
};

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

Value reduced(const Value& value) {
    if (value.is_object()) {
        kube::json::Object kept;
        for (const auto& member : value.get_object()) {
            if (std::ranges::find(kAccidents, std::string_view{member.key()}) != kAccidents.end()) continue;
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

}  // namespace sim
