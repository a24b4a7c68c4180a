// Counts the requests that another transport carries.
#pragma once

#include <memory>
#include <string>

#include "kube/http/transport.hpp"
#include "kube/runtime/metrics.hpp"

namespace kube {

/// rest_client_requests_total{code, method, host} (spec 07 §10.2); `code` is "<error>" where there was no answer.
class MeteredTransport final : public Transport {
public:
    /// `host` is the server's "host:port".
    MeteredTransport(Transport& inner, Metrics& metrics, std::string host);
    [[nodiscard]] Async<HttpResponse> send(HttpRequest request) override;
    [[nodiscard]] Async<std::unique_ptr<HttpStream>> open(HttpRequest request) override;

private:
    void count(HttpMethod method, std::string code);

    Transport& inner_;
    Counter& requests_;
    std::string host_;
};

}  // namespace kube
