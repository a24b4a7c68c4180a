// A bearer token in a file that is replaced while the process lives.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "kube/async/blocking_pool.hpp"
#include "kube/async/clock.hpp"
#include "kube/http/authorizer.hpp"

namespace kube {

/// Reads the token at most every 50 s (spec 07 §15: cached for 60 s, renewed 10 s before).
///
/// Where the file cannot be read any more, the last token goes on being used and `warn` is told; where none was read
/// yet, the request fails with the path and the reason. After a 401 the file is read anew.
class TokenFile final : public Authorizer {
public:
    using Warn = std::function<void(const std::string&)>;
    TokenFile(std::string path, BlockingPool& blocking, Clock& clock, Warn warn);
    /// As above, with a client certificate beside the token.
    TokenFile(std::string path, Credential rest, BlockingPool& blocking, Clock& clock, Warn warn);
    ~TokenFile() override;
    [[nodiscard]] SharedCredential ready() override;
    [[nodiscard]] Async<SharedCredential> credential() override;
    [[nodiscard]] bool refused(const SharedCredential& refused) override;

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace kube
