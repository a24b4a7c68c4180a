// A server on a ListenAddress.
#pragma once

#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "kube/http/server.hpp"
#include "kube/runtime/listen_address.hpp"

namespace kube::detail {

/// Binds a server: TransportError naming the address when it cannot. "::" falls back to 0.0.0.0 on a machine without
/// IPv6. Address and port of `options` are of no account.
[[nodiscard]] std::unique_ptr<HttpServer> listen(
    boost::asio::any_io_executor executor,
    HttpHandler& handler,
    const ListenAddress& address,
    HttpServerOptions options = {}
);

}  // namespace kube::detail
