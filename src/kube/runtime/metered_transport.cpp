#include "kube/runtime/metered_transport.hpp"

#include <utility>

namespace kube {

MeteredTransport::MeteredTransport(Transport& inner, Metrics& metrics, std::string host)
    : inner_{inner},
      requests_{metrics.counter(
          "rest_client_requests_total", "Number of HTTP requests, partitioned by status code, method, and host."
      )},
      host_{std::move(host)} {}

Async<HttpResponse> MeteredTransport::send(HttpRequest request) {
    const HttpMethod method = request.method;
    try {
        HttpResponse response = co_await inner_.send(std::move(request));
        count(method, std::to_string(response.status));
        co_return response;
    } catch (const TransportError&) {
        count(method, "<error>");
        throw;
    }
}

Async<std::unique_ptr<HttpStream>> MeteredTransport::open(HttpRequest request) {
    const HttpMethod method = request.method;
    try {
        auto stream = co_await inner_.open(std::move(request));
        count(method, std::to_string(stream->status()));
        co_return stream;
    } catch (const TransportError&) {
        count(method, "<error>");
        throw;
    }
}

void MeteredTransport::count(HttpMethod method, std::string code) {
    requests_.add({{"code", std::move(code)}, {"host", host_}, {"method", std::string{to_string(method)}}});
}

}  // namespace kube
