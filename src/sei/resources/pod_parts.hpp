// What the production pod and the bootstrap pod of a node have in common.
#pragma once

#include "kube/types/pod_spec.hpp"
#include "sei/api/node.hpp"
#include "sei/platform/platform.hpp"

namespace sei::resources {

[[nodiscard]] kube::Volume data_volume(const api::SeiNode& node);
[[nodiscard]] kube::Volume temporary_volume();
[[nodiscard]] kube::Volume proxy_config_volume(const api::SeiNode& node);

/// Where the pod may run: account, affinity, toleration; group ownership of its files (spec 05 §5.3).
void place(const api::SeiNode& node, const platform::Platform& platform, kube::PodSpec& pod);

/// The annotation of every pod template: nothing else may evict a node's pod.
[[nodiscard]] kube::StringMap pod_annotations();

}  // namespace sei::resources
