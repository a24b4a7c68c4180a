#include "kube/runtime/health_server.hpp"

#include <atomic>
#include <future>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "kube/http/server.hpp"
#include "kube/runtime/barrier.hpp"
#include "kube/runtime/detail/listening_server.hpp"

namespace kube {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds kQuestionTimeLimit{2};

HttpResponse text(unsigned status, std::string body, std::string type = "text/plain; charset=utf-8") {
    return {
        .status = status,
        .headers = {{"content-type", std::move(type)}, {"x-content-type-options", "nosniff"}},
        .body = std::move(body)
    };
}

/// One named check, as controller-runtime's healthz handler shows it.
struct Check {
    std::string_view name;
    bool passes = false;
    /// For those who ask for it; empty where there is no more to say.
    std::string_view why_not = {};
};

bool has_parameter(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const std::string_view one = query.substr(0, query.find('&'));
        if (one.substr(0, one.find('=')) == name) return true;
        query.remove_prefix(std::min(query.size(), one.size() + 1));
    }
    return false;
}

bool excludes(std::string_view query, std::string_view check) {
    while (!query.empty()) {
        const std::string_view one = query.substr(0, query.find('&'));
        if (one.starts_with("exclude=") && one.substr(8) == check) return true;
        query.remove_prefix(std::min(query.size(), one.size() + 1));
    }
    return false;
}

HttpResponse answer(const Check& check, std::string_view rest, std::string_view query) {
    if (!rest.empty() && rest != "/") {
        if (rest.substr(1) != check.name) return text(404, "404 page not found\n");
        return check.passes ? text(200, "ok")
                            : text(500, fmt::format("internal server error: {} failed\n", check.name));
    }
    const bool is_excluded = excludes(query, check.name);
    const bool passes = check.passes || is_excluded;
    const bool is_told = has_parameter(query, "verbose") && !check.why_not.empty();
    const std::string_view why_not = is_told ? check.why_not : "reason withheld";
    const std::string lines = is_excluded    ? fmt::format("[+]{} excluded: ok\n", check.name)
                              : check.passes ? fmt::format("[+]{} ok\n", check.name)
                                             : fmt::format("[-]{} failed: {}\n", check.name, why_not);
    if (!passes) return text(500, fmt::format("{}{} check failed\n", lines, check.name));
    if (has_parameter(query, "verbose")) return text(200, fmt::format("{}{} check passed\n", lines, check.name));
    return text(200, "ok");
}

}  // namespace

struct HealthServer::Impl final : HttpHandler {
    Impl(
        Clock& clock_,
        asio::any_io_executor main_loop_,
        const ListenAddress& address,
        std::chrono::milliseconds wedged_after_
    )
        : clock{clock_},
          main_loop{std::move(main_loop_)},
          wedged_after{wedged_after_},
          server{detail::listen(loop.get_executor(), *this, address)} {
        beat_at = clock.monotonic();
    }

    Async<Answer> handle(ServedRequest request) override {
        const std::string_view target = request.target;
        const std::string_view path = target.substr(0, target.find('?'));
        const std::string_view query =
            path.size() == target.size() ? std::string_view{} : target.substr(path.size() + 1);
        for (const Check& check :
             {Check{"healthz", !is_wedged()}, Check{"readyz", why_not_ready.empty(), why_not_ready}}) {
            const std::string_view rest = path.substr(std::min<std::size_t>(path.size(), 1));
            if (!rest.starts_with(check.name)) continue;
            const std::string_view after = rest.substr(check.name.size());
            if (after.empty() || after.starts_with('/')) co_return Answer{answer(check, after, query), {}};
        }
        if (path == "/debug/controllers") co_return Answer{ask_controllers(), {}};
        if (path == "/debug/barrier" && barrier) co_return Answer{co_await ask_barrier(std::string{query}), {}};
        co_return Answer{text(404, "404 page not found\n"), {}};
    }

    bool is_wedged() const { return clock.monotonic() - beat_at.load() > wedged_after; }

    /// Blocks this small thread, and nothing else, until the main loop has answered.
    HttpResponse ask_controllers() {
        auto promise = std::make_shared<std::promise<std::string>>();
        auto answered = promise->get_future();
        asio::post(main_loop, [promise, question = std::weak_ptr{controllers}] {
            const auto asked = question.lock();
            promise->set_value(asked && *asked ? (*asked)() : std::string{"[]"});
        });
        if (answered.wait_for(kQuestionTimeLimit) != std::future_status::ready) {
            return text(503, "the main loop does not answer\n");
        }
        return text(200, answered.get() + "\n", "application/json");
    }

    /// A question that waits for its answer, on this thread.
    struct Pending {
        explicit Pending(asio::io_context& loop) : timer{loop} {}
        asio::steady_timer timer;
        std::optional<HttpResponse> response;
    };

    /// Other requests are answered meanwhile.
    Async<HttpResponse> ask_barrier(std::string query) {
        const auto pending = std::make_shared<Pending>(loop);
        pending->timer.expires_after(kBarrierTimeMax + kQuestionTimeLimit);
        Reply reply = [this, pending](unsigned status, std::string body) {
            asio::post(loop, [pending, status, body = std::move(body)]() mutable {
                pending->response = text(status, std::move(body) + "\n", "application/json");
                pending->timer.cancel();
            });
        };
        asio::post(main_loop, [query = std::move(query), reply, question = std::weak_ptr{barrier}] {
            if (const auto asked = question.lock()) (*asked)(query, reply);
        });
        pendings.insert(pending.get());
        co_await pending->timer.async_wait(asio::as_tuple(asio::use_awaitable));
        pendings.erase(pending.get());
        if (!pending->response) co_return text(503, "the main loop does not answer\n");
        co_return *std::move(pending->response);
    }

    Clock& clock;
    asio::any_io_executor main_loop;
    std::chrono::milliseconds wedged_after;
    std::atomic<MonotonicTime> beat_at;
    std::string why_not_ready = "it has not started";  // of this thread
    std::shared_ptr<std::function<std::string()>> controllers;
    std::shared_ptr<std::function<void(std::string, Reply)>> barrier;
    asio::io_context loop{1};
    std::set<Pending*> pendings;  // of this thread
    std::unique_ptr<HttpServer> server;
    std::thread thread;
};

HealthServer::HealthServer(
    Clock& clock, asio::any_io_executor main_loop, const ListenAddress& address, std::chrono::milliseconds wedged_after
)
    : impl_{std::make_unique<Impl>(clock, std::move(main_loop), address, wedged_after)} {}

HealthServer::~HealthServer() {
    stop();
}

void HealthServer::serve_barrier(std::function<void(std::string query, Reply reply)> ask) {
    impl_->barrier = std::make_shared<std::function<void(std::string, Reply)>>(std::move(ask));
}

void HealthServer::start(std::function<std::string()> controllers) {
    beat();
    impl_->controllers = std::make_shared<std::function<std::string()>>(std::move(controllers));
    asio::co_spawn(impl_->loop, impl_->server->serve(), [](const std::exception_ptr&) {});
    impl_->thread = std::thread{[impl = impl_.get()] { impl->loop.run(); }};
}

void HealthServer::stop() {
    if (!impl_->thread.joinable()) return;
    asio::post(impl_->loop, [impl = impl_.get()] {
        for (Impl::Pending* pending : impl->pendings) pending->timer.cancel();
        impl->server->stop();
    });
    impl_->thread.join();
}

void HealthServer::beat() {
    impl_->beat_at = impl_->clock.monotonic();
}

void HealthServer::set_ready(std::string why_not) {
    asio::post(impl_->loop, [impl = impl_.get(), why_not = std::move(why_not)]() mutable {
        impl->why_not_ready = std::move(why_not);
    });
}

unsigned short HealthServer::port() const {
    return impl_->server->port();
}

}  // namespace kube
