// What a Job does next: a pure function of the Job and its pods.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "devcluster/workloads/objects.hpp"
#include "kube/async/clock.hpp"
#include "kube/client/snapshot.hpp"
#include "kube/types/pod.hpp"

namespace devcluster::workloads {

struct JobPlan {
    kube::JobStatus status;
    int pods_to_create = 0;
    std::vector<kube::Snapshot<kube::Pod>> pods_to_delete;
    /// The Job has been finished for ttlSecondsAfterFinished.
    bool is_expired = false;
    /// When time alone changes something: a retry, the deadline, the end of the time to live.
    std::optional<std::chrono::microseconds> due;
};

/// The rules are those of the Job controller of Kubernetes 1.34: SuccessCriteriaMet and FailureTarget as soon as the
/// outcome is known, Complete and Failed when no pod is left running; a failed pod is replaced after 10 s, doubled
/// with each failure up to 10 min, until backoffLimit (6) is passed.
///
/// Simplified: pods carry no batch.kubernetes.io/job-tracking finalizer, so a pod that somebody deletes before it has
/// finished is replaced without being counted as failed.
[[nodiscard]] JobPlan plan_job(const Job& job, const std::vector<kube::Snapshot<kube::Pod>>& pods, kube::WallTime now);

/// Why the simulation does not run this Job; empty when it does.
[[nodiscard]] std::string unsupported_in(const Job& job);

/// A pod of the Job, whose name the API server completes.
[[nodiscard]] NewPod new_job_pod(const Job& job);

}  // namespace devcluster::workloads
