#include "kube/http/connection_pool.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/beast/core/detail/base64.hpp>
#include <boost/system/system_error.hpp>

#include "kube/http/detail/bounded.hpp"
#include "kube/http/detail/message_parser.hpp"
#include "kube/http/detail/pool.hpp"

namespace kube {

namespace asio = boost::asio;
using boost::system::error_code;
using boost::system::system_error;
using detail::Connection;
using detail::OwnedConnection;
using detail::Progress;
using detail::Route;
using detail::TimeLimitReached;
using tcp = asio::ip::tcp;

namespace {

/// Asks a proxy for a tunnel to `target`.
Async<> open_tunnel(Connection& connection, std::string target, std::string authorization) {
    connection.output = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
    if (!authorization.empty()) connection.output += "Proxy-Authorization: " + authorization + "\r\n";
    connection.output += "\r\n";
    co_await connection.stream.write(connection.output);

    detail::ResponseParser parser{0};
    parser.skip(true);
    detail::BeastError error;
    while (!parser.advance(connection.input, error)) {
        if (error || co_await connection.stream.read_some(connection.input) == 0) {
            throw TransportError{
                TransportError::Kind::Connect,
                fmt::format("it did not answer CONNECT {}{}", target, error ? ": " + error.message() : std::string{})
            };
        }
    }
    if (parser.message.status / 100 != 2) {
        throw TransportError{
            TransportError::Kind::Connect, fmt::format("it answered CONNECT {} with {}", target, parser.message.status)
        };
    }
}

}  // namespace

std::string Route::proxy_authorization() const {
    if (!proxy || proxy->user_info.empty()) return {};
    namespace base64 = boost::beast::detail::base64;
    std::string encoded(base64::encoded_size(proxy->user_info.size()), '\0');
    encoded.resize(base64::encode(encoded.data(), proxy->user_info.data(), proxy->user_info.size()));
    return "Basic " + encoded;
}

ConnectionPool::Impl::Impl(asio::any_io_executor loop, Clock& waits, ConnectionPoolOptions limits)
    : executor{std::move(loop)},
      clock{waits},
      options{std::move(limits)},
      lookups{options.names ? options.names : std::make_shared<NameLookups>()} {}

OwnedConnection ConnectionPool::Impl::take_idle(Route& route) {
    reap();
    while (!route.idle.empty()) {
        const auto position = route.idle.back();
        route.idle.pop_back();
        auto connection = std::move(*position);
        idle.erase(position);
        if (connection->stream.is_quiet()) return connection;
    }
    return nullptr;
}

void ConnectionPool::Impl::keep(OwnedConnection connection) {
    reap();
    connection->stream.expire_at(MonotonicTime::max());
    connection->input.shrink(0);
    connection->idle_since = clock.monotonic();
    auto& route = *connection->route;
    if (route.idle.size() >= options.idle_per_server_max) return;
    idle.push_back(std::move(connection));
    route.idle.push_back(std::prev(idle.end()));
    if (idle.size() > options.idle_max) evict_oldest();
}

void ConnectionPool::Impl::evict_oldest() {
    // Connections of one route become idle in the order of the whole list.
    auto& of_route = idle.front()->route->idle;
    of_route.erase(of_route.begin());
    idle.pop_front();
}

void ConnectionPool::Impl::reap() {
    const auto now = clock.monotonic();
    bool is_reaped = false;
    while (!idle.empty() && now - idle.front()->idle_since >= options.idle_limit) {
        evict_oldest();
        is_reaped = true;
    }
    if (is_reaped) std::erase_if(plain_routes, [](const auto& entry) { return entry.second.use_count() == 1; });
}

void ConnectionPool::Impl::close_idle() {
    for (const auto& connection : idle) connection->route->idle.clear();
    idle.clear();
}

void ConnectionPool::Impl::drop_idle(Route& route) {
    for (const auto& position : route.idle) idle.erase(position);
    route.idle.clear();
}

std::shared_ptr<Route> ConnectionPool::Impl::plain_route(const Origin& target, const std::optional<Origin>& proxy) {
    const auto key = proxy ? "proxy " + proxy->authority() + " " + proxy->user_info : target.authority();
    auto& route = plain_routes[key];
    if (!route) {
        route = std::make_shared<Route>();
        route->target = target;
        route->proxy = proxy;
    }
    return route;
}

Async<ConnectionPool::Impl::Endpoints> ConnectionPool::Impl::resolve(
    Origin server, std::shared_ptr<Progress> progress
) {
    error_code no_literal;
    const auto address = asio::ip::make_address(server.host, no_literal);
    if (!no_literal) co_return Endpoints{tcp::endpoint{address, server.port}};
    progress->phase = "looking up the name";
    const auto found = co_await detail::bounded(lookups->addresses_of(server.host), progress->until);
    if (!found) throw TimeLimitReached{};
    Endpoints endpoints;
    for (const std::string& text : *found) endpoints.emplace_back(asio::ip::make_address(text), server.port);
    co_return endpoints;
}

Async<OwnedConnection> ConnectionPool::Impl::connect_socket(Origin server, std::shared_ptr<Progress> progress) {
    const auto endpoints = co_await resolve(server, progress);
    progress->phase = "connecting";
    error_code failure = asio::error::host_not_found;
    for (std::size_t i = 0; i < endpoints.size(); ++i) {
        auto connection = std::make_unique<Connection>(tcp::socket{executor});
        auto& stream = connection->stream;
        const bool is_last = i + 1 == endpoints.size();
        const auto attempt_ends = std::chrono::steady_clock::now() + options.connect_attempt_limit;
        stream.expire_at(is_last ? progress->until : std::min(attempt_ends, progress->until));
        try {
            co_await stream.socket().async_connect(endpoints[i], asio::use_awaitable);
            detail::tune(stream.socket());
            stream.expire_at(progress->until);
            co_return connection;
        } catch (const system_error& error) {
            if (error.code() == asio::error::operation_aborted && !stream.is_expired()) throw;
            if (stream.is_expired() && progress->until <= std::chrono::steady_clock::now()) throw TimeLimitReached{};
            failure = stream.is_expired() ? error_code{asio::error::timed_out} : error.code();
        }
    }
    throw TransportError{TransportError::Kind::Connect, failure.message()};
}

Async<OwnedConnection> ConnectionPool::Impl::connect(std::shared_ptr<Route> route, std::shared_ptr<Progress> progress) {
    OwnedConnection connection;
    bool is_with_proxy = route->proxy.has_value();
    try {
        connection = co_await connect_socket(is_with_proxy ? *route->proxy : route->target, progress);
        connection->route = route;
        if (route->is_tunnel()) {
            progress->phase = "asking the proxy for a tunnel";
            co_await open_tunnel(*connection, route->target.authority(), route->proxy_authorization());
        }
        is_with_proxy = false;
        if (route->tls) {
            progress->phase = "in the TLS handshake";
            co_await connection->stream.start_tls(route->tls);
        }
    } catch (const TransportError& error) {
        if (!is_with_proxy) throw;
        throw TransportError{error.kind(), fmt::format("the proxy {}: {}", route->proxy->text(), error.what())};
    } catch (const system_error& error) {
        if (connection && connection->stream.is_expired()) throw TimeLimitReached{};
        if (error.code() == asio::error::operation_aborted) throw;
        throw TransportError{
            TransportError::Kind::Broken, fmt::format("{} {}", error.code().message(), progress->phase)
        };
    }
    ++counts.opened;
    if (connection->stream.was_resumed()) ++counts.resumed;
    co_return connection;
}

ConnectionPool::ConnectionPool(asio::any_io_executor executor, Clock& clock)
    : ConnectionPool{std::move(executor), clock, ConnectionPoolOptions{}} {}

ConnectionPool::ConnectionPool(asio::any_io_executor executor, Clock& clock, ConnectionPoolOptions options)
    : impl_{std::make_shared<Impl>(std::move(executor), clock, options)} {}

ConnectionPool::~ConnectionPool() {
    impl_->close_idle();
}

ConnectionPool::Counts ConnectionPool::counts() const {
    auto counts = impl_->counts;
    counts.idle = impl_->idle.size();
    return counts;
}

void ConnectionPool::close_idle() {
    impl_->close_idle();
}

}  // namespace kube
