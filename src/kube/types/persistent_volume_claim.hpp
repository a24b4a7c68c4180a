// A claim on storage.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "kube/meta/names.hpp"
#include "kube/meta/object_meta.hpp"
#include "kube/types/container.hpp"
#include "kube/types/workload_condition.hpp"

namespace kube {

struct VolumeResourceRequirements {
    ResourceList limits;
    ResourceList requests;
    bool operator==(const VolumeResourceRequirements&) const = default;
};
BOOST_DESCRIBE_STRUCT(VolumeResourceRequirements, (), (limits, requests))

struct PersistentVolumeClaimSpec {
    std::vector<std::string> accessModes;
    std::optional<VolumeResourceRequirements> resources;
    std::string volumeName;
    std::optional<std::string> storageClassName;
    std::optional<std::string> volumeMode;
    bool operator==(const PersistentVolumeClaimSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(PersistentVolumeClaimSpec, (), (accessModes, resources, volumeName, storageClassName, volumeMode))

struct PersistentVolumeClaimStatus {
    /// Pending, Bound or Lost.
    std::string phase;
    std::vector<std::string> accessModes;
    ResourceList capacity;
    std::vector<WorkloadCondition> conditions;
    bool operator==(const PersistentVolumeClaimStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(PersistentVolumeClaimStatus, (), (phase, accessModes, capacity, conditions))

struct PersistentVolumeClaim {
    ObjectMeta metadata;
    PersistentVolumeClaimSpec spec;
    PersistentVolumeClaimStatus status;
    static constexpr std::array required{"metadata", "spec"};
    bool operator==(const PersistentVolumeClaim&) const = default;
};
BOOST_DESCRIBE_STRUCT(PersistentVolumeClaim, (), (metadata, spec, status))

template <>
struct KindOf<PersistentVolumeClaim> {
    static constexpr ResourceType type{"", "v1", "PersistentVolumeClaim", "persistentvolumeclaims"};
};

}  // namespace kube
