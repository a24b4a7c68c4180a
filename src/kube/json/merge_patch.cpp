// JSON merge patch (RFC 7386): the difference, and its application.
#include <algorithm>

#include "kube/json/json.hpp"

namespace kube::json {
namespace {

bool is_same(const Value& a, const Value& b);

/// Boost.JSON's own comparison copies each member.
bool is_same(const Object& a, const Object& b) {
    if (a.size() != b.size()) return false;
    auto theirs = b.begin();
    for (const auto& [key, mine] : a) {
        const Value* other = theirs->key() == key ? &theirs->value() : b.if_contains(key);
        if (other == nullptr || !is_same(mine, *other)) return false;
        ++theirs;
    }
    return true;
}

bool is_same(const Value& a, const Value& b) {
    if (a.is_object() && b.is_object()) return is_same(a.get_object(), b.get_object());
    if (a.is_array() && b.is_array()) {
        return std::ranges::equal(a.get_array(), b.get_array(), [](const Value& mine, const Value& theirs) {
            return is_same(mine, theirs);
        });
    }
    return a == b;
}

}  // namespace

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
        } else if (!is_same(*before, after)) {
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
