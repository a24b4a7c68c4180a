// Which cluster the integration tests run on.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

namespace support {

/// One body of tests, three clusters:
enum class Backend {
    /// The embedded cluster with its simulated workloads, in the test's process.
    Embedded,
    /// Real etcd and kube-apiserver; statuses of workloads are played, as nothing runs pods.
    ApiServer,
    /// The same with the real controller manager and scheduler; our kubelet runs the pods.
    Cluster,
};

/// From SEI_BACKEND (embedded, apiserver, cluster); embedded when unset. Ends the process with a sentence on any other
/// word.
[[nodiscard]] Backend backend();
[[nodiscard]] std::string_view to_string(Backend backend);
/// $KUBEBUILDER_ASSETS: the folder with etcd, kube-apiserver and kubectl (tools/kubernetes/build prints it).
[[nodiscard]] std::optional<std::filesystem::path> assets();
/// kubectl of the assets, else the one on the PATH; nullopt where there is none.
[[nodiscard]] std::optional<std::filesystem::path> kubectl();

}  // namespace support
