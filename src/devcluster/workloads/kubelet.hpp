// The simulated kubelet: runs the pods of one machine, and binds pods to it where there is no scheduler.
#pragma once

#include <chrono>
#include <memory>

#include "devcluster/workloads/kubelet_faults.hpp"
#include "devcluster/workloads/machine.hpp"
#include "devcluster/workloads/pod_probe.hpp"
#include "devcluster/workloads/recorders.hpp"
#include "kube/http/transport.hpp"
#include "kube/runtime/log.hpp"
#include "kube/runtime/manager.hpp"

namespace devcluster::workloads {

/// Who binds pods to machines?
enum class Binding {
    /// This kubelet, to its own machine, once their claims are bound. It looks at no resources, selectors and taints.
    Own,
    /// A scheduler.
    Scheduler,
};

struct KubeletOptions {
    MachineOptions machine;
    Binding binding = Binding::Own;
    /// How long the processes of a pod take to end, at most the pod's grace period.
    std::chrono::milliseconds termination_delay{0};
    Events events = Events::Recorded;
};

/// Runs pods as a kubelet does, without any process: decides with `step_pod`, and writes what it says.
///
/// Not simulated: liveness probes and lifecycle hooks (nothing ever fails but through a fault), readiness gates,
/// ephemeral containers, eviction, projected volumes' sources. A pod that ends is deleted without a last status.
class Kubelet {
public:
    /// Registers its caches with the manager, before that runs. All arguments outlive the kubelet; `observer` may be
    /// null. The manager is destroyed before the kubelet.
    Kubelet(
        kube::Manager& manager,
        kube::Transport& transport,
        kube::Logger log,
        KubeletOptions options,
        KubeletFaults& faults,
        PodProbe& probe,
        ContainerObserver* observer
    );
    ~Kubelet();
    Kubelet(const Kubelet&) = delete;
    Kubelet& operator=(const Kubelet&) = delete;

    /// Registers the machine, then runs its pods until `stop`.
    [[nodiscard]] kube::Async<> run();
    void stop();
    /// Looks at a pod again, for example because its probe would answer differently now.
    void recheck(const kube::NamespacedName& pod);
    void recheck_all();
    /// Is it looking at no pod, and none is due now?
    [[nodiscard]] bool is_at_rest() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace devcluster::workloads
