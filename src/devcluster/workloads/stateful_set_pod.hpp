// What a StatefulSet's pod and its claims look like.
#pragma once

#include <string>
#include <vector>

#include "devcluster/workloads/objects.hpp"
#include "kube/types/persistent_volume_claim.hpp"
#include "kube/types/pod.hpp"

namespace devcluster::workloads {

/// `<set>-<ordinal>`.
[[nodiscard]] std::string pod_name(const StatefulSet& set, int ordinal);

/// The pod of this ordinal from the template of one revision: identity labels, hostname and subdomain, a volume for
/// each claim template (it takes the place of a volume of that name in the template).
[[nodiscard]] NewPod new_stateful_set_pod(
    const StatefulSet& set, const kube::json::Value& pod_template, const std::string& revision, int ordinal
);

/// `<template>-<set>-<ordinal>`, for each claim template.
[[nodiscard]] std::vector<NewClaim> claims_of_pod(const StatefulSet& set, int ordinal);

/// The owners that a claim must have under the set's retention policy: the set (whenDeleted), the condemned pod
/// (whenScaled), besides whatever others own it. `condemned` is null for a pod that stays.
[[nodiscard]] std::vector<kube::OwnerReference> claim_owners(
    const StatefulSet& set,
    std::vector<kube::OwnerReference> present,
    const std::string& pod,
    const kube::Pod* condemned
);

}  // namespace devcluster::workloads
