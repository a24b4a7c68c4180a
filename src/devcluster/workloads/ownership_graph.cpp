#include "devcluster/workloads/ownership_graph.hpp"

#include <algorithm>

namespace devcluster::workloads {

namespace {

bool is_deleting(const kube::ObjectMeta& metadata) {
    return metadata.deletionTimestamp.has_value();
}

bool waits_for_dependents(const kube::ObjectMeta& metadata) {
    return is_deleting(metadata) && metadata.has_finalizer(kForegroundFinalizer);
}

bool orphans_dependents(const kube::ObjectMeta& metadata) {
    return is_deleting(metadata) && metadata.has_finalizer(kOrphanFinalizer);
}

}  // namespace

std::set<std::string> OwnershipGraph::put(Object object) {
    const std::string uid = object.metadata->uid;
    std::set<std::string> to_look_at;
    const auto found = objects_.find(uid);
    if (found != objects_.end()) {
        for (const kube::OwnerReference& owner : found->second.metadata->ownerReferences) {
            dependents_[owner.uid].erase(uid);
            to_look_at.insert(owner.uid);
        }
    }
    const kube::ObjectMeta& metadata = *object.metadata;
    for (const kube::OwnerReference& owner : metadata.ownerReferences) {
        dependents_[owner.uid].insert(uid);
        to_look_at.erase(owner.uid);
    }
    if (!metadata.ownerReferences.empty() || waits_for_dependents(metadata) || orphans_dependents(metadata)) {
        to_look_at.insert(uid);
    }
    objects_[uid] = std::move(object);
    return to_look_at;
}

std::set<std::string> OwnershipGraph::erase(const std::string& uid) {
    const auto found = objects_.find(uid);
    if (found == objects_.end()) return {};
    std::set<std::string> to_look_at = dependents_of(uid);
    for (const kube::OwnerReference& owner : found->second.metadata->ownerReferences) {
        const auto known = dependents_.find(owner.uid);
        if (known != dependents_.end()) {
            known->second.erase(uid);
            if (known->second.empty()) dependents_.erase(known);
        }
        to_look_at.insert(owner.uid);
    }
    objects_.erase(found);
    return to_look_at;
}

const OwnershipGraph::Object* OwnershipGraph::find(const std::string& uid) const {
    const auto found = objects_.find(uid);
    return found == objects_.end() ? nullptr : &found->second;
}

std::set<std::string> OwnershipGraph::dependents_of(const std::string& uid) const {
    const auto found = dependents_.find(uid);
    return found == dependents_.end() ? std::set<std::string>{} : found->second;
}

GarbageDecision OwnershipGraph::decide_deleting(const Object& object) const {
    const kube::ObjectMeta& metadata = *object.metadata;
    const std::set<std::string> dependents = dependents_of(metadata.uid);
    if (orphans_dependents(metadata)) {
        if (dependents.empty()) return RemoveFinalizer{kOrphanFinalizer};
        return OrphanDependents{{dependents.begin(), dependents.end()}};
    }
    if (!waits_for_dependents(metadata)) return DoNothing{};
    const bool is_blocked = std::ranges::any_of(dependents, [&](const std::string& uid) {
        const std::vector<kube::OwnerReference>& owners = objects_.at(uid).metadata->ownerReferences;
        return std::ranges::any_of(owners, [&](const kube::OwnerReference& owner) {
            return owner.uid == metadata.uid && owner.blockOwnerDeletion.value_or(false);
        });
    });
    if (!is_blocked) return RemoveFinalizer{kForegroundFinalizer};
    return WakeDependents{{dependents.begin(), dependents.end()}};
}

GarbageDecision OwnershipGraph::decide(const std::string& uid, const std::map<std::string, Absence>& absences) const {
    const Object* object = find(uid);
    if (object == nullptr) return DoNothing{};
    const kube::ObjectMeta& metadata = *object->metadata;
    if (is_deleting(metadata)) return decide_deleting(*object);
    if (metadata.ownerReferences.empty()) return DoNothing{};

    std::vector<kube::OwnerReference> solid;
    LookUp look_up;
    bool has_waiting = false;
    for (const kube::OwnerReference& owner : metadata.ownerReferences) {
        if (const Object* known = find(owner.uid)) {
            if (waits_for_dependents(*known->metadata)) {
                has_waiting = true;
            } else {
                solid.push_back(owner);
            }
            continue;
        }
        const auto looked_up = absences.find(owner.uid);
        const Absence absence = looked_up == absences.end() ? Absence::Unknown : looked_up->second;
        if (absence == Absence::Unknown) look_up.owners.push_back(owner);
        if (absence == Absence::Exists) solid.push_back(owner);
    }
    if (!look_up.owners.empty()) return look_up;
    if (solid.size() == metadata.ownerReferences.size()) return DoNothing{};
    if (!solid.empty()) return KeepOwners{std::move(solid)};
    const bool has_dependents = !dependents_of(uid).empty();
    if (has_waiting && has_dependents) return DeleteObject{kube::Propagation::Foreground};
    if (metadata.has_finalizer(kOrphanFinalizer)) return DeleteObject{kube::Propagation::Orphan};
    if (metadata.has_finalizer(kForegroundFinalizer)) return DeleteObject{kube::Propagation::Foreground};
    return DeleteObject{kube::Propagation::Background};
}

}  // namespace devcluster::workloads
