// How a request proves who sends it.
#pragma once

#include <memory>
#include <string>

#include "kube/async/async.hpp"

namespace kube {

/// What proves who we are: a header, a client certificate, both, or neither.
struct Credential {
    /// The value of the Authorization header ("Bearer …"); empty for none.
    std::string authorization;
    /// PEM; empty for none.
    std::string client_certificate_pem;
    std::string client_key_pem;
};
using SharedCredential = std::shared_ptr<const Credential>;

/// Yields credentials that may change while the process lives: a token file that rotates, a plugin that is run again.
///
/// A credential that has not changed is the same object: a transport keeps its connections as long as the client
/// certificate stays the same.
class Authorizer {
public:
    virtual ~Authorizer() = default;
    /// The credential, when it is known and fresh: no waiting. Null sends the transport to `credential`.
    [[nodiscard]] virtual SharedCredential ready() { return nullptr; }
    /// The credential, fetched if need be. Throws TransportError (Configuration) that says what a person can do.
    [[nodiscard]] virtual Async<SharedCredential> credential() = 0;
    /// The server answered 401 to `refused`. True asks the transport to fetch a credential and try once more.
    [[nodiscard]] virtual bool refused(const SharedCredential& refused) = 0;
};

/// A credential that never changes.
class FixedAuthorizer final : public Authorizer {
public:
    explicit FixedAuthorizer(Credential credential)
        : credential_{std::make_shared<const Credential>(std::move(credential))} {}
    [[nodiscard]] SharedCredential ready() override { return credential_; }
    [[nodiscard]] Async<SharedCredential> credential() override { co_return credential_; }
    [[nodiscard]] bool refused(const SharedCredential&) override { return false; }

private:
    SharedCredential credential_;
};

}  // namespace kube
