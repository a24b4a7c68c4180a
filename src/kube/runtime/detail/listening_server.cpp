#include "kube/runtime/detail/listening_server.hpp"

#include <utility>

namespace kube::detail {

std::unique_ptr<HttpServer> listen(
    boost::asio::any_io_executor executor, HttpHandler& handler, const ListenAddress& address, HttpServerOptions options
) {
    options.address = address.host;
    options.port = address.port;
    if (address.host == "::") {
        try {
            return std::make_unique<HttpServer>(executor, handler, options);
        } catch (const TransportError&) {
            options.address = "0.0.0.0";  // and when that fails too, its error is the one to show
        }
    }
    return std::make_unique<HttpServer>(std::move(executor), handler, std::move(options));
}

}  // namespace kube::detail
