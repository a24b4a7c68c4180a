// How a pod that is bound to the machine comes up, runs and ends: a pure function from what is to what is next.
//
// There is no hidden state: where each container stands is read from the pod's own status, so a kubelet that is
// restarted goes on where it was. Only the time since which an image cannot be pulled is remembered beside it.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "devcluster/workloads/kubelet_faults.hpp"
#include "kube/async/clock.hpp"
#include "kube/types/pod.hpp"

namespace devcluster::workloads {

/// Does a container pass its startup and readiness probes? Absent: it was not asked yet.
struct ProbeAnswers {
    std::optional<bool> started;
    std::optional<bool> ready;
};

/// What is not there that the pod needs, as the kubelet's FailedMount event tells it.
struct MissingVolume {
    std::string reason = "FailedMount";
    std::string message;
};

struct PodInputs {
    kube::WallTime now;
    std::string host_ip;
    std::string pod_ip;
    std::optional<MissingVolume> missing_volume;
    /// Containers that cannot be created, and why (CreateContainerConfigError).
    std::map<std::string, std::string> misconfigured;
    const KubeletFaults* faults = nullptr;
    /// By container. Those whose probe a pass would need and that are not here come back in `PodStep::asks`.
    std::map<std::string, ProbeAnswers> answers;
    /// Since when a container's image cannot be pulled, by container.
    std::map<std::string, kube::WallTime> pull_failing_since;
};

/// An event about a pod that is to be recorded once the status is written.
struct PodNotice {
    bool is_warning = false;
    std::string reason;
    std::string message;
    bool operator==(const PodNotice&) const = default;
};

struct PodStep {
    kube::PodStatus status;
    /// When time alone changes something.
    std::optional<std::chrono::microseconds> due;
    std::vector<PodNotice> notices;
    /// Processes that began or ended in this step, in this order.
    struct Transition {
        std::string container;
        bool is_start = true;
        bool operator==(const Transition&) const = default;
    };
    std::vector<Transition> transitions;
    enum class ProbeKind { Startup, Readiness };
    struct Ask {
        std::string container;
        ProbeKind kind = ProbeKind::Readiness;
    };
    /// Probes without which the step cannot go further: answer them in the inputs and step again.
    std::vector<Ask> asks;
    std::map<std::string, kube::WallTime> pull_failing_since;
};

/// One step from `pod` as it was read. Init containers run to their end, one after another, sidecars (restartPolicy
/// Always) among them until they have started; then all containers start at once. A pod that is finished stays as it
/// is.
[[nodiscard]] PodStep step_pod(const kube::Pod& pod, const PodInputs& inputs);

/// How long a container that failed for the n-th time waits for its restart: 0, 10 s, 20 s … 300 s.
[[nodiscard]] std::chrono::seconds restart_delay(std::int32_t restarts);
/// Do its processes exist, or have they existed? (It has an address then.)
[[nodiscard]] bool has_begun(const kube::Pod& pod);
/// BestEffort, Burstable or Guaranteed.
[[nodiscard]] std::string qos_class(const kube::PodSpec& spec);

}  // namespace devcluster::workloads
