#include "kube/runtime/detail/metrics_server.hpp"

#include <chrono>
#include <filesystem>
#include <utility>

#include "kube/http/certificates.hpp"
#include "kube/runtime/detail/listening_server.hpp"
#include "kube/runtime/detail/metrics_format.hpp"

namespace kube::detail {

namespace {

constexpr std::chrono::hours kSelfSignedFor{365 * 24};

}  // namespace

MetricsServer::MetricsServer(
    boost::asio::any_io_executor executor,
    const ListenAddress& address,
    const std::optional<MetricsSecurity>& security,
    const Metrics& metrics,
    Client& reviews,
    const Clock& clock,
    const Logger& log
)
    : metrics_{metrics} {
    if (!security) {
        server_ = listen(std::move(executor), *this, address);
        return;
    }
    HttpHandler& inner = *this;
    guard_.emplace(inner, reviews, clock, log);
    server_ = listen(std::move(executor), *guard_, address, options_of(*security, log));
}

HttpServerOptions MetricsServer::options_of(const MetricsSecurity& security, const Logger& log) {
    HttpServerOptions options;
    const bool has_files = !security.certificate_file.empty() && std::filesystem::exists(security.certificate_file) &&
                           std::filesystem::exists(security.key_file);
    CertificateAndKey pair;
    if (has_files) {
        const auto warn = [log](const std::string& warning) { log.warn(warning); };
        certificate_.emplace(security.certificate_file, security.key_file, warn);
        pair = certificate_->current();
        options.renewed_certificate = [this] { return certificate_->renewed(); };
        options.warn = warn;
    } else {
        if (!security.certificate_file.empty()) {
            log.warn(
                "The certificate or its key is not there: a self-signed certificate is served until the next start",
                {{"certificate", security.certificate_file.string()}, {"key", security.key_file.string()}}
            );
        }
        pair = CertificateAuthority{"metrics", kSelfSignedFor}.issue_for_server({"localhost", "127.0.0.1"});
    }
    options.tls_certificate_pem = std::move(pair.certificate_pem);
    options.tls_key_pem = std::move(pair.key_pem);
    return options;
}

Async<HttpHandler::Answer> MetricsServer::handle(ServedRequest request) {
    HttpResponse response{.status = 404, .headers = {{"content-type", "text/plain; charset=utf-8"}}};
    response.body = "404 page not found\n";
    if (request.target.substr(0, request.target.find('?')) == "/metrics") {
        response.status = 200;
        const MetricsFormat format = metrics_format_for(request.header("accept"));
        response.headers[0].value = content_type(format);
        response.body = metrics_.serialize(format);
        if (accepts_gzip(request.header("accept-encoding"))) {
            response.body = gzip(response.body);
            response.headers.push_back({"content-encoding", "gzip"});
        }
    }
    co_return Answer{std::move(response), {}};
}

}  // namespace kube::detail
