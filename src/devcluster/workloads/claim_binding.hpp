// How a claim and a volume belong together: pure decisions of the binder.
#pragma once

#include <optional>
#include <string>

#include "devcluster/workloads/objects.hpp"
#include "kube/types/persistent_volume.hpp"
#include "kube/types/persistent_volume_claim.hpp"

namespace devcluster::workloads {

inline constexpr const char* kClaimProtection = "kubernetes.io/pvc-protection";
inline constexpr const char* kVolumeProtection = "kubernetes.io/pv-protection";

/// The volume that is made for a claim that names none: `pvc-<uid>`, as large as the claim asks, deleted with it.
[[nodiscard]] NewVolume volume_for(const kube::PersistentVolumeClaim& claim);

/// The claim with its volume: volumeName, the annotations of the binder and the protection finalizer.
[[nodiscard]] kube::PersistentVolumeClaim bound_claim(kube::PersistentVolumeClaim claim, const std::string& volume);

/// The status of a claim that is bound to a volume.
[[nodiscard]] kube::PersistentVolumeClaimStatus bound_status(
    const kube::PersistentVolumeClaim& claim, const kube::PersistentVolume& volume
);

/// May this claim have the volume that it names? It may when nobody has it, or when it was reserved for the claim.
[[nodiscard]] bool may_bind(const kube::PersistentVolumeClaim& claim, const kube::PersistentVolume& volume);

}  // namespace devcluster::workloads
