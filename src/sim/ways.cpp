#include "sim/ways.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "devcluster/sidecar/sidecar_host.hpp"
#include "kube/json/json.hpp"

namespace sim {
namespace {

using kube::HttpMethod;
using kube::HttpRequest;
using kube::HttpResponse;
using kube::TransportError;

std::string_view path_of(const HttpRequest& request) {
    return std::string_view{request.target}.substr(0, request.target.find('?'));
}

bool is_about_leases(const HttpRequest& request) {
    return path_of(request).find("/leases") != std::string_view::npos;
}

/// What makes an object go: a delete, or a finalizer that is let go.
bool is_about_going(const HttpRequest& request) {
    if (request.method == HttpMethod::Delete) return true;
    return request.method == HttpMethod::Patch && request.content_type.starts_with("application/merge-patch") &&
           !path_of(request).ends_with("/status") && request.body.find("\"finalizers\"") != std::string::npos;
}

bool matches(const Fault& fault, const HttpRequest& request) {
    const std::string_view path = path_of(request);
    // What carries a version, or an identity.
    const bool is_conditional = request.method == HttpMethod::Patch || request.method == HttpMethod::Delete;
    if (fault.kind == FaultKind::ConflictBefore && !is_conditional) return false;
    if (fault.target == "any") return true;
    if (request.method == HttpMethod::Get) return false;
    if (path.find("/events") != std::string_view::npos || is_about_leases(request)) return false;
    if (fault.target == "status") return path.ends_with("/status");
    if (fault.target == "apply") return request.content_type.starts_with("application/apply-patch");
    if (fault.target == "delete") return is_about_going(request);
    return true;
}

/// "pods" of ".../pods?watch=true"; the last word of a collection's path.
std::string resource_of(std::string_view path) {
    return std::string{path.substr(path.rfind('/') + 1)};
}

HttpResponse refusal(unsigned code, std::string_view reason) {
    kube::json::Object status{
        {"kind", "Status"},
        {"apiVersion", "v1"},
        {"metadata", kube::json::Object{}},
        {"status", "Failure"},
        {"message", "the simulated weather refuses this request"},
        {"reason", reason},
        {"code", code}
    };
    return {
        .status = code,
        .headers = {{"content-type", "application/json"}},
        .body = kube::json::serialize(kube::json::Value(std::move(status)))
    };
}

[[noreturn]] void no_answer(TransportError::Kind kind = TransportError::Kind::Broken) {
    throw TransportError{kind, "the simulated weather broke the connection"};
}

}  // namespace

// ---- The calm way ---------------------------------------------------------------------------------------------------

CalmWay::CalmWay(Surroundings& around, kube::HttpHandler& server, std::string name)
    : around_{around}, below_{around.executor, server}, process_{.name = std::move(name)} {}

kube::Async<HttpResponse> CalmWay::send(HttpRequest request) {
    HttpResponse response = co_await below_.send(std::move(request));
    around_.witness.served(process_, nullptr);
    co_return response;
}

kube::Async<std::unique_ptr<kube::HttpStream>> CalmWay::open(HttpRequest request) {
    return below_.open(std::move(request));
}

// ---- The stormy way -------------------------------------------------------------------------------------------------

StormyWay::StormyWay(Surroundings& around, kube::HttpHandler& server, Process& process, kube::Signal& died)
    : around_{around}, below_{around.executor, server}, process_{process}, died_{died} {}

void StormyWay::throw_if_dead() const {
    if (process_.is_dead) throw TransportError{TransportError::Kind::Connect, "this process has crashed"};
}

void StormyWay::die() {
    process_.is_dead = true;
    died_.notify_all();
}

std::optional<Fault> StormyWay::fault_for(const HttpRequest& request) {
    auto& armed = around_.weather.armed;
    for (auto candidate = armed.begin(); candidate != armed.end(); ++candidate) {
        if (!matches(candidate->fault, request)) continue;
        if (candidate->skipped++ < candidate->fault.skip) continue;
        Fault fault = std::move(candidate->fault);
        armed.erase(candidate);
        return fault;
    }
    return std::nullopt;
}

/// Most requests take no time; some take a few milliseconds, so that others overtake them.
kube::Async<> StormyWay::linger() {
    const std::uint64_t drawn = around_.random.next();
    const auto longest = static_cast<std::uint64_t>(around_.weather.longest_request.count());
    if (longest > 0 && drawn / 4 % 16 == 0) {
        co_await around_.clock.sleep_for(milliseconds{drawn / 64 % longest});
        co_return;
    }
    if (drawn % 4 != 0) co_return;
    const std::chrono::microseconds pause{drawn / 4 % 5'000};
    co_await around_.clock.sleep_for(pause);
}

kube::Async<HttpResponse> StormyWay::pass(HttpRequest request, bool is_answered) {
    const HttpMethod method = request.method;
    const std::string path{path_of(request)};
    const std::string content_type = request.content_type;
    const std::string body = request.body;
    HttpResponse response = co_await below_.send(std::move(request));
    const Exchange exchange{process_, method, path, content_type, body, response.status, is_answered};
    around_.witness.served(process_, &exchange);
    co_return response;
}

/// Makes a first list one of an older state, where that is what the weather has.
void StormyWay::look_back(HttpRequest& request) const {
    constexpr std::string_view kAnyVersion = "resourceVersion=0";
    const auto& view = around_.weather.old_view;
    const auto place = request.target.find(kAnyVersion);
    if (!view || place == std::string::npos) return;
    if (!view->resource.empty() && view->resource != resource_of(path_of(request))) return;
    request.target.replace(
        place, kAnyVersion.size(), fmt::format("resourceVersion={}&resourceVersionMatch=Exact", view->revision)
    );
}

kube::Async<HttpResponse> StormyWay::send(HttpRequest request) {
    throw_if_dead();
    co_await linger();
    throw_if_dead();
    if (is_about_leases(request) && around_.clock.monotonic() < around_.weather.leases_back_at) no_answer();
    const auto time_limit = request.time_limit;
    look_back(request);
    std::optional<Fault> fault = fault_for(request);
    if (!fault) {
        HttpResponse response = co_await pass(std::move(request));
        co_await linger();
        throw_if_dead();
        co_return response;
    }
    around_.witness.struck(*fault, fmt::format("{} {}", kube::to_string(request.method), path_of(request)));
    switch (fault->kind) {
        case FaultKind::ConflictBefore:
            co_return refusal(409, "Conflict");
        case FaultKind::ErrorBefore:
            co_return refusal(500, "InternalError");
        case FaultKind::ErrorAfter:
            static_cast<void>(co_await pass(std::move(request), false));
            co_return refusal(500, "InternalError");
        case FaultKind::DropBefore:
            no_answer();
        case FaultKind::DropAfter:
            static_cast<void>(co_await pass(std::move(request), false));
            no_answer();
        case FaultKind::TimeoutBefore:
            co_await around_.clock.sleep_for(time_limit);
            no_answer(TransportError::Kind::TimeLimit);
        case FaultKind::TimeoutAfter:
            static_cast<void>(co_await pass(std::move(request), false));
            co_await around_.clock.sleep_for(time_limit);
            no_answer(TransportError::Kind::TimeLimit);
        case FaultKind::CrashAfter:
            static_cast<void>(co_await pass(std::move(request), false));
            die();
            break;
        default:
            die();
            break;
    }
    throw_if_dead();
    no_answer();
}

/// What a watch brings arrives when its kind's lag has passed, in order.
class StormyWay::Stream final : public kube::HttpStream {
public:
    Stream(std::unique_ptr<kube::HttpStream> below, Surroundings& around, const Process& process, std::string resource)
        : below_{std::move(below)},
          around_{around},
          process_{process},
          resource_{std::move(resource)},
          epoch_{around.weather.watch_epoch},
          usual_lag_{around.random.next() % 3 == 0 ? around.random.next() % 40 : around.random.next() % 3} {}
    [[nodiscard]] unsigned status() const override { return below_->status(); }
    [[nodiscard]] kube::Async<std::optional<std::string>> next_chunk() override {
        auto chunk = co_await below_->next_chunk();
        if (const auto end = end_of_gap()) {
            co_await around_.clock.sleep_until(*end);
            no_answer();
        }
        if (chunk) {
            const milliseconds lag = lag_now();
            if (lag.count() > 0) co_await around_.clock.sleep_for(lag);
        }
        if (process_.is_dead || epoch_ != around_.weather.watch_epoch) no_answer();
        if (chunk) around_.witness.shown(process_, resource_, *chunk);
        co_return chunk;
    }

private:
    [[nodiscard]] std::optional<kube::MonotonicTime> end_of_gap() const {
        for (const Weather::Gap& gap : around_.weather.gaps) {
            if (gap.resource == resource_ && around_.clock.monotonic() < gap.until) return gap.until;
        }
        return std::nullopt;
    }
    [[nodiscard]] milliseconds lag_now() const {
        milliseconds most{usual_lag_};
        for (const Weather::Lag& lag : around_.weather.lags) {
            if (lag.resource != resource_ || around_.clock.monotonic() >= lag.until) continue;
            if (lag.of.empty() || lag.of == process_.name) most = std::max(most, lag.lag);
        }
        return most;
    }
    std::unique_ptr<kube::HttpStream> below_;
    Surroundings& around_;
    const Process& process_;
    std::string resource_;
    std::uint64_t epoch_;
    std::uint64_t usual_lag_;
};

kube::Async<std::unique_ptr<kube::HttpStream>> StormyWay::open(HttpRequest request) {
    throw_if_dead();
    std::string resource = resource_of(path_of(request));
    const std::optional<Fault> fault = fault_for(request);
    if (fault) {
        around_.witness.struck(*fault, fmt::format("a watch of {}", resource));
        if (fault->kind == FaultKind::TimeoutBefore || fault->kind == FaultKind::TimeoutAfter) {
            co_await around_.clock.sleep_for(request.time_limit);
            no_answer(TransportError::Kind::TimeLimit);
        }
        if (fault->kind == FaultKind::CrashBefore) die();
        if (fault->kind != FaultKind::CrashAfter) no_answer();
    }
    auto below = co_await below_.open(std::move(request));
    if (fault) die();
    throw_if_dead();
    co_return std::make_unique<Stream>(std::move(below), around_, process_, std::move(resource));
}

// ---- The way to a sidecar -------------------------------------------------------------------------------------------

SidecarWay::SidecarWay(
    Surroundings& around, kube::HttpHandler& host, Process& process, std::string origin, const TroubleOf& trouble_of
)
    : around_{around},
      below_{around.executor, host},
      process_{process},
      host_{std::move(origin)},
      trouble_of_{trouble_of} {
    if (const auto scheme = host_.find("://"); scheme != std::string::npos) host_.erase(0, scheme + 3);
}

kube::Async<HttpResponse> SidecarWay::send(HttpRequest request) {
    if (process_.is_dead) no_answer(TransportError::Kind::Connect);
    const kube::NamespacedName node = devcluster::sidecar::node_of_host(host_).value_or(kube::NamespacedName{});
    request.headers.push_back({"host", host_});
    SidecarExchange exchange{.by = process_, .node = node, .answer = host_};
    exchange.is_submission = request.method == HttpMethod::Post;
    constexpr std::string_view kTask = "/v0/tasks/";
    if (exchange.is_submission) {
        boost::system::error_code failed;
        const kube::json::Value body = boost::json::parse(request.body, failed);
        if (!failed) exchange.task_id = kube::json::find_string(body, {"id"});
    } else if (request.target.starts_with(kTask)) {
        exchange.task_id = request.target.substr(kTask.size());
    }
    const auto limit = request.time_limit;
    const auto trouble = trouble_of_(node);
    if (trouble && trouble->kind == FaultKind::SidecarStops) no_answer(TransportError::Kind::Connect);
    if (trouble && trouble->kind == FaultKind::SidecarErrors) co_return HttpResponse{.status = 503, .body = "no"};
    if (trouble && trouble->kind == FaultKind::SidecarHangs) {
        co_await around_.clock.sleep_for(limit);
        no_answer(TransportError::Kind::TimeLimit);
    }
    HttpResponse response = co_await below_.send(std::move(request));
    const bool is_too_late = trouble && trouble->kind == FaultKind::SidecarAnswersTooLate;
    const SidecarExchange answered{
        .by = exchange.by,
        .node = exchange.node,
        .is_submission = exchange.is_submission,
        .task_id = exchange.task_id,
        .status = response.status,
        .answer = response.body,
        .is_answered = !is_too_late
    };
    around_.witness.served(answered);
    if (is_too_late) {
        co_await around_.clock.sleep_for(limit);
        no_answer(TransportError::Kind::TimeLimit);
    }
    if (trouble && trouble->kind == FaultKind::SidecarIsSlow) {
        const auto delay = std::min<kube::MonotonicTime::duration>(limit / 2, std::chrono::seconds{4});
        co_await around_.clock.sleep_for(delay);
    }
    if (process_.is_dead) no_answer(TransportError::Kind::Connect);
    if (trouble && trouble->kind == FaultKind::SidecarGarbles) response.body = "{\"id\": ";
    co_return response;
}

kube::Async<std::unique_ptr<kube::HttpStream>> SidecarWay::open(HttpRequest request) {
    return below_.open(std::move(request));
}

}  // namespace sim
