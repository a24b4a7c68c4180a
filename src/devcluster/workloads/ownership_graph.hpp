// Who owns whom, and what follows when an owner goes: the garbage collector's picture and its decisions.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "kube/client/client.hpp"
#include "kube/meta/object_meta.hpp"

namespace devcluster::workloads {

inline constexpr const char* kForegroundFinalizer = "foregroundDeletion";
inline constexpr const char* kOrphanFinalizer = "orphan";

/// What is known of an owner that is not in the graph, after a look at the server.
enum class Absence { Unknown, Exists, IsGone };

// What is to be done with one object.
struct DoNothing {
    bool operator==(const DoNothing&) const = default;
};
/// Look at the server whether these owners exist, then decide again.
struct LookUp {
    std::vector<kube::OwnerReference> owners;
    bool operator==(const LookUp&) const = default;
};
struct DeleteObject {
    kube::Propagation propagation = kube::Propagation::Background;
    bool operator==(const DeleteObject&) const = default;
};
/// Some owners are gone, others stay: only these are kept.
struct KeepOwners {
    std::vector<kube::OwnerReference> owners;
    bool operator==(const KeepOwners&) const = default;
};
/// The object waits for its dependents: they are to be looked at.
struct WakeDependents {
    std::vector<std::string> uids;
    bool operator==(const WakeDependents&) const = default;
};
/// Take the object's reference from its dependents; when there are none, take the finalizer away.
struct OrphanDependents {
    std::vector<std::string> uids;
    bool operator==(const OrphanDependents&) const = default;
};
struct RemoveFinalizer {
    std::string finalizer;
    bool operator==(const RemoveFinalizer&) const = default;
};
using GarbageDecision =
    std::variant<DoNothing, LookUp, DeleteObject, KeepOwners, WakeDependents, OrphanDependents, RemoveFinalizer>;

/// All objects by uid, with the edges from dependents to owners. Holds only what it was told.
class OwnershipGraph {
public:
    struct Object {
        /// Which of the collector's types it is of.
        std::size_t type = 0;
        std::shared_ptr<const kube::ObjectMeta> metadata;
    };

    /// Puts an object in, or its newer version. Returns the uids that are to be looked at because of that.
    std::set<std::string> put(Object object);
    /// The object is gone. Returns the uids that are to be looked at because of that.
    std::set<std::string> erase(const std::string& uid);

    [[nodiscard]] const Object* find(const std::string& uid) const;
    [[nodiscard]] std::size_t size() const { return objects_.size(); }
    /// What is to be done with an object. `absences` tells of the owners that were looked up.
    [[nodiscard]] GarbageDecision decide(const std::string& uid, const std::map<std::string, Absence>& absences) const;

private:
    [[nodiscard]] std::set<std::string> dependents_of(const std::string& uid) const;
    [[nodiscard]] GarbageDecision decide_deleting(const Object& object) const;

    std::map<std::string, Object> objects_;
    /// Owner to dependents, whether the owner is known or not.
    std::map<std::string, std::set<std::string>> dependents_;
};

}  // namespace devcluster::workloads
