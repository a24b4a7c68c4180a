#include "sim/fleet_oracles.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sim/json_look.hpp"

namespace sim {
namespace {

std::string image_of(const ObjectPtr& node) {
    return text_at(node, {"spec", "image"});
}

/// The fleet that controls the node; null where none does.
ObjectPtr fleet_of(const View& view, const ObjectPtr& node) {
    const std::string owner = controller_of(node);
    if (owner.empty()) return nullptr;
    for (ObjectPtr& fleet : view.all(WatchedKind::Deployment)) {
        if (uid_of(fleet) == owner) return std::move(fleet);
    }
    return nullptr;
}

}  // namespace

void NoNodeIsSetBack::exchanged(const Exchange& exchange) {
    if (exchange.method != kube::HttpMethod::Get || exchange.status != 200 || !exchange.is_answered) return;
    const auto key = object_of_path(exchange.path, kFleets);
    if (!key) return;
    looks_[{exchange.by.incarnation, *key}] = {
        text_at(view().find(WatchedKind::Deployment, *key), {"spec", "template", "spec", "image"}), ++order_
    };
}

void NoNodeIsSetBack::changed(const Change& change) {
    if (change.kind != WatchedKind::Node) return;
    if (!change.after) {
        set_at_.erase(change.key);
        return;
    }
    if (!change.before || !change.is_by_operator()) return;
    const std::string image = image_of(change.after);
    if (image == image_of(change.before)) return;
    judged();
    const std::uint64_t set_before = set_at_[change.key];
    set_at_[change.key] = ++order_;
    const ObjectPtr fleet = fleet_of(view(), change.after);
    const auto look = fleet ? looks_.find({change.by->incarnation, fleet->key()}) : looks_.end();
    if (look == looks_.end()) {
        violated(fmt::format("{} set the image of {} without a look at its fleet", change.by->name, change.key.name));
    } else if (look->second.image != image) {
        violated(fmt::format(
            "{} set {} back from {} to {}, and its fleet asks for {}",
            change.by->name,
            change.key.name,
            image_of(change.before),
            image,
            look->second.image
        ));
    } else if (set_before > look->second.at) {
        violated(fmt::format(
            "{} set {} to {} and had not seen that an operator had set it to {}",
            change.by->name,
            change.key.name,
            image,
            image_of(change.before)
        ));
    }
}

void RolloutStaysBounded::changed(const Change& change) {
    if (change.kind == WatchedKind::Node) {
        const std::string image = change.after ? image_of(change.after) : std::string{};
        const std::string before = change.before ? image_of(change.before) : std::string{};
        if (image != before) {
            if (change.before && change.after && change.is_by_operator()) judge(change);
            if (!change.is_by_operator()) under_way_.erase(change.key);
            set_by_operator_[change.key] = change.is_by_operator() ? image : std::string{};
        }
    }
    if (change.kind == WatchedKind::Node || change.kind == WatchedKind::Pod) note_arrivals();
}

void RolloutStaysBounded::shown(const Process& to, std::string_view resource, std::uint64_t version) {
    if (resource == "seinodes") shown_[to.incarnation].emplace_back(view().now(), version);
}

/// A pass decides, looks at its fleet once more, and then writes: between the first two lies one request.
void RolloutStaysBounded::exchanged(const Exchange& exchange) {
    constexpr std::chrono::seconds kFromDecisionToLook{1};
    if (exchange.method != kube::HttpMethod::Get || !object_of_path(exchange.path, kFleets)) return;
    for (const auto& [at, version] : shown_[exchange.by.incarnation]) {
        if (at + kFromDecisionToLook > view().now()) break;
        known_[exchange.by.incarnation] = version;
    }
}

bool RolloutStaysBounded::knows(const Process& operator_process, const Asked& asked) const {
    if (asked.by == operator_process.name) return true;
    const auto known = known_.find(operator_process.incarnation);
    return known != known_.end() && known->second >= asked.version;
}

void RolloutStaysBounded::note_arrivals() {
    std::erase_if(under_way_, [&](const auto& one) {
        const ObjectPtr node = view().find(WatchedKind::Node, one.first);
        if (!node) return true;
        const ObjectPtr pod = view().find(WatchedKind::Pod, {one.first.namespace_, one.first.name + "-0"});
        return text_at(node, {"status", "currentImage"}) == one.second.image && pod &&
               is_condition_true(pod->value(), "Ready");
    });
}

void RolloutStaysBounded::judge(const Change& change) {
    const ObjectPtr fleet = fleet_of(view(), change.after);
    if (!fleet || set_by_operator_[change.key] != image_of(change.before)) return;
    const kube::json::Value* bound = kube::json::find(fleet->value(), {"spec", "updateStrategy", "maxUnavailable"});
    if (bound == nullptr || !bound->is_int64()) return;
    // The nodes of a chain that is being made get another image as it is: no rollout comes before it (spec 03 §11.1).
    const bool is_chain = kube::json::find(fleet->value(), {"spec", "genesis"}) != nullptr;
    if (is_chain && !is_condition_true(fleet->value(), "GenesisCeremonyComplete")) return;
    judged();
    const std::string image = image_of(change.after);
    under_way_[change.key] = {image, change.by->name, static_cast<std::uint64_t>(change.after->revision())};
    // One that is too many has no part in it: it goes when the rollout is over.
    const kube::json::Value* replicas = kube::json::find(fleet->value(), {"spec", "replicas"});
    std::int64_t many = 0;
    std::string names;
    for (const auto& [key, asked] : under_way_) {
        const ObjectPtr node = view().find(WatchedKind::Node, key);
        if (asked.image != image || !knows(*change.by, asked) || !node) continue;
        if (replicas == nullptr || ordinal_of(node) >= replicas->get_int64()) continue;
        ++many;
        names += (names.empty() ? "" : ", ") + key.name;
    }
    if (many <= bound->get_int64()) return;
    violated(fmt::format("{} has {} on their way to {} at once", change.by->name, names, image));
}

}  // namespace sim
