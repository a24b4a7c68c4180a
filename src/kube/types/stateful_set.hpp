// Pods with an identity, one after another.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "kube/meta/names.hpp"
#include "kube/meta/object_meta.hpp"
#include "kube/types/label_selector.hpp"
#include "kube/types/persistent_volume_claim.hpp"
#include "kube/types/pod_spec.hpp"
#include "kube/types/workload_condition.hpp"

namespace kube {

struct RollingUpdateStatefulSetStrategy {
    std::optional<std::int32_t> partition;
    bool operator==(const RollingUpdateStatefulSetStrategy&) const = default;
};
BOOST_DESCRIBE_STRUCT(RollingUpdateStatefulSetStrategy, (), (partition))

/// `type`: OnDelete or RollingUpdate.
struct StatefulSetUpdateStrategy {
    std::string type;
    std::optional<RollingUpdateStatefulSetStrategy> rollingUpdate;
    bool operator==(const StatefulSetUpdateStrategy&) const = default;
};
BOOST_DESCRIBE_STRUCT(StatefulSetUpdateStrategy, (), (type, rollingUpdate))

struct StatefulSetSpec {
    std::optional<std::int32_t> replicas;
    LabelSelector selector;
    PodTemplateSpec template_;
    std::vector<PersistentVolumeClaim> volumeClaimTemplates;
    std::string serviceName;
    std::string podManagementPolicy;
    StatefulSetUpdateStrategy updateStrategy;
    std::optional<std::int32_t> revisionHistoryLimit;
    std::int32_t minReadySeconds = 0;
    static constexpr std::array required{"selector", "template"};
    bool operator==(const StatefulSetSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(
    StatefulSetSpec,
    (),
    (replicas,
     selector,
     template_,
     volumeClaimTemplates,
     serviceName,
     podManagementPolicy,
     updateStrategy,
     revisionHistoryLimit,
     minReadySeconds)
)

struct StatefulSetStatus {
    std::int64_t observedGeneration = 0;
    std::int32_t replicas = 0;
    std::int32_t readyReplicas = 0;
    std::int32_t currentReplicas = 0;
    std::int32_t updatedReplicas = 0;
    std::int32_t availableReplicas = 0;
    std::string currentRevision;
    std::string updateRevision;
    std::optional<std::int32_t> collisionCount;
    std::vector<WorkloadCondition> conditions;
    static constexpr std::array required{"replicas"};
    bool operator==(const StatefulSetStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(
    StatefulSetStatus,
    (),
    (observedGeneration,
     replicas,
     readyReplicas,
     currentReplicas,
     updatedReplicas,
     availableReplicas,
     currentRevision,
     updateRevision,
     collisionCount,
     conditions)
)

struct StatefulSet {
    ObjectMeta metadata;
    StatefulSetSpec spec;
    StatefulSetStatus status;
    static constexpr std::array required{"metadata", "spec"};
    bool operator==(const StatefulSet&) const = default;
};
BOOST_DESCRIBE_STRUCT(StatefulSet, (), (metadata, spec, status))

template <>
struct KindOf<StatefulSet> {
    static constexpr ResourceType type{"apps", "v1", "StatefulSet", "statefulsets"};
};

}  // namespace kube
