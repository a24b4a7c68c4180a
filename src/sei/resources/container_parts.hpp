// What several containers of a node's pod have in common.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kube/types/container.hpp"
#include "kube/types/probe.hpp"

namespace sei::resources {

/// Mount path of the data volume, and the home of everything in the pod (spec 05 §1).
inline constexpr std::string_view kHome = "/.sei";
/// User, group and fsGroup.
inline constexpr std::int64_t kNonRoot = 65532;

inline constexpr std::string_view kDataVolume = "data";
inline constexpr std::string_view kTemporaryVolume = "sidecar-tmp";
inline constexpr std::string_view kProxyConfigVolume = "rbac-proxy-config";
inline constexpr std::string_view kSigningKeyVolume = "signing-key";
inline constexpr std::string_view kNodeKeyVolume = "node-key";
inline constexpr std::string_view kKeyringVolume = "operator-keyring";

/// Of `seid-init` and `seid`, which may write to their image's file system (spec 05 §5.6).
[[nodiscard]] kube::SecurityContext seid_security_context();
/// Of everything else: the same with a read-only root file system.
[[nodiscard]] kube::SecurityContext hardened_security_context();

[[nodiscard]] kube::ContainerPort container_port(std::string_view name, std::int32_t port);
[[nodiscard]] kube::EnvVar env(std::string_view name, std::string value);
[[nodiscard]] kube::VolumeMount mount(std::string_view volume, std::string_view path);
/// One file of a volume, fixed when the container starts: an edited Secret cannot swap a key under a running process
/// (spec 05 §15.3).
[[nodiscard]] kube::VolumeMount mount_file(std::string_view volume, std::string path, std::string_view file);

[[nodiscard]] kube::Probe http_probe(std::string_view path, std::int32_t port);
[[nodiscard]] kube::Probe tcp_probe(std::int32_t port);

}  // namespace sei::resources
