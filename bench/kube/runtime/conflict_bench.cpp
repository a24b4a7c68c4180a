// What a conflict costs, in real time: from the 409 to the status that took its place, and how far a controller falls
// behind an object that is edited a hundred times a second. On the embedded API server in this process, and on a real
// one, over TLS, where KUBEBUILDER_ASSETS has it.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/describe.hpp>

#include "devcluster/apiserver/api_server.hpp"
#include "kube/async/scope.hpp"
#include "kube/async/system_clock.hpp"
#include "kube/http/connection_pool.hpp"
#include "kube/http/https_transport.hpp"
#include "kube/json/codec.hpp"
#include "kube/runtime/controller.hpp"
#include "kube/runtime/manager.hpp"
#include "support/real_control_plane.hpp"
#include "testkit/faulty_transport.hpp"

namespace bench {

struct GaugeSpec {
    std::int64_t wanted = 0;
};
BOOST_DESCRIBE_STRUCT(GaugeSpec, (), (wanted))
struct GaugeStatus {
    std::int64_t shown = 0;
};
BOOST_DESCRIBE_STRUCT(GaugeStatus, (), (shown))
struct Gauge {
    kube::ObjectMeta metadata;
    GaugeSpec spec;
    GaugeStatus status;
};
BOOST_DESCRIBE_STRUCT(Gauge, (), (metadata, spec, status))

}  // namespace bench

template <>
struct kube::KindOf<bench::Gauge> {
    static constexpr ResourceType type{"example.io", "v1", "Gauge", "gauges"};
};
template void kube::json::write_json(const bench::Gauge&, kube::json::Value&);
template bench::Gauge kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const bench::GaugeStatus&, kube::json::Value&);

namespace {

using namespace std::chrono_literals;
using bench::Gauge;
using Clock = std::chrono::steady_clock;

constexpr const char* kCrd = R"({"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",
"metadata":{"name":"gauges.example.io"},"spec":{"group":"example.io","scope":"Namespaced",
"names":{"plural":"gauges","singular":"gauge","kind":"Gauge","listKind":"GaugeList"},
"versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{}},
"schema":{"openAPIV3Schema":{"type":"object","properties":{
"spec":{"type":"object","properties":{"wanted":{"type":"integer","format":"int64"}}},
"status":{"type":"object","properties":{"shown":{"type":"integer","format":"int64"}}}}}}}]}})";

std::optional<std::filesystem::path> assets() {
    const char* const folder = std::getenv("KUBEBUILDER_ASSETS");  // NOLINT(concurrency-mt-unsafe)
    if (folder == nullptr || *folder == '\0') return std::nullopt;
    return folder;
}

/// The API server of a stage, and the ways to it.
class Cluster {
public:
    virtual ~Cluster() = default;
    [[nodiscard]] virtual std::unique_ptr<kube::Transport> way() = 0;
    /// Nothing of it runs on the loop any more when this comes back.
    virtual void stop(boost::asio::io_context& loop) = 0;
};

class EmbeddedCluster final : public Cluster {
public:
    EmbeddedCluster(boost::asio::any_io_executor executor, kube::Clock& clock)
        : executor_{std::move(executor)}, server_{executor_, clock} {
        server_.install(kCrd);
    }
    std::unique_ptr<kube::Transport> way() override {
        return std::make_unique<kube::InProcessTransport>(executor_, server_.handler());
    }
    void stop(boost::asio::io_context& loop) override {
        server_.end_watches();
        loop.restart();
        loop.poll();
    }

private:
    boost::asio::any_io_executor executor_;
    devcluster::apiserver::ApiServer server_;
};

/// One for all benchmarks of this program: starting it takes seconds.
support::RealControlPlane& real_control_plane() {
    static const auto plane = [] {
        auto started = std::make_unique<support::RealControlPlane>(
            assets().value_or(""), support::RealControlPlane::Parts::ApiServer
        );
        const support::TemporaryFolder folder;
        const auto manifest = folder.path() / "crd.json";
        support::write_file(manifest, kCrd);
        const auto kubectl = [&](std::vector<std::string> arguments) {
            arguments.insert(arguments.begin(), "--kubeconfig=" + started->kubeconfig().string());
            const support::Finished done =
                support::run_to_end({.program = *assets() / "kubectl", .arguments = std::move(arguments)}, 60s);
            if (done.status != 0) throw std::runtime_error{done.output};
        };
        kubectl({"apply", "-f", manifest.string()});
        kubectl({"wait", "--for=condition=Established", "crd/gauges.example.io", "--timeout=50s"});
        return started;
    }();
    return *plane;
}

class RealCluster final : public Cluster {
public:
    RealCluster(boost::asio::any_io_executor executor, kube::Clock& clock) : pool_{std::move(executor), clock} {}
    std::unique_ptr<kube::Transport> way() override {
        kube::TransportConfig config;
        config.origin = real_control_plane().origin();
        config.insecure_skip_tls_verify = true;
        config.proxy_settings.reset();
        config.authorizer = std::make_shared<kube::FixedAuthorizer>(kube::Credential{
            .authorization = "Bearer " + support::RealControlPlane::admin_token(),
            .client_certificate_pem = {},
            .client_key_pem = {}
        });
        return std::make_unique<kube::HttpsTransport>(pool_, std::move(config));
    }
    void stop(boost::asio::io_context&) override {}

private:
    kube::ConnectionPool pool_;
};

enum class Where { Embedded, ApiServer };

std::unique_ptr<Cluster> cluster_at(Where where, boost::asio::any_io_executor executor, kube::Clock& clock) {
    if (where == Where::ApiServer) return std::make_unique<RealCluster>(std::move(executor), clock);
    return std::make_unique<EmbeddedCluster>(std::move(executor), clock);
}

/// An object of its own for each stage.
kube::NamespacedName next_key() {
    static int count = 0;
    return {"default", "g" + std::to_string(++count)};
}

/// Shows in the status what the spec wants; a pass takes a while, as one that asks a sidecar does.
class GaugeReconciler final : public kube::Reconciler<Gauge> {
public:
    GaugeReconciler(kube::Manager& manager, std::chrono::milliseconds pass)
        : client_{manager.client()}, clock_{manager.clock()}, pass_{pass} {}
    kube::Async<kube::Requeue> reconcile(kube::Snapshot<Gauge> gauge) override {
        if (pass_.count() > 0) co_await clock_.sleep_for(pass_);
        bench::GaugeStatus status;
        status.shown = gauge->spec.wanted;
        const auto written = co_await client_.write_status(gauge, status);
        if (!written) co_return kube::after_refusal(written.error(), gauge.resource_version());
        co_return kube::Requeue::on_change("a change of the spec");
    }
    void forget(const kube::NamespacedName&) override {}

private:
    kube::Client& client_;
    kube::Clock& clock_;
    std::chrono::milliseconds pass_;
};

bool is_status_patch(const kube::HttpRequest& request) {
    return request.method == kube::HttpMethod::Patch &&
           request.target.substr(0, request.target.find('?')).ends_with("/status");
}

/// Server, controller and another writer, in this process and in real time.
class Stage {
public:
    Stage(Where where, std::chrono::milliseconds pass)
        : cluster_{cluster_at(where, loop_.get_executor(), clock_)}, reconciler_{manager_, pass} {
        kube::ControllerBuilder<Gauge>{manager_, "gauge"}.when(kube::generation_changed).build(reconciler_);
        calls_.before_each = [this](const kube::HttpRequest& request) { return disturb(request); };
        scope_.spawn("manager", manager_.run());
        scope_.spawn("creation", create());
        run_until([this] { return manager_.at_barrier({}).is_reached && is_created_; });
    }
    ~Stage() {
        manager_.stop();
        run_until([this] { return scope_.running() == 0; });
        cluster_->stop(loop_);
    }
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    bool run_until(const std::function<bool()>& reached) {
        const auto give_up_at = Clock::now() + 30s;
        while (!reached()) {
            loop_.restart();
            loop_.run_one_for(1ms);
            look();
            if (Clock::now() > give_up_at) return false;
        }
        return true;
    }
    /// Another writer comes between reading and writing, `times` times.
    void disturb_next(int times) { disturbances_ = times; }
    void want(std::int64_t value) { scope_.spawn("edit", edit(value)); }
    [[nodiscard]] std::int64_t shown() const { return shown_; }
    [[nodiscard]] std::size_t conflicts() const { return conflicts_; }
    [[nodiscard]] std::optional<Clock::time_point> last_conflict_at() const { return last_conflict_at_; }
    [[nodiscard]] Clock::time_point last_shown_at() const { return last_shown_at_; }
    [[nodiscard]] Clock::time_point last_edit_at() const { return last_edit_at_; }
    [[nodiscard]] std::size_t edits() const { return edits_; }
    /// `count` edits, `interval` apart.
    void edit_often(int count, std::chrono::milliseconds interval) {
        scope_.spawn("edits", edit_repeatedly(count, interval));
    }

private:
    kube::Async<> create() {
        Gauge gauge;
        gauge.metadata.namespace_ = key_.namespace_;
        gauge.metadata.name = key_.name;
        is_created_ = (co_await person_.create(std::move(gauge))).has_value();
    }
    kube::Async<> edit(std::int64_t value) {
        for (;;) {
            const auto read = co_await person_.get<Gauge>(key_);
            if (!read) co_return;
            Gauge changed = **read;
            changed.spec.wanted = value;
            if (co_await person_.patch(*read, std::move(changed))) break;
        }
        last_edit_at_ = Clock::now();
        ++edits_;
    }
    kube::Async<> edit_repeatedly(int count, std::chrono::milliseconds interval) {
        const kube::MonotonicTime began = clock_.monotonic();
        for (int i = 1; i <= count; ++i) {
            co_await clock_.sleep_until(began + i * interval);
            co_await edit(i);
        }
    }
    kube::Async<> disturb(kube::HttpRequest request) {
        if (disturbances_ == 0 || !is_status_patch(request)) co_return;
        --disturbances_;
        const auto read = co_await person_.get<Gauge>(key_);
        if (!read) co_return;
        Gauge changed = **read;
        changed.metadata.annotations["example.io/touched"] = std::to_string(++touches_);
        (void)co_await person_.patch(*read, std::move(changed));
    }
    /// What the calls have come to since the last look.
    void look() {
        if (calls_.in_flight() > 0) return;
        for (const testkit::PassedRequest& call : calls_.writes()) {
            if (!call.path().ends_with("/" + key_.name + "/status")) continue;
            if (call.status == 409) {
                ++conflicts_;
                last_conflict_at_ = Clock::now();
            } else if (call.status == 200) {
                // A status write is answered with metadata alone: what it says is in the request.
                const kube::json::Value patch = boost::json::parse(call.body);
                const kube::json::Value* value = kube::json::find(patch, {"status", "shown"});
                shown_ = value == nullptr ? 0 : value->to_number<std::int64_t>();
                last_shown_at_ = Clock::now();
            }
        }
        calls_.forget_requests();
    }

    boost::asio::io_context loop_{1};
    kube::SystemClock clock_{loop_.get_executor()};
    kube::NamespacedName key_ = next_key();
    std::unique_ptr<Cluster> cluster_;
    std::unique_ptr<kube::Transport> way_ = cluster_->way();
    std::unique_ptr<kube::Transport> persons_way_ = cluster_->way();
    testkit::FaultyTransport calls_{*way_};
    kube::Client person_{*persons_way_, {.field_manager = kube::FieldManager{"person"}}};
    kube::Scope scope_{loop_.get_executor()};
    kube::Manager manager_{loop_.get_executor(), clock_, calls_, {}};
    GaugeReconciler reconciler_;
    int disturbances_ = 0;
    int touches_ = 0;
    bool is_created_ = false;
    std::int64_t shown_ = 0;
    std::size_t conflicts_ = 0;
    std::size_t edits_ = 0;
    std::optional<Clock::time_point> last_conflict_at_;
    Clock::time_point last_shown_at_;
    Clock::time_point last_edit_at_;
};

double percentile(std::vector<double> values, double part) {
    std::ranges::sort(values);
    return values.empty() ? 0 : values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))];
}

/// A conflict costs no more (docs/known-defects.md, 6.3).
constexpr double kConflictMillisecondsMax = 50;

/// `conflicts_in_a_row` writes are refused, then one succeeds: the time from the last refusal to it.
void conflict_to_converged(benchmark::State& state, Where where) {
    Stage stage{where, 0ms};
    std::vector<double> milliseconds;
    std::int64_t value = 0;
    for (auto _ : state) {
        const std::size_t before = stage.conflicts();
        stage.disturb_next(static_cast<int>(state.range(0)));
        stage.want(++value);
        const bool has_converged = stage.run_until([&] { return stage.shown() == value; });
        if (!has_converged || stage.conflicts() - before != static_cast<std::size_t>(state.range(0))) {
            state.SkipWithError("no conflict, or it did not converge");
            break;
        }
        const std::chrono::duration<double> took = stage.last_shown_at() - *stage.last_conflict_at();
        state.SetIterationTime(took.count());
        milliseconds.push_back(took.count() * 1000);
    }
    state.counters["p50_ms"] = percentile(milliseconds, 0.5);
    const double p99 = percentile(milliseconds, 0.99);
    state.counters["p99_ms"] = p99;
    if (!state.error_occurred() && p99 > kConflictMillisecondsMax) {
        state.SkipWithError(fmt::format("p99 is {:.1f} ms, more than a conflict may cost", p99).c_str());
    }
}

/// Ten seconds of a hundred edits each, while a pass takes 0, 20 or 200 ms: from the last edit to the status that shows
/// it.
void last_edit_to_converged(benchmark::State& state, Where where) {
    constexpr int kEdits = 1000;
    for (auto _ : state) {
        Stage stage{where, std::chrono::milliseconds{state.range(0)}};
        stage.edit_often(kEdits, 10ms);
        const bool has_converged = stage.run_until([&] { return stage.edits() == kEdits && stage.shown() == kEdits; });
        if (!has_converged) {
            state.SkipWithError("it did not converge");
            break;
        }
        const std::chrono::duration<double> took = stage.last_shown_at() - stage.last_edit_at();
        state.SetIterationTime(std::max(took.count(), 1e-6));
        state.counters["conflicts"] = static_cast<double>(stage.conflicts());
    }
}
bool register_at(Where where, const std::string& name) {
    benchmark::RegisterBenchmark(("conflict_to_converged/" + name).c_str(), conflict_to_converged, where)
        ->Arg(1)
        ->Arg(5)
        ->Arg(20)
        ->Iterations(200)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(("last_edit_to_converged/" + name).c_str(), last_edit_to_converged, where)
        ->Arg(0)
        ->Arg(20)
        ->Arg(200)
        ->Iterations(1)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
    return true;
}

const bool kIsRegistered =
    register_at(Where::Embedded, "embedded") && assets().has_value() && register_at(Where::ApiServer, "apiserver");

}  // namespace
