// Everything that a cluster does around its API server, each part of it to be had alone.
#pragma once

#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "devcluster/workloads/kubelet.hpp"
#include "devcluster/workloads/kubelet_faults.hpp"
#include "devcluster/workloads/pod_probe.hpp"
#include "devcluster/workloads/recorders.hpp"
#include "devcluster/workloads/status_faker.hpp"
#include "kube/async/clock.hpp"
#include "kube/http/transport.hpp"
#include "kube/runtime/barrier.hpp"
#include "kube/runtime/log.hpp"

namespace devcluster::workloads {

/// Which parts run. The default is all that a cluster without any controller needs.
struct WorkloadsOptions {
    bool has_stateful_sets = true;
    bool has_jobs = true;
    bool has_claims = true;
    bool has_garbage_collector = true;
    bool has_namespaces = true;
    bool has_kubelet = true;
    /// Instead of StatefulSets, Jobs and claims: statuses without pods (`WorkloadsOptions::faker_only`).
    bool has_status_faker = false;
    KubeletOptions kubelet;
    /// Of StatefulSets, Jobs and the kubelet.
    Events events = Events::Recorded;
    kube::Logger log;

    /// On a bare kube-apiserver: statuses are played, garbage is collected, namespaces go away; there are no pods.
    [[nodiscard]] static WorkloadsOptions faker_only();
    /// Beside kube-controller-manager and kube-scheduler: our kubelet alone, on a machine with a lease, and claims (no
    /// provisioner runs there).
    [[nodiscard]] static WorkloadsOptions kubelet_only();
};

/// The simulated workload controllers, on one loop, over one transport: an embedded API server in this process or a
/// real one. They know nothing of who they work for.
class Workloads {
public:
    /// All arguments outlive this. `probe` and `observer` may be null: every probe passes, nobody is told.
    Workloads(
        boost::asio::any_io_executor executor,
        kube::Clock& clock,
        kube::Transport& transport,
        WorkloadsOptions options,
        PodProbe* probe = nullptr,
        ContainerObserver* observer = nullptr
    );
    /// `run` must have returned, or never been called.
    ~Workloads();
    Workloads(const Workloads&) = delete;
    Workloads& operator=(const Workloads&) = delete;

    /// Runs all parts until `stop`, or until one of them fails for good: then it throws.
    [[nodiscard]] kube::Async<> run();
    /// Begins an orderly stop. Safe to call more than once.
    void stop();

    /// Have all parts seen what there is? Nothing that happens from then on is missed.
    [[nodiscard]] bool is_ready() const;
    /// Have the simulated controllers, the kubelet and the status faker seen what the question names, and is nothing
    /// left for them and the garbage collector to do now? A kind that they do not watch counts as seen.
    [[nodiscard]] kube::BarrierAnswer at_barrier(const kube::BarrierQuestion& question) const;

    [[nodiscard]] KubeletFaults& faults();
    /// Throws std::logic_error when the part is switched off.
    [[nodiscard]] Kubelet& kubelet();
    [[nodiscard]] StatusFaker& status_faker();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace devcluster::workloads
