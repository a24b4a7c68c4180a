#include "sim/world_oracles.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "sei/api/labels.hpp"
#include "sim/json_look.hpp"

namespace sim {
namespace {

using kube::json::find;
using kube::json::find_string;
using kube::json::Value;

bool has_running_container(const ObjectPtr& pod) {
    const kube::json::Array none;
    for (const Value& status : array_at(pod->value(), {"status", "containerStatuses"}, none)) {
        if (find(status, {"state", "running"}) != nullptr) return true;
    }
    return false;
}

std::vector<std::string> volumes_of(const ObjectPtr& pod) {
    const kube::json::Array none;
    std::vector<std::string> names;
    for (const Value& volume : array_at(pod->value(), {"spec", "volumes"}, none)) {
        for (const auto& path :
             {std::array{"persistentVolumeClaim", "claimName"}, std::array{"secret", "secretName"}}) {
            const std::string_view name = find_string(volume, {path[0], path[1]});
            if (!name.empty()) names.push_back(fmt::format("{} {}", path[0], name));
        }
    }
    return names;
}

std::string seid_image(const ObjectPtr& pod) {
    const kube::json::Array none;
    for (const Value& container : array_at(pod->value(), {"spec", "containers"}, none)) {
        if (find_string(container, {"name"}) == "seid") return std::string{find_string(container, {"image"})};
    }
    return {};
}

bool is_seid_running(const ObjectPtr& pod) {
    const kube::json::Array none;
    for (const Value& status : array_at(pod->value(), {"status", "containerStatuses"}, none)) {
        if (find_string(status, {"name"}) == "seid" && find(status, {"state", "running"}) != nullptr) return true;
    }
    return false;
}

/// Task types that the sidecar carries out: their completion is the sidecar's to claim.
constexpr std::array<std::string_view, 11> kSidecarTypes{
    "snapshot-restore",
    "configure-genesis",
    "config-apply",
    "discover-peers",
    "configure-state-sync",
    "config-validate",
    "mark-ready",
    "generate-identity",
    "generate-gentx",
    "upload-genesis-artifacts",
    "set-genesis-peers"
};

/// Events of fleets that repeat what a status write said: as the reason of a condition, or by a field's presence.
constexpr std::array<std::string_view, 4> kToldOfFleets{
    "RolloutStarted", "RolloutComplete", "PlanStarted", "PlanComplete"
};

}  // namespace

void OnePodPerVolume::changed(const Change& change) {
    if (change.kind != WatchedKind::Pod || !change.after || !has_running_container(change.after)) return;
    judged();
    const std::vector<std::string> volumes = volumes_of(change.after);
    for (const ObjectPtr& other : view().all(WatchedKind::Pod)) {
        if (other->key() == change.key || !has_running_container(other)) continue;
        for (const std::string& volume : volumes_of(other)) {
            if (std::ranges::find(volumes, volume) == volumes.end()) continue;
            violated(fmt::format("pods {} and {} both run with {}", change.key.name, other->key().name, volume));
        }
    }
}

void StatusIsTrue::changed(const Change& change) {
    if (change.kind == WatchedKind::StatefulSet && change.after) {
        stateful_sets_.insert(uid_of(change.after));
    }
    if (change.kind == WatchedKind::Pod && change.after && is_seid_running(change.after)) {
        started_images_[{change.key.namespace_, text_at(change.after, {"spec", "subdomain"})}].insert(
            seid_image(change.after)
        );
    }
    if (!change.after) return;
    if (change.kind == WatchedKind::Node) judge_node(change);
    if (change.kind == WatchedKind::Deployment) judge_fleet(change);
}

namespace {

/// Is the task with this id followed by the end of a bootstrap Job that has been seen?
bool is_before_end_of_job(const devcluster::apiserver::StoredObject& node, std::string_view id) {
    const kube::json::Array none;
    bool is_found = false;
    for (const Value& task : array_at(node.value(), {"status", "plan", "tasks"}, none)) {
        is_found = is_found || find_string(task, {"id"}) == id;
        if (find_string(task, {"type"}) != "await-bootstrap-complete") continue;
        return is_found && find_string(task, {"status"}) == "Complete";
    }
    return false;
}

/// Was the claim left by an earlier node of the name whose seid had run on it? Then its bootstrap was done, too.
bool is_on_data_of_run(const View& view, const kube::NamespacedName& node) {
    const ObjectPtr claim = view.find(WatchedKind::Claim, {node.namespace_, "data-" + node.name});
    return !text_at(claim, {"metadata", "annotations", sei::api::kLastImageAnnotation}).empty();
}

}  // namespace

void StatusIsTrue::judge_node(const Change& change) {
    judged();
    if (const std::string claimed = text_at(change.after, {"status", "currentImage"}); !claimed.empty()) {
        claimed_images_[change.key].insert(claimed);
    }
    const std::string image = text_at(change.after, {"status", "currentImage"});
    if (!image.empty() && image != text_at(change.before, {"status", "currentImage"}) &&
        !started_images_[change.key].contains(image)) {
        violated(fmt::format("node {} claims to run {}, which no pod of it ever ran", change.key.name, image));
    }
    const std::string tracked = text_at(change.after, {"status", "statefulSet", "uid"});
    if (!tracked.empty() && !stateful_sets_.contains(tracked)) {
        violated(fmt::format("node {} tracks a StatefulSet {} that never existed", change.key.name, tracked));
    }
    // An active plan that is gone claims that all of it is done.
    const bool is_over = change.before && text_at(change.before, {"status", "plan", "phase"}) == "Active" &&
                         find(change.after->value(), {"status", "plan"}) == nullptr;
    const ObjectPtr& claims = is_over ? change.before : change.after;
    const kube::json::Array none;
    for (const Value& task : array_at(claims->value(), {"status", "plan", "tasks"}, none)) {
        if (!is_over && find_string(task, {"status"}) != "Complete") continue;
        const std::string_view type = find_string(task, {"type"});
        if (std::ranges::find(kSidecarTypes, type) == kSidecarTypes.end()) continue;
        const std::string id{find_string(task, {"id"})};
        // Without a peer there is nothing that a sidecar could be asked for (spec 08 7.3).
        if (type == "discover-peers" && (array_at(task, {"params", "Sources"}, none).empty() ||
                                         array_at(change.after->value(), {"status", "resolvedPeers"}, none).empty())) {
            continue;
        }
        // A Job that has reached its height began behind the gate (spec 04 §9.8): its success says so, too, and of the
        // same tasks of a later plan that takes it over.
        if (is_before_end_of_job(*claims, id)) {
            const ObjectPtr job =
                view().find(WatchedKind::Job, {change.key.namespace_, change.key.name + "-bootstrap"});
            if (type == "mark-ready" || (job && is_condition_true(job->value(), "Complete"))) continue;
            if (is_on_data_of_run(view(), change.key)) continue;
        }
        if (!view().sidecar_has_completed(change.key, id)) {
            violated(fmt::format("node {} claims that its sidecar finished {} ({})", change.key.name, type, id));
        }
    }
}

/// A rollout is over when each node has run the new image: the hash says so, and must not say it earlier.
void StatusIsTrue::judge_fleet(const Change& change) {
    const std::string target = text_at(change.before, {"status", "rollout", "targetHash"});
    const std::string hash = text_at(change.after, {"status", "templateHash"});
    const std::string earlier = text_at(change.before, {"status", "templateHash"});
    const bool is_baseline = earlier.empty() && hash != target;
    if (hash == earlier || is_baseline) return;
    judged();
    const std::string image = text_at(change.after, {"spec", "template", "spec", "image"});
    const std::string uid = uid_of(change.after);
    const Value* asked = find(change.after->value(), {"spec", "replicas"});
    const std::int64_t replicas = asked != nullptr && asked->is_int64() ? asked->get_int64() : 0;
    for (const ObjectPtr& node : view().all(WatchedKind::Node)) {
        if (controller_of(node) != uid || is_going(node)) continue;
        if (ordinal_of(node) >= replicas || claimed_images_[node->key()].contains(image)) continue;
        violated(
            fmt::format("fleet {} claims to run {}, and node {} never did", change.key.name, image, node->key().name)
        );
    }
}

void EventsAreTrue::changed(const Change& change) {
    if (change.kind == WatchedKind::Node && change.after) {
        said_[uid_of(change.after)].insert(text_at(change.after, {"status", "phase"}));
    }
    if (change.kind == WatchedKind::Deployment && change.after) {
        std::set<std::string>& said = said_[uid_of(change.after)];
        if (find(change.after->value(), {"status", "rollout"}) != nullptr) said.insert("RolloutStarted");
        if (find(change.after->value(), {"status", "plan"}) != nullptr) said.insert("PlanStarted");
        const kube::json::Array none;
        for (const Value& condition : array_at(change.after->value(), {"status", "conditions"}, none)) {
            said.emplace(find_string(condition, {"reason"}));
        }
    }
    if (change.kind != WatchedKind::Event || !change.after || change.before) return;
    const std::string reason = text_at(change.after, {"reason"});
    const std::string message = text_at(change.after, {"message"});
    const std::set<std::string>& said = said_[text_at(change.after, {"involvedObject", "uid"})];
    std::string claim;
    if (reason == "PhaseTransition") {
        const std::size_t to = message.rfind(" to ");
        if (to == std::string::npos) return;
        claim = message.substr(to + 4);
    } else if (std::ranges::find(kToldOfFleets, reason) != kToldOfFleets.end()) {
        claim = reason;
    } else {
        return;
    }
    judged();
    if (!said.contains(claim)) violated(fmt::format("an event says \"{}\", and no write ever did", message));
}

}  // namespace sim
