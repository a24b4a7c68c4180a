// Ties sidecars to pods: a sidecar serves while its container runs, and what it says decides the pod's probes.
#pragma once

#include <functional>
#include <string>

#include "devcluster/sidecar/sidecar_host.hpp"
#include "devcluster/workloads/pod_probe.hpp"

namespace devcluster::sidecar {

/// The container of a node's pod that is its sidecar (spec 05 §5).
inline constexpr std::string_view kSidecarContainer = "sei-sidecar";

/// The node that a pod belongs to: pod "<node>-0" of the headless Service "<node>". Empty name where the pod is no
/// node's.
[[nodiscard]] kube::NamespacedName node_of_pod(const kube::Pod& pod);

/// Hooks into a kubelet: starts and stops the sidecars of `host` with their containers, and answers probes as the
/// programs in the pod would: seid's startup probe and the proxy's readiness probe ask the sidecar's /v0/healthz,
/// everything else is well.
class PodSidecars final : public workloads::PodProbe, public workloads::ContainerObserver {
public:
    /// `host` outlives this, and should have been made with `serves_without_pod` false.
    explicit PodSidecars(SidecarHost& host) : host_{host} {}

    [[nodiscard]] kube::Async<bool> has_started(kube::Snapshot<kube::Pod> pod, std::string container) override;
    [[nodiscard]] kube::Async<bool> is_ready(kube::Snapshot<kube::Pod> pod, std::string container) override;
    void container_started(const kube::Pod& pod, const std::string& container) override;
    void container_stopped(const kube::Pod& pod, const std::string& container) override;

private:
    [[nodiscard]] bool asks_sidecar(const kube::Probe& probe) const;
    [[nodiscard]] bool passes(const kube::Pod& pod, const std::string& container, bool is_startup);
    SidecarHost& host_;
};

}  // namespace devcluster::sidecar
