// Objects as the workload controllers see them: what they decide on is typed, what they only pass on stays JSON.
//
// A controller of this room copies templates that anybody wrote, so it must not lose a field that nobody here knows.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "kube/json/json.hpp"
#include "kube/meta/names.hpp"
#include "kube/meta/object_meta.hpp"
#include "kube/types/job.hpp"
#include "kube/types/label_selector.hpp"
#include "kube/types/stateful_set.hpp"

namespace devcluster::workloads {

struct Ordinals {
    std::int32_t start = 0;
    bool operator==(const Ordinals&) const = default;
};
BOOST_DESCRIBE_STRUCT(Ordinals, (), (start))

/// Each is Retain or Delete.
struct ClaimRetention {
    std::string whenDeleted;
    std::string whenScaled;
    bool operator==(const ClaimRetention&) const = default;
};
BOOST_DESCRIBE_STRUCT(ClaimRetention, (), (whenDeleted, whenScaled))

struct StatefulSetSpec {
    std::optional<std::int32_t> replicas;
    kube::LabelSelector selector;
    kube::json::Value template_;
    std::vector<kube::json::Value> volumeClaimTemplates;
    std::string serviceName;
    std::string podManagementPolicy;
    kube::StatefulSetUpdateStrategy updateStrategy;
    std::optional<std::int32_t> revisionHistoryLimit;
    std::int32_t minReadySeconds = 0;
    std::optional<Ordinals> ordinals;
    std::optional<ClaimRetention> persistentVolumeClaimRetentionPolicy;
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
     minReadySeconds,
     ordinals,
     persistentVolumeClaimRetentionPolicy)
)

/// apps/v1 StatefulSet with its template as JSON.
struct StatefulSet {
    kube::ObjectMeta metadata;
    StatefulSetSpec spec;
    kube::StatefulSetStatus status;
    bool operator==(const StatefulSet&) const = default;
};
BOOST_DESCRIBE_STRUCT(StatefulSet, (), (metadata, spec, status))

struct JobSpec {
    std::optional<std::int32_t> parallelism;
    std::optional<std::int32_t> completions;
    std::optional<std::int64_t> activeDeadlineSeconds;
    std::optional<std::int32_t> backoffLimit;
    std::optional<std::int32_t> ttlSecondsAfterFinished;
    std::optional<bool> suspend;
    std::string completionMode;
    std::string managedBy;
    kube::json::Value podFailurePolicy;
    kube::json::Value successPolicy;
    kube::json::Value template_;
    bool operator==(const JobSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(
    JobSpec,
    (),
    (parallelism,
     completions,
     activeDeadlineSeconds,
     backoffLimit,
     ttlSecondsAfterFinished,
     suspend,
     completionMode,
     managedBy,
     podFailurePolicy,
     successPolicy,
     template_)
)

/// batch/v1 Job with its template as JSON.
struct Job {
    kube::ObjectMeta metadata;
    JobSpec spec;
    kube::JobStatus status;
    bool operator==(const Job&) const = default;
};
BOOST_DESCRIBE_STRUCT(Job, (), (metadata, spec, status))

/// A pod that is about to be created from a template.
struct NewPod {
    kube::ObjectMeta metadata;
    kube::json::Value spec;
    bool operator==(const NewPod&) const = default;
};
BOOST_DESCRIBE_STRUCT(NewPod, (), (metadata, spec))

/// A claim that is about to be created from a template.
struct NewClaim {
    kube::ObjectMeta metadata;
    kube::json::Value spec;
    bool operator==(const NewClaim&) const = default;
};
BOOST_DESCRIBE_STRUCT(NewClaim, (), (metadata, spec))

/// A volume that is about to be created.
struct NewVolume {
    kube::ObjectMeta metadata;
    kube::json::Value spec;
    bool operator==(const NewVolume&) const = default;
};
BOOST_DESCRIBE_STRUCT(NewVolume, (), (metadata, spec))

/// The controller reference that an object of kind `K` gives to what it creates.
template <kube::Kind K>
[[nodiscard]] kube::OwnerReference controller_reference(const K& owner) {
    return {
        .apiVersion = kube::KindOf<K>::type.api_version(),
        .kind = std::string{kube::KindOf<K>::type.kind},
        .name = owner.metadata.name,
        .uid = owner.metadata.uid,
        .controller = true,
        .blockOwnerDeletion = true
    };
}

/// metav1.LabelSelector. A selector without any requirement matches everything; an operator that does not exist
/// matches nothing.
[[nodiscard]] bool matches(const kube::LabelSelector& selector, const kube::StringMap& labels);

/// The metadata that a pod or claim takes over from a template: labels, annotations, finalizers.
[[nodiscard]] kube::ObjectMeta template_metadata(const kube::json::Value& template_);

}  // namespace devcluster::workloads

namespace kube {

template <>
struct KindOf<devcluster::workloads::StatefulSet> {
    static constexpr ResourceType type{"apps", "v1", "StatefulSet", "statefulsets"};
};
template <>
struct KindOf<devcluster::workloads::Job> {
    static constexpr ResourceType type{"batch", "v1", "Job", "jobs"};
};
template <>
struct KindOf<devcluster::workloads::NewPod> {
    static constexpr ResourceType type{"", "v1", "Pod", "pods"};
};
template <>
struct KindOf<devcluster::workloads::NewClaim> {
    static constexpr ResourceType type{"", "v1", "PersistentVolumeClaim", "persistentvolumeclaims"};
};
template <>
struct KindOf<devcluster::workloads::NewVolume> {
    static constexpr ResourceType type{"", "v1", "PersistentVolume", "persistentvolumes", false};
};

}  // namespace kube
