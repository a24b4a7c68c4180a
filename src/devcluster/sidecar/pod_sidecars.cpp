#include "devcluster/sidecar/pod_sidecars.hpp"

#include <algorithm>
#include <variant>

namespace devcluster::sidecar {
namespace {

const kube::Container* find_container(const kube::Pod& pod, const std::string& name) {
    for (const auto* containers : {&pod.spec.containers, &pod.spec.initContainers}) {
        const auto found = std::ranges::find(*containers, name, &kube::Container::name);
        if (found != containers->end()) return &*found;
    }
    return nullptr;
}

}  // namespace

kube::NamespacedName node_of_pod(const kube::Pod& pod) {
    const std::string& node = pod.spec.subdomain;
    if (node.empty() || pod.spec.hostname != node + "-0") return {};
    return {pod.metadata.namespace_, node};
}

bool PodSidecars::asks_sidecar(const kube::Probe& probe) const {
    return probe.httpGet && probe.httpGet->path == "/v0/healthz";
}

bool PodSidecars::passes(const kube::Pod& pod, const std::string& container, bool is_startup) {
    const kube::NamespacedName node = node_of_pod(pod);
    const kube::Container* const spec = find_container(pod, container);
    if (node.name.empty() || spec == nullptr) return true;
    const auto& probe = is_startup ? spec->startupProbe : spec->readinessProbe;
    if (!probe || !asks_sidecar(*probe)) return true;
    NodeSidecar& sidecar = host_.node(node);
    return sidecar.is_serving() && sidecar.is_ready();
}

kube::Async<bool> PodSidecars::has_started(kube::Snapshot<kube::Pod> pod, std::string container) {
    co_return passes(*pod, container, true);
}

kube::Async<bool> PodSidecars::is_ready(kube::Snapshot<kube::Pod> pod, std::string container) {
    co_return passes(*pod, container, false);
}

void PodSidecars::container_started(const kube::Pod& pod, const std::string& container) {
    const kube::NamespacedName node = node_of_pod(pod);
    if (node.name.empty() || container != kSidecarContainer) return;
    NodeSidecar& sidecar = host_.node(node);
    if (const kube::Container* spec = find_container(pod, container)) {
        const auto chain = std::ranges::find(spec->env, "SEI_CHAIN_ID", &kube::EnvVar::name);
        if (chain != spec->env.end()) sidecar.set_chain_id(chain->value);
    }
    // The flag of mark-ready lives in the process: each start is a new one.
    sidecar.restart(Store::Kept);
}

void PodSidecars::container_stopped(const kube::Pod& pod, const std::string& container) {
    const kube::NamespacedName node = node_of_pod(pod);
    if (node.name.empty() || container != kSidecarContainer) return;
    host_.node(node).stop();
}

}  // namespace devcluster::sidecar
