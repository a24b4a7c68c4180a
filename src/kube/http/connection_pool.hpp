// Connections that are kept open between requests, for all transports of a process.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "kube/async/clock.hpp"

namespace kube {

class NameLookups;  // kube/http/name_lookups.hpp

struct ConnectionPoolOptions {
    /// An idle connection older than this is not used again (spec 07 §15).
    std::chrono::milliseconds idle_limit{90'000};
    /// Idle connections in all, and to one server; the oldest is closed first.
    std::size_t idle_max = 128;
    std::size_t idle_per_server_max = 64;
    /// Looks names up; null: lookups of its own, by the system's resolver.
    std::shared_ptr<NameLookups> names;
    /// Time limit of one attempt to connect, where the name has further addresses to try.
    std::chrono::milliseconds connect_attempt_limit{5'000};
};

/// The open connections, the threads for name lookups, and the clock for waits between tries.
///
/// One per process is enough: transports to the same plain-HTTP server, or through the same proxy, share connections.
/// It must outlive its transports and be destroyed before its loop. Idle connections keep a timer in the loop: a
/// program ends by stopping the loop or destroying the pool, not by waiting until the loop has nothing to do.
class ConnectionPool {
public:
    ConnectionPool(boost::asio::any_io_executor executor, Clock& clock);
    ConnectionPool(boost::asio::any_io_executor executor, Clock& clock, ConnectionPoolOptions options);
    ~ConnectionPool();
    ConnectionPool(const ConnectionPool&) = delete;
    ConnectionPool& operator=(const ConnectionPool&) = delete;

    struct Counts {
        std::uint64_t opened = 0;
        std::uint64_t reused = 0;
        /// TLS connections whose handshake was shortened by an earlier session.
        std::uint64_t resumed = 0;
        std::size_t idle = 0;
    };
    [[nodiscard]] Counts counts() const;
    void close_idle();

    struct Impl;
    [[nodiscard]] const std::shared_ptr<Impl>& impl() const { return impl_; }

private:
    std::shared_ptr<Impl> impl_;
};

}  // namespace kube
