// Which addresses a host name has: asked on helper threads, since the system's resolver blocks.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kube/async/async.hpp"

namespace kube {

/// Looks names up, each once at a time: who asks for a name that is being looked up waits for that answer.
///
/// So a name whose server does not answer holds one thread, however often and by how many it is asked for, and delays
/// nobody who asks for another. Who asks bounds the wait; the lookup itself goes on, and serves those who come next. To
/// be destroyed before its loop, when nobody asks any more; lookups under way are not waited for.
class NameLookups {
public:
    /// Addresses as text, "10.0.0.1" or "fe80::1%2", the preferred one first.
    using Addresses = std::vector<std::string>;
    /// Runs on a helper thread and may block. Throws TransportError where there is no address.
    using Ask = std::function<Addresses(const std::string& host)>;

    /// Asks the system's resolver; at most `at_once_max` names at the same time.
    explicit NameLookups(std::size_t at_once_max = 64);
    NameLookups(std::size_t at_once_max, Ask ask);
    ~NameLookups();
    NameLookups(const NameLookups&) = delete;
    NameLookups& operator=(const NameLookups&) = delete;

    /// At least one address; TransportError when there is none.
    [[nodiscard]] Async<Addresses> addresses_of(std::string host);
    /// Names that are being looked up, or wait for a thread.
    [[nodiscard]] std::size_t under_way() const;

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

/// Has a name an address? For those who only want to know: false when there is none, and when there is no answer
/// within `limit`.
[[nodiscard]] Async<bool> host_resolves(NameLookups& names, std::string host, std::chrono::milliseconds limit);

}  // namespace kube
