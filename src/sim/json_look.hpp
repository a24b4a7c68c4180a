// Looking into objects and requests as oracles do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "devcluster/apiserver/store.hpp"
#include "kube/json/json.hpp"
#include "kube/meta/names.hpp"
#include "sei/api/labels.hpp"

namespace sim {

using devcluster::apiserver::ObjectPtr;

[[nodiscard]] inline std::string text_at(const ObjectPtr& object, std::initializer_list<std::string_view> path) {
    return object ? std::string{kube::json::find_string(object->value(), path)} : std::string{};
}
[[nodiscard]] inline std::string uid_of(const ObjectPtr& object) {
    return text_at(object, {"metadata", "uid"});
}
/// Has its deletion begun?
[[nodiscard]] inline bool is_going(const ObjectPtr& object) {
    return !text_at(object, {"metadata", "deletionTimestamp"}).empty();
}
[[nodiscard]] inline const kube::json::Array& array_at(
    const kube::json::Value& value, std::initializer_list<std::string_view> path, const kube::json::Array& none
) {
    const kube::json::Value* found = kube::json::find(value, path);
    return found != nullptr && found->is_array() ? found->get_array() : none;
}
/// Does the status have this condition, and is it True?
[[nodiscard]] inline bool is_condition_true(const kube::json::Value& object, std::string_view type) {
    const kube::json::Array none;
    for (const auto& condition : array_at(object, {"status", "conditions"}, none)) {
        if (kube::json::find_string(condition, {"type"}) != type) continue;
        return kube::json::find_string(condition, {"status"}) == "True";
    }
    return false;
}
/// The uid of the controlling owner; empty where there is none.
[[nodiscard]] inline std::string controller_of(const ObjectPtr& object) {
    const kube::json::Array none;
    for (const auto& owner : array_at(object->value(), {"metadata", "ownerReferences"}, none)) {
        const kube::json::Value* controls = kube::json::find(owner, {"controller"});
        if (controls != nullptr && controls->is_bool() && controls->get_bool()) {
            return std::string{kube::json::find_string(owner, {"uid"})};
        }
    }
    return {};
}

/// The place of a node in its fleet; 0 where it has none.
[[nodiscard]] inline std::int64_t ordinal_of(const ObjectPtr& node) {
    const std::string text = text_at(node, {"metadata", "labels", std::string_view{sei::api::kDeploymentOrdinalLabel}});
    return text.empty() ? 0 : std::stoll(text);
}

inline constexpr std::string_view kNodes = "/seinodes/";
inline constexpr std::string_view kFleets = "/seinodedeployments/";
/// The object of `resource` that a path is about; nullopt when it is about something else.
[[nodiscard]] inline std::optional<kube::NamespacedName> object_of_path(
    std::string_view path, std::string_view resource
) {
    const std::size_t place = path.find(resource);
    if (place == std::string_view::npos) return std::nullopt;
    path.remove_prefix(place + resource.size());
    return kube::NamespacedName{"default", std::string{path.substr(0, path.find('/'))}};
}

}  // namespace sim
