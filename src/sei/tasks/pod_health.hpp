// Why a node's pod is of no use yet, as the kubelet tells it (spec 08 3.1, 3.3).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kube/client/snapshot.hpp"
#include "kube/meta/condition.hpp"
#include "kube/meta/time.hpp"
#include "kube/types/persistent_volume_claim.hpp"
#include "kube/types/pod.hpp"

namespace sei::tasks {

struct PodHealth {
    kube::ConditionStatus status = kube::ConditionStatus::False;
    /// Of the small fixed set of `api::reason`.
    std::string_view reason;
    /// Names pod and container, and nothing that changes from attempt to attempt.
    std::string message;
    /// Not just on its way: worth telling.
    bool is_problem = false;
    bool operator==(const PodHealth&) const = default;
};

/// Of the newest pod that is not being deleted; nullopt when there is none. What alternates while a kubelet tries again
/// (ErrImagePull and ImagePullBackOff, a crash and the next start) is one problem.
/// `claim` is that of the node's data volume, as far as it is there: without one, or with one that lost its volume, no
/// pod starts.
[[nodiscard]] std::optional<PodHealth> pod_health(
    const std::vector<kube::Snapshot<kube::Pod>>& pods,
    const std::optional<kube::Snapshot<kube::PersistentVolumeClaim>>& claim,
    kube::Time now
);

}  // namespace sei::tasks
