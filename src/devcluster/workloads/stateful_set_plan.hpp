// What a StatefulSet does next: a pure function of the set, its pods and its two revisions.
//
// The rules are those of the StatefulSet controller of Kubernetes 1.34: predecessors first, one at a time unless the
// policy is Parallel, scaling before updating, and a current revision that only a finished RollingUpdate moves on
// (with OnDelete it stays where it was: spec 08 §3.4).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "devcluster/workloads/objects.hpp"
#include "kube/async/clock.hpp"
#include "kube/client/snapshot.hpp"
#include "kube/types/pod.hpp"

namespace devcluster::workloads {

/// Which template a new pod gets.
enum class RevisionChoice { Current, Update };

struct CreatePod {
    int ordinal = 0;
    RevisionChoice revision = RevisionChoice::Update;
    bool operator==(const CreatePod&) const = default;
};
/// See that the claims of this ordinal exist; its pod exists already.
struct EnsureClaims {
    int ordinal = 0;
    bool operator==(const EnsureClaims&) const = default;
};
struct DeletePod {
    std::string name;
    std::string uid;
    /// Scaled away: its claims may go with it (whenScaled).
    bool is_condemned = false;
    bool operator==(const DeletePod&) const = default;
};
using StatefulSetAction = std::variant<CreatePod, EnsureClaims, DeletePod>;

struct StatefulSetPlan {
    kube::StatefulSetStatus status;
    std::vector<StatefulSetAction> actions;
    /// When a ready pod becomes available; nullopt when nothing waits for time.
    std::optional<std::chrono::microseconds> due;
};

/// `pods` are those that the set controls. `current` and `update` are the names of its revisions.
[[nodiscard]] StatefulSetPlan plan_stateful_set(
    const StatefulSet& set,
    const std::vector<kube::Snapshot<kube::Pod>>& pods,
    const std::string& current,
    const std::string& update,
    kube::WallTime now
);

}  // namespace devcluster::workloads
