#include "support/throttling_front.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <utility>

#include "kube/async/signal.hpp"
#include "kube/async/system_clock.hpp"
#include "kube/http/certificates.hpp"
#include "kube/http/connection_pool.hpp"
#include "kube/http/https_transport.hpp"

namespace support {
namespace {

/// The machine's clock, but a sleep that begins while it is held ends when it is let go.
class HeldClock final : public kube::Clock {
public:
    explicit HeldClock(const boost::asio::any_io_executor& executor) : system_{executor}, let_go_{executor} {}
    [[nodiscard]] kube::WallTime now() const override { return system_.now(); }
    [[nodiscard]] kube::MonotonicTime monotonic() const override { return system_.monotonic(); }
    [[nodiscard]] kube::Async<> sleep_until(kube::MonotonicTime when) override {
        if (!is_held_) co_return co_await system_.sleep_until(when);
        const Sleeper sleeper{sleepers_};
        while (is_held_) co_await let_go_.wait();
    }
    void hold() { is_held_ = true; }
    void let_go() {
        is_held_ = false;
        let_go_.notify_all();
    }
    [[nodiscard]] std::size_t sleepers() const { return sleepers_; }

private:
    struct Sleeper {
        explicit Sleeper(std::size_t& counted) : count{counted} { ++count; }
        ~Sleeper() { --count; }
        Sleeper(const Sleeper&) = delete;
        Sleeper& operator=(const Sleeper&) = delete;
        std::size_t& count;
    };
    kube::SystemClock system_;
    kube::Signal let_go_;
    bool is_held_ = false;
    std::size_t sleepers_ = 0;
};

kube::Async<> pass_on(std::shared_ptr<kube::HttpStream> stream, kube::ResponseWriter& writer) {
    while (auto chunk = co_await stream->next_chunk()) co_await writer.write(std::move(*chunk));
}

}  // namespace

struct ThrottlingFront::Impl final : kube::HttpHandler {
    Impl(boost::asio::any_io_executor executor, std::unique_ptr<kube::Transport> below)
        : api_server{std::move(below)}, clock{executor}, pool{executor, clock}, server{executor, *this, options()} {}

    [[nodiscard]] kube::HttpServerOptions options() const {
        kube::CertificateAndKey certificate = authority.issue_for_server({"127.0.0.1"});
        kube::HttpServerOptions with_tls;
        with_tls.tls_certificate_pem = std::move(certificate.certificate_pem);
        with_tls.tls_key_pem = std::move(certificate.key_pem);
        return with_tls;
    }

    [[nodiscard]] kube::Async<Answer> handle(kube::ServedRequest request) override {
        if (matches && matches(request)) {
            ++throttled;
            kube::HttpResponse busy{.status = 429, .headers = {{"retry-after", "1"}}, .body = "{}"};
            co_return Answer{.response = std::move(busy), .stream = {}};
        }
        const bool is_watch = request.target.contains("watch=");
        kube::HttpRequest passed;
        passed.method = request.method;
        passed.content_type = request.header("content-type");
        passed.accept = request.header("accept");
        passed.target = std::move(request.target);
        passed.body = std::move(request.body);
        if (!is_watch) co_return Answer{.response = co_await api_server->send(std::move(passed)), .stream = {}};
        std::shared_ptr<kube::HttpStream> stream = co_await api_server->open(std::move(passed));
        Answer answer;
        answer.response.status = stream->status();
        answer.response.headers.push_back({"content-type", "application/json"});
        answer.stream = [stream](kube::ResponseWriter& writer) { return pass_on(stream, writer); };
        co_return answer;
    }

    kube::CertificateAuthority authority{"front", std::chrono::hours{1}};
    std::unique_ptr<kube::Transport> api_server;
    HeldClock clock;
    kube::ConnectionPool pool;
    kube::HttpServer server;
    Matches matches;
    std::size_t throttled = 0;
};

ThrottlingFront::ThrottlingFront(boost::asio::any_io_executor executor, std::unique_ptr<kube::Transport> api_server)
    : impl_{std::make_unique<Impl>(std::move(executor), std::move(api_server))} {}
ThrottlingFront::~ThrottlingFront() = default;

std::unique_ptr<kube::Transport> ThrottlingFront::way(std::size_t requests_in_flight_max) {
    kube::TransportConfig config;
    config.origin = fmt::format("https://127.0.0.1:{}", impl_->server.port());
    config.ca_pem = impl_->authority.certificate_pem();
    config.proxy_settings.reset();
    config.requests_in_flight_max = requests_in_flight_max;
    return std::make_unique<kube::HttpsTransport>(impl_->pool, std::move(config));
}

kube::Async<> ThrottlingFront::serve() {
    return impl_->server.serve();
}
void ThrottlingFront::stop() {
    impl_->server.stop();
}

void ThrottlingFront::throttle(Matches matches) {
    impl_->matches = std::move(matches);
    impl_->clock.hold();
}
void ThrottlingFront::let_through() {
    impl_->matches = {};
    impl_->clock.let_go();
}
std::size_t ThrottlingFront::throttled() const {
    return impl_->throttled;
}
std::size_t ThrottlingFront::waiting() const {
    return impl_->clock.sleepers();
}

}  // namespace support
