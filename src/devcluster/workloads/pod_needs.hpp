// What a pod needs from other objects before it can start: claims, ConfigMaps, Secrets.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "devcluster/workloads/pod_run.hpp"
#include "kube/runtime/cache.hpp"
#include "kube/types/config_map.hpp"
#include "kube/types/persistent_volume_claim.hpp"
#include "kube/types/pod.hpp"
#include "kube/types/secret.hpp"

namespace devcluster::workloads {

/// "claim/<namespace>/<name>", "configmap/…", "secret/…": of all that a pod's volumes and environment name. What the
/// pods that wait for an object are found by.
[[nodiscard]] std::vector<std::string> needs_of(const kube::Pod& pod);
[[nodiscard]] std::string need_of_claim(const kube::NamespacedName& key);
[[nodiscard]] std::string need_of_config_map(const kube::NamespacedName& key);
[[nodiscard]] std::string need_of_secret(const kube::NamespacedName& key);

/// What the cluster has.
struct Supplies {
    const kube::Cache<kube::PersistentVolumeClaim>& claims;
    const kube::Cache<kube::ConfigMap>& config_maps;
    const kube::Cache<kube::Secret>& secrets;
};

/// Why a scheduler would not bind the pod (its claims); nullopt when it would.
[[nodiscard]] std::optional<std::string> why_unschedulable(const kube::Pod& pod, const Supplies& supplies);
/// Why a kubelet could not mount its volumes; nullopt when it could. A volume marked optional is never missing.
[[nodiscard]] std::optional<MissingVolume> missing_volume(const kube::Pod& pod, const Supplies& supplies);
/// Why this container cannot be created although the volumes are there: a key of its environment that does not exist.
[[nodiscard]] std::optional<std::string> missing_environment(
    const kube::Pod& pod, const kube::Container& container, const Supplies& supplies
);

}  // namespace devcluster::workloads
