#include "sei/deployment/handover.hpp"

#include <algorithm>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "kube/meta/names.hpp"
#include "sei/api/labels.hpp"
#include "sei/deployment/fleet.hpp"

namespace sei::deployment {
namespace {

using kube::json::Object;
using kube::json::Value;
using Steps = std::set<std::string_view>;

/// Of creates and updates that name no manager of their own (spec 01 §17.5).
constexpr std::string_view kUpdatingManager = "manager";
/// The member of a set that stands for the object itself, beside those for what is in it.
constexpr std::string_view kItself = ".";

std::string api_version() {
    return kube::KindOf<api::SeiNode>::type.api_version();
}

bool holds_anything(const Object& fields) {
    return std::ranges::any_of(fields, [](const auto& member) { return member.key() != kItself; });
}

/// Moves what lies at `path`, but for the steps that stay, into an object of the same shape. Nothing when there is
/// nothing to move.
Object taken_from(Object& fields, std::initializer_list<std::string_view> path, const Steps& staying) {
    Object taken;
    if (path.size() == 0) {
        Object kept;
        for (auto& [step, below] : fields) {
            const bool stays = step == kItself || staying.contains(std::string_view{step});
            (stays ? kept : taken)[step] = std::move(below);
        }
        fields = std::move(kept);
        return taken;
    }
    Value* below = fields.if_contains(*path.begin());
    if (below == nullptr || !below->is_object()) return taken;
    Object inner;
    if (path.size() == 1) inner = taken_from(below->get_object(), {}, staying);
    if (path.size() == 2) inner = taken_from(below->get_object(), {*(path.begin() + 1)}, staying);
    if (!holds_anything(below->get_object())) fields.erase(*path.begin());
    if (!inner.empty()) taken[*path.begin()] = std::move(inner);
    return taken;
}

/// Puts `more` beside what is in `fields`.
void unite(Object& fields, const Object& more) {
    for (const auto& [step, below] : more) {
        Value& place = fields[step];
        if (!place.is_object()) place.emplace_object();
        if (below.is_object()) unite(place.get_object(), below.get_object());
    }
}

/// What a node keeps whatever the template says, and what is written to it in another way.
Steps steps_that_stay(const api::SeiNode& desired) {
    Steps stay{"f:paused", "f:chainId", "f:dataVolume", "f:validator"};
    if (takes_part_in_ceremony(desired)) stay.insert("f:peers");
    if (!desired.spec.fullNode) stay.insert("f:fullNode");
    if (!desired.spec.archive) stay.insert("f:archive");
    if (!desired.spec.replayer) stay.insert("f:replayer");
    return stay;
}

Object taken_from(Object& fields, const api::SeiNode& desired) {
    Object taken;
    unite(taken, taken_from(fields, {"f:metadata", "f:labels"}, {}));
    unite(taken, taken_from(fields, {"f:metadata", "f:annotations"}, {}));
    if (desired.spec.validator) {
        unite(taken, taken_from(fields, {"f:spec", "f:validator"}, {"f:signingKey", "f:nodeKey", "f:operatorKeyring"}));
    }
    unite(taken, taken_from(fields, {"f:spec"}, steps_that_stay(desired)));
    return taken;
}

}  // namespace

std::optional<std::vector<kube::FieldOwner>> with_fields_handed_over(
    std::vector<kube::FieldOwner> owners, const api::SeiNode& desired
) {
    const auto is_of = [](std::string_view manager, std::string_view operation) {
        return [=](const kube::FieldOwner& owner) {
            return owner.manager == manager && owner.operation == operation && owner.subresource.empty() &&
                   owner.apiVersion == api_version() && owner.fields.is_object();
        };
    };
    const auto giver = std::ranges::find_if(owners, is_of(kUpdatingManager, "Update"));
    if (giver == owners.end()) return std::nullopt;
    const Object taken = taken_from(giver->fields.get_object(), desired);
    if (taken.empty()) return std::nullopt;
    kube::FieldOwner ours = *giver;
    if (!holds_anything(giver->fields.get_object())) owners.erase(giver);
    const auto taker = std::ranges::find_if(owners, is_of(api::kDeploymentFieldManager, "Apply"));
    if (taker != owners.end()) {
        unite(taker->fields.get_object(), taken);
        return owners;
    }
    ours.manager = api::kDeploymentFieldManager;
    ours.operation = "Apply";
    ours.fields = taken;
    owners.push_back(std::move(ours));
    return owners;
}

}  // namespace sei::deployment
