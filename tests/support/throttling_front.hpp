// An API server's front that throttles: what the transport of production gets to see of a server that is too busy.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "kube/http/server.hpp"
#include "kube/http/transport.hpp"

namespace support {

/// Passes every request on to the API server, over HTTPS of its own; matching ones are answered 429 with Retry-After
/// meanwhile. How long a caller then waits is not left to time: its wait ends with `let_through`.
class ThrottlingFront {
public:
    ThrottlingFront(boost::asio::any_io_executor executor, std::unique_ptr<kube::Transport> api_server);
    ~ThrottlingFront();
    /// The transport of production, with at most so many requests under way at once.
    [[nodiscard]] std::unique_ptr<kube::Transport> way(std::size_t requests_in_flight_max);
    /// Until `stop`.
    [[nodiscard]] kube::Async<> serve();
    void stop();

    using Matches = std::function<bool(const kube::ServedRequest&)>;
    void throttle(Matches matches);
    /// From now on; and whoever was told to come again does so now.
    void let_through();
    /// Answers 429 so far.
    [[nodiscard]] std::size_t throttled() const;
    /// Calls that were throttled, and wait before they are sent again.
    [[nodiscard]] std::size_t waiting() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace support
