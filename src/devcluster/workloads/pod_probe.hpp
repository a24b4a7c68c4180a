// The seams of the kubelet: who answers probes, and who is told that a process begins or ends.
#pragma once

#include <string>

#include "kube/async/async.hpp"
#include "kube/client/snapshot.hpp"
#include "kube/types/pod.hpp"

namespace devcluster::workloads {

/// Answers the probes of running containers. The default passes at once. A probe that fails is asked again after its
/// periodSeconds; one that passes only when `Kubelet::recheck` is called or the pod changes.
class PodProbe {
public:
    virtual ~PodProbe() = default;
    /// Of a container with a startupProbe, until it says yes.
    [[nodiscard]] virtual kube::Async<bool> has_started(kube::Snapshot<kube::Pod> pod, std::string container);
    /// Of a container with a readinessProbe, once it has started.
    [[nodiscard]] virtual kube::Async<bool> is_ready(kube::Snapshot<kube::Pod> pod, std::string container);
};

/// Told when the process of a container begins and ends (a restart is both): what plays the process hooks in here.
class ContainerObserver {
public:
    virtual ~ContainerObserver() = default;
    virtual void container_started(const kube::Pod& pod, const std::string& container) = 0;
    virtual void container_stopped(const kube::Pod& pod, const std::string& container) = 0;
};

}  // namespace devcluster::workloads
