// Deletes what has lost its owners, for every type that the server serves.
#pragma once

#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "kube/async/clock.hpp"
#include "kube/http/transport.hpp"
#include "kube/runtime/log.hpp"

namespace devcluster::workloads {

/// The garbage collector: background and foreground deletion and orphaning, by the uids of owner references. Watches
/// the metadata of all types of discovery, and discovers again whenever a CustomResourceDefinition changes.
///
/// An owner that is not known is looked up at the server before anything is deleted for its sake; an owner of a type
/// that is not served keeps its dependents.
class GarbageCollector {
public:
    GarbageCollector(
        boost::asio::any_io_executor executor, kube::Clock& clock, kube::Transport& transport, kube::Logger log
    );
    ~GarbageCollector();
    GarbageCollector(const GarbageCollector&) = delete;
    GarbageCollector& operator=(const GarbageCollector&) = delete;

    /// Until `stop`, or until it is cancelled.
    [[nodiscard]] kube::Async<> run();
    void stop();
    /// Has it seen all objects once? Before that it deletes nothing.
    [[nodiscard]] bool is_synced() const;
    /// Is nothing being deleted, and nothing left to look at now?
    [[nodiscard]] bool is_at_rest() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace devcluster::workloads
