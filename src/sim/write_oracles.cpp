#include "sim/write_oracles.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "kube/json/same.hpp"
#include "sei/api/labels.hpp"
#include "sim/json_look.hpp"

namespace sim {
namespace {

using kube::HttpMethod;
using kube::json::find;
using kube::json::find_string;
using kube::json::Value;

Value parsed(const std::string& body) {
    boost::system::error_code failed;
    Value value = boost::json::parse(body, failed);
    return failed ? Value{} : value;
}

/// What operators may write without an object's being wrong: their lease.
bool is_housekeeping(const Exchange& exchange) {
    return exchange.path.find("/leases") != std::string_view::npos;
}

std::int64_t number_at(const ObjectPtr& object, std::initializer_list<std::string_view> path) {
    const Value* found = object ? find(object->value(), path) : nullptr;
    return found != nullptr && found->is_int64() ? found->get_int64() : 0;
}

std::vector<std::string> finalizers_of(const ObjectPtr& object) {
    const kube::json::Array none;
    std::vector<std::string> names;
    for (const Value& one : array_at(object->value(), {"metadata", "finalizers"}, none)) {
        if (one.is_string()) names.emplace_back(one.get_string());
    }
    return names;
}

}  // namespace

void NoBlindWrite::exchanged(const Exchange& exchange) {
    if (!exchange.is_write() || is_housekeeping(exchange)) return;
    if (exchange.method == HttpMethod::Delete) {
        judged();
        const Value body = parsed(exchange.body);
        if (find_string(body, {"preconditions", "uid"}).empty()) {
            violated(fmt::format("DELETE {} without the identity of what is to go", exchange.path));
        }
        return;
    }
    if (exchange.method != HttpMethod::Patch || !exchange.content_type.starts_with("application/merge-patch")) return;
    if (exchange.path.find("/events/") != std::string_view::npos) return;
    judged();
    const Value body = parsed(exchange.body);
    if (find_string(body, {"metadata", "resourceVersion"}).empty()) {
        violated(fmt::format("PATCH {} without a version: {}", exchange.path, exchange.body.substr(0, 300)));
    }
}

void NoConflictWithItself::changed(const Change& change) {
    if (change.kind != WatchedKind::Node && change.kind != WatchedKind::Deployment) return;
    LastWrite& last = last_writes_[{change.kind, change.key}];
    last.incarnation = change.is_by_operator() ? change.by->incarnation : 0;
    last.at = view().now();
    last.version_before = change.before ? std::to_string(change.before->revision()) : std::string{};
    // Of nodes, labels and specs are written by their fleet's controller, while their own may be writing the status.
    const Value* status_before = change.before ? find(change.before->value(), {"status"}) : nullptr;
    const Value* status_after = change.after ? find(change.after->value(), {"status"}) : nullptr;
    const bool is_of_status =
        status_before != nullptr && status_after != nullptr && !kube::json::same(*status_before, *status_after);
    if (change.kind == WatchedKind::Node && !is_of_status) last.incarnation = 0;
}

void NoConflictWithItself::exchanged(const Exchange& exchange) {
    if (exchange.method != HttpMethod::Patch) return;
    WatchedKind kind = WatchedKind::Node;
    auto key = object_of_path(exchange.path, kNodes);
    if (!key) {
        kind = WatchedKind::Deployment;
        key = object_of_path(exchange.path, kFleets);
    }
    if (!key) return;
    judged();
    if (exchange.status == 200 && !exchange.is_answered) last_writes_[{kind, *key}].incarnation = 0;
    if (exchange.status != 409) return;
    const auto last = last_writes_.find({kind, *key});
    if (last == last_writes_.end() || last->second.incarnation != exchange.by.incarnation) return;
    // Whose watch shows nothing for so long goes on with what it has.
    constexpr std::chrono::seconds kOwnWriteAwaited{30};
    if (view().now() - last->second.at >= kOwnWriteAwaited) return;
    const Value body = parsed(exchange.body);
    // Of nodes, specs and owners are written by their fleet's controller and everything else by their own.
    const bool is_of_fleet = find(body, {"spec"}) != nullptr || find(body, {"metadata", "ownerReferences"}) != nullptr;
    if (kind == WatchedKind::Node && is_of_fleet) return;
    const std::string base{find_string(body, {"metadata", "resourceVersion"})};
    // Refused for the sake of exactly the write that came after this base.
    if (base == last->second.version_before) {
        violated(fmt::format(
            "PATCH {} was computed from version {}, which {} itself had replaced before",
            exchange.path,
            base,
            exchange.by.name
        ));
    }
}

void QuietAtRest::exchanged(const Exchange& exchange) {
    if (!is_resting_ || !exchange.is_write() || is_housekeeping(exchange)) return;
    violated(
        fmt::format("{} {} at rest: {}", kube::to_string(exchange.method), exchange.path, exchange.body.substr(0, 300))
    );
}

void QuietAtRest::exchanged(const SidecarExchange& exchange) {
    if (is_resting_ && exchange.is_submission) {
        violated(fmt::format("a task was submitted to the sidecar of {} at rest", exchange.node.name));
    }
}

void QuietAtRest::rest_begins() {
    is_resting_ = true;
    judged();
}

void ForeignFinalizersStay::changed(const Change& change) {
    if (!change.before || !change.is_by_operator()) return;
    if (change.kind == WatchedKind::Node || change.kind == WatchedKind::Deployment) judged();
    // An object goes when its last finalizer does.
    const std::vector<std::string> kept = change.after ? finalizers_of(change.after) : std::vector<std::string>{};
    for (const std::string& name : finalizers_of(change.before)) {
        if (name.starts_with("sei.io/") || std::ranges::find(kept, name) != kept.end()) continue;
        violated(fmt::format("{} removed the finalizer {} of {}", change.by->name, name, change.key.name));
    }
}

void OnlyOursIsDeleted::exchanged(const Exchange& exchange) {
    if (exchange.method != HttpMethod::Get) return;
    if (const auto node = object_of_path(exchange.path, kNodes)) {
        last_read_[{exchange.by.incarnation, *node}] =
            text_at(view().find(WatchedKind::Node, *node), {"status", "statefulSet", "uid"});
    } else if (const auto fleet = object_of_path(exchange.path, kFleets)) {
        replicas_read_[{exchange.by.incarnation, *fleet}] =
            number_at(view().find(WatchedKind::Deployment, *fleet), {"spec", "replicas"});
    }
}

void OnlyOursIsDeleted::changed(const Change& change) {
    note_owners(change);
    if (change.kind == WatchedKind::Claim) judge_claim(change);
    if (change.by == nullptr || !change.before) return;
    const bool goes_now = !change.after;
    const bool begins_to_go = change.after && is_going(change.after) && !is_going(change.before);
    if (!goes_now && !begins_to_go) return;
    if (change.kind == WatchedKind::Node && begins_to_go) judge_retention(change);
    if (!change.by->is_operator) return;
    if (change.kind == WatchedKind::Event || change.kind == WatchedKind::Deployment) return;
    // The last finalizer went: others asked for the deletion.
    if (goes_now && is_going(change.before)) return;
    judged();
    if (change.kind == WatchedKind::Node) return judge_node(change);
    const std::string owner = controller_of(change.before);
    if (is_one(WatchedKind::Deployment, owner)) return;
    if (nodes_.contains(owner)) {
        if (change.kind != WatchedKind::StatefulSet) return;
        const std::string uid = uid_of(change.before);
        const ObjectPtr node = view().find(WatchedKind::Node, change.key);
        if (!node || text_at(node, {"status", "statefulSet", "uid"}) != uid) return;
        const auto read = last_read_.find({change.by->incarnation, change.key});
        if (read == last_read_.end() || read->second == uid) {
            violated(fmt::format("{} deleted the tracked StatefulSet {}", change.by->name, change.key.name));
        }
        return;
    }
    if (change.kind == WatchedKind::StatefulSet) {
        const ObjectPtr node = view().find(WatchedKind::Node, change.key);
        const std::string tracked = text_at(node, {"status", "statefulSet", "uid"});
        if (node && !tracked.empty() && tracked != uid_of(change.before)) return;
    }
    if (change.kind == WatchedKind::Pod && sets_.contains(owner)) return;
    violated(fmt::format("{} deleted {}, which no node of ours controls", change.by->name, change.key.name));
}

void OnlyOursIsDeleted::note_owners(const Change& change) {
    if (!change.after) return;
    const std::string uid = uid_of(change.after);
    if (change.kind == WatchedKind::Node) {
        nodes_.insert(uid);
        const Value* is_left = find(change.after->value(), {"spec", "dataVolume", "retain"});
        if (is_left != nullptr && is_left->is_bool() && is_left->get_bool()) {
            leaving_.insert(uid);
        } else {
            leaving_.erase(uid);
        }
    }
    if (change.kind == WatchedKind::Claim && !change.before && !change.is_by_operator()) claims_of_users_.insert(uid);
    if (change.kind == WatchedKind::StatefulSet && nodes_.contains(controller_of(change.after))) sets_.insert(uid);
    if (change.kind != WatchedKind::Deployment) return;
    if (text_at(change.after, {"spec", "deletionPolicy"}) == "Retain") retaining_.insert(uid);
}

/// Nodes that were to outlive their fleet are collected when it is gone and still their owner.
void OnlyOursIsDeleted::judge_retention(const Change& change) {
    const std::string owner = controller_of(change.before);
    if (!retaining_.contains(owner) || is_one(WatchedKind::Deployment, owner)) return;
    violated(fmt::format("node {} is collected with its fleet, which was to leave it behind", change.key.name));
}

/// Whoever deletes it, the garbage collector too: users wait until a claim is nobody's.
void OnlyOursIsDeleted::judge_claim(const Change& change) {
    if (!change.before) return;
    if (change.is_by_operator() && claims_of_users_.contains(uid_of(change.before))) {
        violated(fmt::format("{} wrote to claim {}, which users made", change.by->name, change.key.name));
    }
    const bool was_going = is_going(change.before);
    const bool goes = !change.after || is_going(change.after);
    const std::string owner = controller_of(change.before);
    if (was_going || !goes || owner.empty()) return;
    judged();
    if (!leaving_.contains(owner)) return;
    violated(fmt::format("claim {} goes with its node, which was to leave it behind", change.key.name));
}

/// A node goes when its fleet has become smaller, as far as this operator could know.
void OnlyOursIsDeleted::judge_node(const Change& change) {
    const std::string owner = controller_of(change.before);
    for (const ObjectPtr& fleet : view().all(WatchedKind::Deployment)) {
        if (uid_of(fleet) != owner) continue;
        const auto read = replicas_read_.find({change.by->incarnation, fleet->key()});
        const std::string ordinal =
            text_at(change.before, {"metadata", "labels", std::string_view{sei::api::kDeploymentOrdinalLabel}});
        if (read != replicas_read_.end() && !ordinal.empty() && std::stoll(ordinal) >= read->second) return;
        violated(fmt::format("{} deleted node {}, which its fleet needs", change.by->name, change.key.name));
        return;
    }
    violated(fmt::format("{} deleted node {}, which is in no fleet", change.by->name, change.key.name));
}

bool OnlyOursIsDeleted::is_one(WatchedKind kind, const std::string& uid) const {
    return !uid.empty() &&
           std::ranges::any_of(view().all(kind), [&](const ObjectPtr& one) { return uid_of(one) == uid; });
}

}  // namespace sim
