// A real etcd and kube-apiserver (and, on demand, controller manager and scheduler) for the tests.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "support/child_process.hpp"

namespace support {

/// A real control plane on the loopback, with data in a folder of its own. Starting takes some seconds: one per test
/// program.
class RealControlPlane {
public:
    enum class Parts { ApiServer, WithControllers };
    /// `assets` holds etcd, kube-apiserver (and kube-controller-manager, kube-scheduler): tools/kubernetes/build prints
    /// it. Returns when /readyz says yes; throws with the end of the log of what did not start within a minute.
    RealControlPlane(std::filesystem::path assets, Parts parts);
    ~RealControlPlane();
    RealControlPlane(const RealControlPlane&) = delete;
    RealControlPlane& operator=(const RealControlPlane&) = delete;

    /// A kubeconfig of a cluster administrator.
    [[nodiscard]] std::filesystem::path kubeconfig() const;
    [[nodiscard]] std::string origin() const;
    [[nodiscard]] static std::string admin_token() { return "admin"; }
    [[nodiscard]] std::filesystem::path ca_file() const;
    /// What the server itself has in a namespace, and what its controllers logged about it last: for a test that waits
    /// in vain.
    [[nodiscard]] std::string report_on(const std::string& namespace_) const;

private:
    [[nodiscard]] ChildProcess& start(const std::string& program, std::vector<std::string> arguments);
    std::filesystem::path assets_;
    TemporaryFolder folder_;
    unsigned short port_ = 0;
    std::vector<std::unique_ptr<ChildProcess>> children_;
};

}  // namespace support
