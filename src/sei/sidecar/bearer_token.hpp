// The token that the operator shows to sidecars: a file that Kubernetes rotates.
#pragma once

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

#include "kube/async/clock.hpp"

namespace sei::sidecar {

/// Where a pod finds its own service-account token.
inline constexpr const char* kServiceAccountTokenFile = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/// There is a token file, but nothing usable in it, and no older token either.
class TokenError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The service-account token, read again when it is older than 50 s (spec 04 §8.2).
///
/// Without the file (an operator outside a cluster, a test host) there is no token: requests go without
/// `Authorization`, and one log line says so; the file is looked for again every second and after a 401. When a file
/// that gave a token once cannot be read any more, the older token stays in use.
class BearerToken {
public:
    using Log = std::function<void(const std::string& line)>;
    BearerToken(const kube::Clock& clock, std::string path, Log log);

    /// The token to send, or none. TokenError when the file is there but gives none.
    [[nodiscard]] std::optional<std::string> current();
    /// A request that was begun at `began` was answered 401: a token that was read before is not used again.
    void refused(kube::MonotonicTime began);

private:
    const kube::Clock& clock_;
    std::string path_;
    Log log_;
    std::optional<std::string> token_;
    kube::MonotonicTime read_at_{};
    bool said_missing_ = false;
    std::optional<kube::MonotonicTime> missing_at_;
};

}  // namespace sei::sidecar
