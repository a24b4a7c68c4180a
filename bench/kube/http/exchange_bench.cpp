// What one request costs: the client on this thread, the server on another, over loopback with kept connections.
//
// "items_per_second" are requests in real time; "client_cpu_us" is what the client's thread spends on one, which is
// what an operator pays.
#include <ctime>
#include <future>
#include <thread>

#include <benchmark/benchmark.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "kube/async/scope.hpp"
#include "kube/async/system_clock.hpp"
#include "kube/http/certificates.hpp"
#include "kube/http/connection_pool.hpp"
#include "kube/http/https_transport.hpp"
#include "kube/http/server.hpp"

namespace {

namespace asio = boost::asio;

constexpr std::size_t kBodyBytes = 2'000;

class Echo final : public kube::HttpHandler {
public:
    [[nodiscard]] kube::Async<Answer> handle(kube::ServedRequest request) override {
        Answer answer;
        answer.response.status = 200;
        answer.response.headers.push_back({"content-type", "application/json"});
        answer.response.headers.push_back({"audit-id", "8c1ac2a4-6f0a-4c62-8a84-7ba2c9d3e0a9"});
        answer.response.body = request.body.empty() ? std::string(kBodyBytes, 'x') : std::move(request.body);
        co_return answer;
    }
};

/// A server with a thread of its own.
class ServerThread {
public:
    explicit ServerThread(kube::HttpServerOptions options) {
        std::promise<unsigned short> bound;
        auto port = bound.get_future();
        thread_ = std::thread{[this, &bound, with = std::move(options)] {
            kube::HttpServer server{io_.get_executor(), handler_, with};
            server_ = &server;
            bound.set_value(server.port());
            asio::co_spawn(io_, server.serve(), asio::detached);
            io_.run();
        }};
        port_ = port.get();
    }
    ~ServerThread() {
        asio::post(io_, [this] { server_->stop(); });
        thread_.join();
    }
    ServerThread(const ServerThread&) = delete;
    ServerThread& operator=(const ServerThread&) = delete;
    [[nodiscard]] unsigned short port() const { return port_; }

private:
    asio::io_context io_{1};
    Echo handler_;
    kube::HttpServer* server_ = nullptr;
    std::thread thread_;
    unsigned short port_ = 0;
};

struct Client {
    asio::io_context io{1};
    kube::SystemClock clock{io.get_executor()};
    kube::ConnectionPool pool{io.get_executor(), clock};
    std::unique_ptr<kube::HttpsTransport> transport;
    bool is_failed = false;

    kube::Async<> send(kube::HttpMethod method, int count) {
        for (int i = 0; i < count; ++i) {
            kube::HttpRequest request;
            request.method = method;
            request.target = "/apis/sei.io/v1alpha1/namespaces/default/seinodes/val-0/status";
            if (method != kube::HttpMethod::Get) {
                request.content_type = "application/merge-patch+json";
                request.body.assign(kBodyBytes, 'y');
            }
            const auto response = co_await transport->send(std::move(request));
            if (response.status != 200 || response.body.size() != kBodyBytes) is_failed = true;
        }
    }
    /// `count` requests in all, `in_flight` at a time.
    void run(kube::HttpMethod method, int in_flight, int count) {
        int running = in_flight;
        for (int i = 0; i < in_flight; ++i) {
            asio::co_spawn(io, send(method, count / in_flight), [this, &running](const std::exception_ptr& failure) {
                if (failure) is_failed = true;
                if (--running == 0) io.stop();
            });
        }
        io.restart();
        io.run();
    }
};

double thread_cpu_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

enum class Wire { Plain, Tls };

void exchange(benchmark::State& state, Wire wire, kube::HttpMethod method) {
    const kube::CertificateAuthority ca{"benchmark", std::chrono::hours{1}};
    kube::HttpServerOptions options;
    if (wire == Wire::Tls) {
        const auto certificate = ca.issue_for_server({"127.0.0.1"});
        options.tls_certificate_pem = certificate.certificate_pem;
        options.tls_key_pem = certificate.key_pem;
    }
    const ServerThread server{options};
    Client client;
    kube::TransportConfig config;
    config.origin = (wire == Wire::Tls ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(server.port());
    config.ca_pem = ca.certificate_pem();
    config.proxy_settings = std::nullopt;
    client.transport = std::make_unique<kube::HttpsTransport>(client.pool, config);

    const int in_flight = static_cast<int>(state.range(0));
    constexpr int kBatch = 960;
    client.run(method, in_flight, kBatch);  // Connections are made before the measurement.
    const double cpu_before = thread_cpu_seconds();
    for (auto _ : state) client.run(method, in_flight, kBatch);
    const double cpu = thread_cpu_seconds() - cpu_before;
    if (client.is_failed) state.SkipWithError("a request failed");
    state.SetItemsProcessed(state.iterations() * kBatch);
    state.counters["client_cpu_us"] = cpu * 1e6 / static_cast<double>(state.iterations() * kBatch);
    client.pool.close_idle();
}

BENCHMARK_CAPTURE(exchange, plain_get, Wire::Plain, kube::HttpMethod::Get)->Arg(1)->Arg(16)->UseRealTime();
BENCHMARK_CAPTURE(exchange, tls_get, Wire::Tls, kube::HttpMethod::Get)->Arg(1)->Arg(16)->UseRealTime();
BENCHMARK_CAPTURE(exchange, tls_patch, Wire::Tls, kube::HttpMethod::Patch)->Arg(1)->Arg(16)->UseRealTime();

}  // namespace
