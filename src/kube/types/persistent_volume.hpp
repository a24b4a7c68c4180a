// A piece of storage that a claim is bound to.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "kube/meta/names.hpp"
#include "kube/meta/object_meta.hpp"
#include "kube/types/container.hpp"
#include "kube/types/object_reference.hpp"

namespace kube {

struct PersistentVolumeSpec {
    ResourceList capacity;
    std::vector<std::string> accessModes;
    std::optional<ObjectReference> claimRef;
    std::string persistentVolumeReclaimPolicy;
    std::string storageClassName;
    bool operator==(const PersistentVolumeSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(
    PersistentVolumeSpec, (), (capacity, accessModes, claimRef, persistentVolumeReclaimPolicy, storageClassName)
)

struct PersistentVolumeStatus {
    /// Pending, Available, Bound, Released or Failed.
    std::string phase;
    std::string message;
    std::string reason;
    bool operator==(const PersistentVolumeStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(PersistentVolumeStatus, (), (phase, message, reason))

struct PersistentVolume {
    ObjectMeta metadata;
    PersistentVolumeSpec spec;
    PersistentVolumeStatus status;
    static constexpr std::array required{"metadata", "spec"};
    bool operator==(const PersistentVolume&) const = default;
};
BOOST_DESCRIBE_STRUCT(PersistentVolume, (), (metadata, spec, status))

template <>
struct KindOf<PersistentVolume> {
    static constexpr ResourceType type{"", "v1", "PersistentVolume", "persistentvolumes", false};
};

}  // namespace kube
