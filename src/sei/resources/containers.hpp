// The containers of a node's pod, each in the file of its name (spec 05 §5.5).
#pragma once

#include <string_view>
#include <vector>

#include "kube/types/container.hpp"
#include "sei/api/node.hpp"
#include "sei/platform/platform.hpp"

namespace sei::resources {

inline constexpr std::string_view kSidecarContainer = "sei-sidecar";
/// The container whose image a node's `status.currentImage` tells.
inline constexpr std::string_view kSeidContainer = "seid";
inline constexpr std::string_view kExporterContainer = "cosmos-exporter";

/// `seid-init`: initialises the data directory, then ends.
[[nodiscard]] kube::Container seid_init_container(const api::SeiNode& node);
/// `sei-sidecar`: runs the tasks of plans; reachable through the proxy only.
[[nodiscard]] kube::Container sidecar_container(const api::SeiNode& node, const platform::Platform& platform);
/// `kube-rbac-proxy`: authenticates and authorises who talks to the sidecar.
[[nodiscard]] kube::Container rbac_proxy_container(const api::SeiNode& node, const platform::Platform& platform);
/// `seid`: the chain.
[[nodiscard]] kube::Container seid_container(const api::SeiNode& node, const platform::Platform& platform);
/// `cosmos-exporter`: metrics of the chain.
[[nodiscard]] kube::Container exporter_container(const platform::Platform& platform);

}  // namespace sei::resources
