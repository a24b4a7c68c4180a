// JSON merge patch (RFC 7386): the difference, and its application.
#include "kube/json/json.hpp"
#include "kube/json/same.hpp"

namespace kube::json {

Object merge_patch(const Object& from, const Object& to) {
    Object patch;
    for (const auto& [key, before] : from) {
        if (!to.contains(key)) patch.emplace(key, nullptr);
    }
    for (const auto& [key, after] : to) {
        const Value* before = from.if_contains(key);
        if (before == nullptr) {
            // A null says "remove" in a patch: a member that is null in `to` cannot be said, and means absence anyway.
            if (!after.is_null()) patch.emplace(key, after);
        } else if (before->is_object() && after.is_object()) {
            Object changes = merge_patch(before->get_object(), after.get_object());
            if (!changes.empty()) patch.emplace(key, std::move(changes));
        } else if (!same(*before, after)) {
            patch.emplace(key, after);
        }
    }
    return patch;
}

void apply_merge_patch(Value& target, const Value& patch) {
    if (!patch.is_object()) {
        target = patch;
        return;
    }
    if (!target.is_object()) target.emplace_object();
    Object& object = target.get_object();
    for (const auto& [key, change] : patch.get_object()) {
        if (change.is_null()) {
            object.erase(key);
        } else {
            apply_merge_patch(object[key], change);
        }
    }
}

}  // namespace kube::json
