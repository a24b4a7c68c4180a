// An API server for kubectl, outside the test's process.
#pragma once

#include <filesystem>
#include <memory>

#include "support/child_process.hpp"
#include "support/real_control_plane.hpp"

namespace support {

/// The backend's API server with the project's CRDs installed: sei-devcluster as a program of its own, or a real
/// control plane.
class KubectlServer {
public:
    KubectlServer();
    ~KubectlServer();
    KubectlServer(const KubectlServer&) = delete;
    KubectlServer& operator=(const KubectlServer&) = delete;
    [[nodiscard]] std::filesystem::path kubeconfig() const;

private:
    TemporaryFolder folder_;
    std::unique_ptr<ChildProcess> embedded_;
    std::unique_ptr<RealControlPlane> real_;
};

}  // namespace support
