// What is on a volume outlives the pods that are on it: so does what a sidecar knows.
#pragma once

#include <map>

#include "devcluster/sidecar/pod_sidecars.hpp"
#include "devcluster/sidecar/sidecar_host.hpp"

namespace sim {

/// The volume of a claim that several nodes have in turn goes from one's sidecar to the next one's, with what is on it.
class SidecarsOnClaims final : public devcluster::workloads::ContainerObserver {
public:
    /// Both outlive it.
    SidecarsOnClaims(devcluster::sidecar::SidecarHost& host, devcluster::sidecar::PodSidecars& pods)
        : host_{host}, pods_{pods} {}
    void container_started(const kube::Pod& pod, const std::string& container) override;
    void container_stopped(const kube::Pod& pod, const std::string& container) override;
    void claim_is_gone(const kube::NamespacedName& claim);

private:
    devcluster::sidecar::SidecarHost& host_;
    devcluster::sidecar::PodSidecars& pods_;
    /// The node that had each claim last.
    std::map<kube::NamespacedName, kube::NamespacedName> holders_;
};

}  // namespace sim
