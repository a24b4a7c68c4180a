// A pod that runs to its end.
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
#include "kube/types/pod_spec.hpp"
#include "kube/types/workload_condition.hpp"

namespace kube {

struct JobSpec {
    std::optional<std::int32_t> parallelism;
    std::optional<std::int32_t> completions;
    std::optional<std::int64_t> activeDeadlineSeconds;
    std::optional<std::int32_t> backoffLimit;
    /// The API server makes one.
    std::optional<LabelSelector> selector;
    PodTemplateSpec template_;
    std::optional<std::int32_t> ttlSecondsAfterFinished;
    std::optional<bool> suspend;
    static constexpr std::array required{"template"};
    bool operator==(const JobSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(
    JobSpec,
    (),
    (parallelism,
     completions,
     activeDeadlineSeconds,
     backoffLimit,
     selector,
     template_,
     ttlSecondsAfterFinished,
     suspend)
)

struct JobStatus {
    std::vector<WorkloadCondition> conditions;
    std::optional<Time> startTime;
    std::optional<Time> completionTime;
    std::int32_t active = 0;
    std::int32_t succeeded = 0;
    std::int32_t failed = 0;
    std::optional<std::int32_t> ready;
    bool operator==(const JobStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(JobStatus, (), (conditions, startTime, completionTime, active, succeeded, failed, ready))

struct Job {
    ObjectMeta metadata;
    JobSpec spec;
    JobStatus status;
    static constexpr std::array required{"metadata", "spec"};
    bool operator==(const Job&) const = default;
};
BOOST_DESCRIBE_STRUCT(Job, (), (metadata, spec, status))

template <>
struct KindOf<Job> {
    static constexpr ResourceType type{"batch", "v1", "Job", "jobs"};
};

}  // namespace kube
