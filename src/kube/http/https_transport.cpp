#include "kube/http/https_transport.hpp"

#include <random>

#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>

#include "kube/async/wait_list.hpp"
#include "kube/http/detail/bounded.hpp"
#include "kube/http/detail/exchange.hpp"
#include "kube/http/header_text.hpp"
#include "kube/http/retry.hpp"

namespace kube {

namespace asio = boost::asio;
using boost::system::system_error;
using detail::Exchange;
using detail::OwnedConnection;
using detail::Progress;
using detail::ResponseRefused;
using detail::Route;
using detail::TimeLimitReached;
using detail::TlsContext;
using detail::TlsError;
using Kind = TransportError::Kind;
using std::chrono::steady_clock;

namespace {

bool has_header(const HttpRequest& request, std::string_view lower_name) {
    for (const auto& header : request.headers) {
        if (header.name.size() == lower_name.size() && to_lower(header.name) == lower_name) return true;
    }
    return false;
}

/// A line break in a header or target would begin another header.
void refuse_line_breaks(std::string_view text, std::string_view what) {
    if (text.find_first_of(std::string_view{"\r\n\0", 3}) == std::string_view::npos) return;
    throw TransportError{Kind::Configuration, fmt::format("the request's {} holds a line break", what)};
}

bool is_abort(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const system_error& error) {
        return error.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

std::string_view advice(Kind kind) {
    switch (kind) {
        case Kind::Connect:
            return "check that the server runs and that the address is right";
        case Kind::Tls:
            return "check the CA, the client certificate and the server name of the configuration";
        default:
            return {};
    }
}

}  // namespace

struct HttpsTransport::Impl : std::enable_shared_from_this<Impl> {
    Impl(std::shared_ptr<ConnectionPool::Impl> connections, TransportConfig with);

    /// The right to have one request under way.
    struct Turn {
        std::shared_ptr<Impl> impl;
        explicit Turn(std::shared_ptr<Impl> of) : impl{std::move(of)} {}
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        ~Turn() {
            if (!impl->waiting.wake_first(WaitList::Woken::Notified)) --impl->in_flight;
        }
    };

    std::shared_ptr<ConnectionPool::Impl> pool;
    TransportConfig config;
    Origin origin;
    std::optional<Origin> proxy;
    std::string fixed_head;
    SharedCredential identity;
    std::shared_ptr<Route> route;
    std::size_t in_flight = 0;
    WaitList waiting;

    [[nodiscard]] std::shared_ptr<Route> route_for(const SharedCredential& credential);
    void write_head(const HttpRequest& request, const SharedCredential& credential, std::string& out) const;
    [[nodiscard]] TransportError error(Kind kind, std::string_view what) const;
    [[nodiscard]] TransportError time_limit_error(const HttpRequest& request, const Progress& progress) const;
    [[nodiscard]] Async<> wait_for_turn(std::shared_ptr<Progress> progress);
    [[nodiscard]] Async<SharedCredential> current_credential(
        const HttpRequest& request, std::shared_ptr<Progress> progress
    );
    [[nodiscard]] Async<std::unique_ptr<Exchange>> exchange_head(
        const HttpRequest& request, SharedCredential credential, std::shared_ptr<Progress> progress
    );
    enum class Body { Whole, Streamed };
    [[nodiscard]] Async<std::unique_ptr<Exchange>> try_once(
        const HttpRequest& request, SharedCredential credential, std::shared_ptr<Progress> progress, Body body
    );
    [[nodiscard]] Async<std::unique_ptr<Exchange>> run(const HttpRequest& request, Body body);
    void release(Exchange& exchange);
    double next_random() { return std::uniform_real_distribution<>{0.0, 1.0}(pool->random); }
};

HttpsTransport::Impl::Impl(std::shared_ptr<ConnectionPool::Impl> connections, TransportConfig with)
    : pool{std::move(connections)},
      config{std::move(with)},
      origin{parse_origin(config.origin, "the server")},
      waiting{pool->executor} {
    if (config.proxy_url) {
        proxy = parse_proxy(*config.proxy_url, "proxy-url");
    } else if (config.proxy_settings) {
        proxy = config.proxy_settings->proxy_for(origin);
    }
    refuse_line_breaks(config.user_agent, "user agent");
    fixed_head = " HTTP/1.1\r\nHost: " + origin.host_header() + "\r\nUser-Agent: " + config.user_agent + "\r\n";
    // A transport for each node of a fleet: what was only needed to get here is not kept.
    config.proxy_settings.reset();
    config.proxy_url.reset();
    std::string{}.swap(config.user_agent);
    std::string{}.swap(config.origin);
    fixed_head.shrink_to_fit();
    // Certificates and keys that cannot be used are told now, not at the first request.
    route = route_for(config.authorizer ? config.authorizer->ready() : nullptr);
}

TransportError HttpsTransport::Impl::error(Kind kind, std::string_view what) const {
    const auto next = advice(kind);
    const std::string_view separator = next.empty() ? "" : ": ";
    return TransportError{kind, fmt::format("{}: {}{}{}", origin.text(), what, separator, next)};
}

TransportError HttpsTransport::Impl::time_limit_error(const HttpRequest& request, const Progress& progress) const {
    return error(
        Kind::TimeLimit,
        fmt::format(
            "{} {}: the time limit of {} ms passed while {}",
            to_string(request.method),
            request.target,
            request.time_limit.count(),
            progress.phase
        )
    );
}

std::shared_ptr<Route> HttpsTransport::Impl::route_for(const SharedCredential& credential) {
    if (route && credential == identity) return route;
    const auto certificate_of = [](const SharedCredential& of) {
        return of ? std::pair{std::string_view{of->client_certificate_pem}, std::string_view{of->client_key_pem}}
                  : std::pair<std::string_view, std::string_view>{};
    };
    const bool is_same_certificate = route && certificate_of(credential) == certificate_of(identity);
    identity = credential;
    if (is_same_certificate) return route;
    if (origin.scheme == Origin::Scheme::Http) {
        route = pool->plain_route(origin, proxy);
        return route;
    }
    try {
        auto fresh = std::make_shared<Route>();
        fresh->target = origin;
        fresh->proxy = proxy;
        fresh->tls = TlsContext::client({
            .ca_pem = config.ca_pem,
            .certificate_pem = credential ? credential->client_certificate_pem : std::string{},
            .key_pem = credential ? credential->client_key_pem : std::string{},
            .insecure_skip_verify = config.insecure_skip_tls_verify,
            .server_name = config.tls_server_name.empty() ? origin.host : config.tls_server_name,
        });
        route = std::move(fresh);
    } catch (const TlsError& failure) {
        route = nullptr;
        throw error(Kind::Configuration, failure.what());
    }
    return route;
}

void HttpsTransport::Impl::write_head(const HttpRequest& request, const SharedCredential& credential, std::string& out)
    const {
    const auto add = [&out](std::string_view name, std::string_view value) {
        refuse_line_breaks(value, name);
        out.append(name).append(": ").append(value).append("\r\n");
    };
    out.clear();
    out.reserve(512 + request.target.size() + request.body.size());
    out.append(to_string(request.method)).append(" ");
    refuse_line_breaks(request.target, "target");
    if (route->is_absolute()) out.append("http://").append(origin.host_header());
    out.append(origin.path).append(request.target.empty() ? "/" : request.target).append(fixed_head);
    if (!request.accept.empty()) add("Accept", request.accept);
    if (credential && !credential->authorization.empty() && !has_header(request, "authorization")) {
        add("Authorization", credential->authorization);
    }
    if (route->is_absolute() && !proxy->user_info.empty()) add("Proxy-Authorization", route->proxy_authorization());
    if (!request.content_type.empty()) add("Content-Type", request.content_type);
    if (!request.body.empty() || request.method != HttpMethod::Get) {
        out.append("Content-Length: ").append(std::to_string(request.body.size())).append("\r\n");
    }
    for (const auto& header : request.headers) {
        refuse_line_breaks(header.name, "header name");
        add(header.name, header.value);
    }
    out.append("\r\n").append(request.body);
}

Async<> HttpsTransport::Impl::wait_for_turn(std::shared_ptr<Progress> progress) {
    if (in_flight < config.requests_in_flight_max) {
        ++in_flight;
        co_return;
    }
    progress->phase = "waiting for other requests to this server to finish";
    const auto self = shared_from_this();
    const auto ticket = waiting.take_ticket();
    asio::steady_timer timer{pool->executor, progress->until};
    timer.async_wait([weak = weak_from_this(), ticket](const boost::system::error_code& cancelled) {
        const auto alive = weak.lock();
        if (alive && !cancelled) alive->waiting.wake(ticket, WaitList::Woken::TimedOut);
    });
    if (co_await waiting.wait(ticket) == WaitList::Woken::TimedOut) throw TimeLimitReached{};
}

/// The request on a connection, up to the response's head; on another connection where the first turned out stale.
Async<std::unique_ptr<Exchange>> HttpsTransport::Impl::exchange_head(
    const HttpRequest& request, SharedCredential with, std::shared_ptr<Progress> progress
) {
    const auto way = route_for(with);
    for (;;) {
        auto connection = pool->take_idle(*way);
        const bool is_reused = connection != nullptr;
        if (is_reused) {
            ++pool->counts.reused;
        } else {
            connection = co_await pool->connect(way, progress);
        }
        progress->phase = "waiting for the response";
        connection->stream.expire_at(progress->until);
        write_head(request, with, connection->output);
        auto exchange = std::make_unique<Exchange>(std::move(connection), is_reused, request.response_body_bytes_max);
        std::exception_ptr failure;
        try {
            co_await exchange->send_and_read_head();
            co_return exchange;
        } catch (...) {
            failure = std::current_exception();
        }
        if (exchange->connection().stream.is_expired()) {
            // The way there may be gone without a word: what else was kept on it would use up a time limit each.
            if (is_reused && exchange->is_unanswered()) pool->drop_idle(*way);
            throw TimeLimitReached{};
        }
        const bool is_safe =
            request.method == HttpMethod::Get || request.repeat == Repeat::WhenSafe || exchange->is_unsent();
        const bool is_stale = is_reused && exchange->is_unanswered() && is_safe && !is_abort(failure);
        if (!is_stale) std::rethrow_exception(failure);
    }
}

/// One try: the response's head, or, for `Body::Whole`, all of it. Every failure comes out as a TransportError, and a
/// cancellation as what it is.
Async<std::unique_ptr<Exchange>> HttpsTransport::Impl::try_once(
    const HttpRequest& request, SharedCredential with, std::shared_ptr<Progress> progress, Body body
) {
    std::unique_ptr<Exchange> exchange;
    try {
        std::optional<Turn> turn;
        if (body == Body::Whole) {
            co_await wait_for_turn(progress);
            turn.emplace(shared_from_this());
        }
        exchange = co_await exchange_head(request, std::move(with), progress);
        if (body == Body::Whole && !exchange->is_complete()) {
            progress->phase = "receiving the response";
            co_await exchange->read_all();
        }
        if (body == Body::Whole) {
            release(*exchange);
        } else if (exchange->response().status / 100 == 2) {
            exchange->connection().stream.expire_at(MonotonicTime::max());
        }
        co_return exchange;
    } catch (const TimeLimitReached&) {
        throw time_limit_error(request, *progress);
    } catch (const ResponseRefused& refused) {
        throw error(refused.kind, fmt::format("{} {}: {}", to_string(request.method), request.target, refused.what));
    } catch (const TlsError& failure) {
        throw error(exchange ? Kind::Broken : Kind::Tls, failure.what());
    } catch (const TransportError& failure) {
        if (failure.kind() == Kind::Configuration) throw;
        throw error(failure.kind(), failure.what());
    } catch (const system_error& failure) {
        if (exchange && exchange->connection().stream.is_expired()) throw time_limit_error(request, *progress);
        if (failure.code() == asio::error::operation_aborted) throw;
        throw error(
            Kind::Broken,
            fmt::format(
                "{} {}: the connection broke while {}: {}",
                to_string(request.method),
                request.target,
                progress->phase,
                failure.code().message()
            )
        );
    }
}

/// All tries of a request, within its time limit.
Async<std::unique_ptr<Exchange>> HttpsTransport::Impl::run(const HttpRequest& request, Body body) {
    auto progress = std::make_shared<Progress>();
    progress->until = steady_clock::now() + request.time_limit;
    const auto waits_until = pool->clock.monotonic() + request.time_limit;
    unsigned tries_failed = 0;
    unsigned waits_asked = 0;
    bool is_refreshed = false;
    for (;;) {
        const auto known = co_await current_credential(request, progress);
        std::optional<TransportError> failure;
        std::unique_ptr<Exchange> exchange;
        try {
            exchange = co_await try_once(request, known, progress, body);
        } catch (const TransportError& caught) {
            const bool may_help = caught.kind() == Kind::Connect || caught.kind() == Kind::Broken;
            if (request.repeat != Repeat::WhenSafe || !may_help || ++tries_failed >= kTriesMax) throw;
            failure = caught;
        }
        std::chrono::milliseconds delay{0};
        if (failure) {
            delay = retry_delay(tries_failed, next_random());
        } else if (exchange->response().status == 401 && known && !is_refreshed && config.authorizer->refused(known)) {
            is_refreshed = true;
            // Where nothing newer is to be had, the refusal stands.
            if (co_await current_credential(request, progress) == known) co_return exchange;
            continue;
        } else if (const auto asked = retry_after(exchange->response()); asked && ++waits_asked <= kRetryAfterMax) {
            delay = *asked + std::chrono::milliseconds{static_cast<long>(next_random() * 250)};
        } else {
            co_return exchange;
        }
        if (pool->clock.monotonic() + delay >= waits_until) {
            if (failure) throw *failure;
            co_return exchange;
        }
        exchange.reset();
        progress->phase = "waiting before the next try";
        co_await pool->clock.sleep_for(delay);
    }
}

Async<SharedCredential> HttpsTransport::Impl::current_credential(
    const HttpRequest& request, std::shared_ptr<Progress> progress
) {
    if (!config.authorizer) co_return nullptr;
    if (auto known = config.authorizer->ready()) co_return known;
    progress->phase = "getting credentials";
    auto fetched = co_await detail::bounded(config.authorizer->credential(), progress->until);
    if (!fetched) throw time_limit_error(request, *progress);
    co_return std::move(*fetched);
}

void HttpsTransport::Impl::release(Exchange& exchange) {
    if (auto connection = exchange.reusable()) pool->keep(std::move(connection));
}

namespace {

/// A response that is read as it comes. When it has ended in order, its connection goes back to the pool.
class OpenStream final : public HttpStream {
public:
    OpenStream(std::shared_ptr<HttpsTransport::Impl> transport, std::unique_ptr<Exchange> exchange)
        : transport_{std::move(transport)}, exchange_{std::move(exchange)}, status_{exchange_->response().status} {}

    [[nodiscard]] unsigned status() const override { return status_; }

    [[nodiscard]] Async<std::optional<std::string>> next_chunk() override {
        if (!exchange_) co_return std::nullopt;
        try {
            if (co_await exchange_->read_more()) co_return std::exchange(exchange_->response().body, {});
        } catch (const ResponseRefused& refused) {
            throw transport_->error(refused.kind, refused.what);
        } catch (const TlsError& failure) {
            throw transport_->error(Kind::Broken, failure.what());
        } catch (const system_error& failure) {
            if (exchange_->connection().stream.is_expired()) {
                throw transport_->error(Kind::TimeLimit, "the time limit passed while receiving the refusal");
            }
            if (failure.code() == asio::error::operation_aborted) throw;
            throw transport_->error(Kind::Broken, "the stream broke: " + failure.code().message());
        }
        transport_->release(*exchange_);
        exchange_.reset();
        co_return std::nullopt;
    }

private:
    std::shared_ptr<HttpsTransport::Impl> transport_;
    std::unique_ptr<Exchange> exchange_;
    unsigned status_;
};

}  // namespace

HttpsTransport::HttpsTransport(ConnectionPool& pool, TransportConfig config)
    : impl_{std::make_shared<Impl>(pool.impl(), std::move(config))} {}

HttpsTransport::~HttpsTransport() = default;

Async<HttpResponse> HttpsTransport::send(HttpRequest request) {
    const auto impl = impl_;
    const auto exchange = co_await impl->run(request, Impl::Body::Whole);
    co_return std::move(exchange->response());
}

Async<std::unique_ptr<HttpStream>> HttpsTransport::open(HttpRequest request) {
    const auto impl = impl_;
    request.response_body_bytes_max = std::numeric_limits<std::size_t>::max();
    auto exchange = co_await impl->run(request, Impl::Body::Streamed);
    co_return std::make_unique<OpenStream>(impl, std::move(exchange));
}

}  // namespace kube
