#include "sim/write_oracles.hpp"

#include <algorithm>

#include <fmt/format.h>

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

bool is_node_path(std::string_view path) {
    return path.find("/seinodes/") != std::string_view::npos;
}

kube::NamespacedName node_of_path(std::string_view path) {
    path.remove_prefix(path.find("/seinodes/") + std::string_view{"/seinodes/"}.size());
    return {"default", std::string{path.substr(0, path.find('/'))}};
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
        const Value body = parsed(exchange.body);
        if (find_string(body, {"preconditions", "uid"}).empty()) {
            violated(fmt::format("DELETE {} without the identity of what is to go", exchange.path));
        }
        return;
    }
    if (exchange.method != HttpMethod::Patch || !exchange.content_type.starts_with("application/merge-patch")) return;
    if (exchange.path.find("/events/") != std::string_view::npos) return;
    const Value body = parsed(exchange.body);
    if (find_string(body, {"metadata", "resourceVersion"}).empty()) {
        violated(fmt::format("PATCH {} without a version: {}", exchange.path, exchange.body.substr(0, 300)));
    }
}

void NoConflictWithItself::changed(const Change& change) {
    if (change.kind != WatchedKind::Node) return;
    LastWrite& last = last_writes_[change.key];
    last.incarnation = change.by != nullptr && change.by->is_operator ? change.by->incarnation : 0;
    last.version_before = change.before ? std::to_string(change.before->revision()) : std::string{};
}

void NoConflictWithItself::exchanged(const Exchange& exchange) {
    if (exchange.method != HttpMethod::Patch || !is_node_path(exchange.path)) return;
    if (exchange.status == 200 && !exchange.is_answered) last_writes_[node_of_path(exchange.path)].incarnation = 0;
    if (exchange.status != 409) return;
    const auto last = last_writes_.find(node_of_path(exchange.path));
    if (last == last_writes_.end() || last->second.incarnation != exchange.by.incarnation) return;
    const std::string base{find_string(parsed(exchange.body), {"metadata", "resourceVersion"})};
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

void ForeignFinalizersStay::changed(const Change& change) {
    if (!change.before || !change.after || change.by == nullptr || !change.by->is_operator) return;
    const std::vector<std::string> kept = finalizers_of(change.after);
    for (const std::string& name : finalizers_of(change.before)) {
        if (name.starts_with("sei.io/") || std::ranges::find(kept, name) != kept.end()) continue;
        violated(fmt::format("{} removed the finalizer {} of {}", change.by->name, name, change.key.name));
    }
}

void OnlyOursIsDeleted::exchanged(const Exchange& exchange) {
    if (exchange.method != HttpMethod::Get || !is_node_path(exchange.path)) return;
    const kube::NamespacedName key = node_of_path(exchange.path);
    last_read_[{exchange.by.incarnation, key}] =
        text_at(view().find(WatchedKind::Node, key), {"status", "statefulSet", "uid"});
}

void OnlyOursIsDeleted::changed(const Change& change) {
    if (change.by == nullptr || !change.by->is_operator || !change.before) return;
    const bool goes_now = !change.after;
    const bool begins_to_go = change.after && !text_at(change.after, {"metadata", "deletionTimestamp"}).empty() &&
                              text_at(change.before, {"metadata", "deletionTimestamp"}).empty();
    if (!goes_now && !begins_to_go) return;
    if (change.kind == WatchedKind::Node || change.kind == WatchedKind::Event) return;
    const std::string owner = controller_of(change.before);
    const auto is_node = [&](const std::string& uid) {
        return std::ranges::any_of(view().all(WatchedKind::Node), [&](const ObjectPtr& node) {
            return text_at(node, {"metadata", "uid"}) == uid;
        });
    };
    if (is_node(owner)) {
        if (change.kind != WatchedKind::StatefulSet) return;
        const std::string uid = text_at(change.before, {"metadata", "uid"});
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
        if (node && !tracked.empty() && tracked != text_at(change.before, {"metadata", "uid"})) return;
    }
    if (change.kind == WatchedKind::Pod) {
        for (const ObjectPtr& set : view().all(WatchedKind::StatefulSet)) {
            if (text_at(set, {"metadata", "uid"}) == owner && is_node(controller_of(set))) return;
        }
    }
    violated(fmt::format("{} deleted {}, which no node of ours controls", change.by->name, change.key.name));
}

}  // namespace sim
