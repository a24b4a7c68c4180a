// What the proxy in front of a sidecar asks the API server (spec 05 §9).
#pragma once

#include <string>
#include <string_view>

#include "kube/types/config_map.hpp"
#include "sei/api/node.hpp"

namespace sei::resources {

/// The key is the node's name, so that a role may be narrowed to it.
[[nodiscard]] kube::ConfigMap render_rbac_proxy_config(const api::SeiNode& node);

/// `text` as a YAML scalar: quoted exactly where a YAML 1.1 parser would read something other than this string, such as
/// `null`, `on`, `1e3` or `0123` (spec 05 §19 (30)). For names of Kubernetes objects.
[[nodiscard]] std::string yaml_scalar(std::string_view text);

}  // namespace sei::resources
