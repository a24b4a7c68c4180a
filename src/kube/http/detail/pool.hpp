// The inside of the connection pool: what is idle, and how a connection is made.
#pragma once

#include <list>
#include <map>
#include <random>

#include "kube/http/connection_pool.hpp"
#include "kube/http/detail/stream.hpp"
#include "kube/http/name_lookups.hpp"
#include "kube/http/url.hpp"

namespace kube::detail {

struct Route;

/// A connection with its buffers, which are empty and without memory while it is idle.
struct Connection {
    explicit Connection(boost::asio::ip::tcp::socket socket) : stream{std::move(socket)} {}
    Stream stream;
    InputBuffer input;
    std::string output;
    std::shared_ptr<Route> route;
    MonotonicTime idle_since;
};
using OwnedConnection = std::unique_ptr<Connection>;

/// A way to a server: connections of one route are interchangeable.
struct Route {
    Origin target;
    std::optional<Origin> proxy;
    /// Null for plain HTTP.
    std::shared_ptr<TlsContext> tls;
    std::vector<std::list<OwnedConnection>::iterator> idle;

    [[nodiscard]] bool is_tunnel() const { return proxy && tls; }
    /// Requests carry the whole URL: a plain proxy reads them.
    [[nodiscard]] bool is_absolute() const { return proxy && !tls; }
    [[nodiscard]] std::string proxy_authorization() const;
};

/// The time limit of one request, and what it is doing, for the text of the error.
struct Progress {
    /// Real time: what sockets wait for.
    MonotonicTime until;
    std::string_view phase = "starting";
};

/// Why there is no connection, before a URL is put before it.
struct TimeLimitReached {};

}  // namespace kube::detail

namespace kube {

struct ConnectionPool::Impl {
    Impl(boost::asio::any_io_executor executor, Clock& clock, ConnectionPoolOptions options);

    /// The most recently used idle connection of the route that looks alive; null when there is none.
    [[nodiscard]] detail::OwnedConnection take_idle(detail::Route& route);
    void keep(detail::OwnedConnection connection);
    void close_idle();
    /// Closes what is idle of one route.
    void drop_idle(detail::Route& route);
    void reap();
    /// The shared route of plain HTTP to `target`.
    [[nodiscard]] std::shared_ptr<detail::Route> plain_route(const Origin& target, const std::optional<Origin>& proxy);
    /// Opens a connection: lookup, connect, tunnel, TLS. Throws TransportError, TlsError or TimeLimitReached.
    [[nodiscard]] Async<detail::OwnedConnection> connect(
        std::shared_ptr<detail::Route> route, std::shared_ptr<detail::Progress> progress
    );

    boost::asio::any_io_executor executor;
    Clock& clock;
    ConnectionPoolOptions options;
    /// Jitter between tries, for all transports.
    std::minstd_rand random{std::random_device{}()};
    std::shared_ptr<NameLookups> lookups;
    Counts counts;
    /// The one that has been idle longest first.
    std::list<detail::OwnedConnection> idle;
    std::map<std::string, std::shared_ptr<detail::Route>> plain_routes;

private:
    using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;
    [[nodiscard]] Async<Endpoints> resolve(Origin server, std::shared_ptr<detail::Progress> progress);
    [[nodiscard]] Async<detail::OwnedConnection> connect_socket(
        Origin server, std::shared_ptr<detail::Progress> progress
    );
    void evict_oldest();
};

}  // namespace kube
