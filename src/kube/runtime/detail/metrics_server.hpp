// GET /metrics, in plain or behind HTTPS and reviews.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "kube/async/clock.hpp"
#include "kube/http/certificate_files.hpp"
#include "kube/http/server.hpp"
#include "kube/runtime/detail/guarded_handler.hpp"
#include "kube/runtime/listen_address.hpp"
#include "kube/runtime/log.hpp"
#include "kube/runtime/manager.hpp"
#include "kube/runtime/metrics.hpp"

namespace kube::detail {

/// Serves the metrics from `serve` on until `stop`.
class MetricsServer final : private HttpHandler {
public:
    /// Binds at once: TransportError names the address that is taken, or the certificate that is of no use. `reviews`
    /// is asked about callers when there is `security`.
    MetricsServer(
        boost::asio::any_io_executor executor,
        const ListenAddress& address,
        const std::optional<MetricsSecurity>& security,
        const Metrics& metrics,
        Client& reviews,
        const Clock& clock,
        const Logger& log
    );
    [[nodiscard]] Async<> serve() { return server_->serve(); }
    void stop() { server_->stop(); }
    [[nodiscard]] unsigned short port() const { return server_->port(); }

private:
    [[nodiscard]] Async<Answer> handle(ServedRequest request) override;
    [[nodiscard]] HttpServerOptions options_of(const MetricsSecurity& security, const Logger& log);

    const Metrics& metrics_;
    std::optional<CertificateFiles> certificate_;
    std::optional<GuardedHandler> guard_;
    std::unique_ptr<HttpServer> server_;
};

}  // namespace kube::detail
