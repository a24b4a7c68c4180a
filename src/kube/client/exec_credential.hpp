// Credentials from a program of the user's: the exec plugins of a kubeconfig.
#pragma once

#include <memory>

#include "kube/client/config.hpp"

namespace kube {

/// Runs the plugin when credentials are needed: at first, when the last ones have expired, and after a 401.
///
/// The plugin gets KUBERNETES_EXEC_INFO and answers with an ExecCredential (client.authentication.k8s.io/v1 or
/// v1beta1): a token, a client certificate with its key, or both. It has one minute. Failures are TransportError
/// (Configuration) with the entry, the command, and what it said.
class ExecCredentialPlugin final : public Authorizer {
public:
    ExecCredentialPlugin(const RestConfig& config, BlockingPool& blocking, Clock& clock);
    ~ExecCredentialPlugin() override;
    [[nodiscard]] SharedCredential ready() override;
    [[nodiscard]] Async<SharedCredential> credential() override;
    [[nodiscard]] bool refused(const SharedCredential& refused) override;

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace kube
