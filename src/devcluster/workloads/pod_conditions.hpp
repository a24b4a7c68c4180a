// The conditions and the phase of a pod, from what its containers do.
#pragma once

#include <string>

#include "kube/meta/time.hpp"
#include "kube/types/pod.hpp"

namespace devcluster::workloads {

/// Is this init container one that runs beside the others?
[[nodiscard]] bool is_sidecar(const kube::Container& container);

/// Sets a condition by type; its transition time moves only when its status does.
void set_pod_condition(kube::PodStatus& status, kube::WorkloadCondition condition);

/// Sets phase and conditions (PodReadyToStartContainers, Initialized, Ready, ContainersReady, PodScheduled) from the
/// container statuses, as the kubelet does.
void conclude_pod(const kube::PodSpec& spec, kube::PodStatus& status, kube::Time now);

}  // namespace devcluster::workloads
