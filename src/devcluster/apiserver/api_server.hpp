// The embedded Kubernetes API server: an HttpHandler over a store in memory.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>

#include "devcluster/apiserver/audit.hpp"
#include "devcluster/apiserver/faults.hpp"
#include "devcluster/apiserver/store.hpp"
#include "kube/async/clock.hpp"
#include "kube/http/server.hpp"

namespace devcluster::apiserver {

struct ApiServerOptions {
    /// Identities and generated names follow from it.
    std::uint64_t seed = 1;
    /// Events of one resource that a watch may go back to.
    std::size_t history_events_max = 10'000;
    /// When set, a request must carry it as its bearer token, else it gets 401.
    std::string bearer_token;
};

/// A Kubernetes API server that `kubectl` and any client take for a real one in daily use, with nothing behind it: no
/// controllers, no etcd, no other process. What it does not support is refused with a Status that says so.
///
/// Serve `handler()` over sockets with `kube::HttpServer`, or in this process with `kube::InProcessTransport`. One
/// thread; deterministic, given the clock and the seed.
class ApiServer {
public:
    /// Boots with the namespaces default, kube-system, kube-public and kube-node-lease and the service `kubernetes`.
    ApiServer(boost::asio::any_io_executor executor, kube::Clock& clock, ApiServerOptions options = {});
    ~ApiServer();
    ApiServer(const ApiServer&) = delete;
    ApiServer& operator=(const ApiServer&) = delete;

    [[nodiscard]] kube::HttpHandler& handler();

    /// Creates the objects of a manifest (YAML or JSON, several documents, lists): CRDs, storage classes, anything.
    /// Throws std::runtime_error with the server's message when one is refused.
    void install(std::string_view manifest);

    [[nodiscard]] Store& store();
    [[nodiscard]] Faults& faults();
    [[nodiscard]] Audit& audit();
    /// Forgets the history, as etcd's compaction does: older watches and lists get 410 Expired.
    void compact();
    /// Ends all watches, as a restart would.
    void end_watches();
    /// Begins anew with `contents`, taken of this server earlier, as a new one with this seed and these objects would:
    /// for many short runs after one another. No request may be under way, and the definitions of kinds must be those
    /// of `contents`.
    void restore(const Store::Contents& contents, std::uint64_t seed);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace devcluster::apiserver
