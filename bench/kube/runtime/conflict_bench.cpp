// What a conflict costs, in real time: from the 409 to the status that took its place, and how far a controller falls
// behind an object that is edited a hundred times a second.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
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
#include "kube/json/codec.hpp"
#include "kube/runtime/controller.hpp"
#include "kube/runtime/manager.hpp"
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

const kube::NamespacedName& key() {
    static const kube::NamespacedName name{"default", "g"};
    return name;
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
    explicit Stage(std::chrono::milliseconds pass) : reconciler_{manager_, pass} {
        server_.install(kCrd);
        kube::ControllerBuilder<Gauge>{manager_, "gauge"}.when(kube::generation_changed).build(reconciler_);
        calls_.before_each = [this](const kube::HttpRequest& request) { return disturb(request); };
        scope_.spawn("manager", manager_.run());
        scope_.spawn("creation", create());
        run_until([this] { return shown_ == 0 && manager_.at_barrier({}).is_reached && is_created_; });
    }
    ~Stage() {
        manager_.stop();
        run_until([this] { return scope_.running() == 0; });
        server_.end_watches();
        loop_.restart();
        loop_.poll();
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
        gauge.metadata.namespace_ = key().namespace_;
        gauge.metadata.name = key().name;
        is_created_ = (co_await person_.create(std::move(gauge))).has_value();
    }
    kube::Async<> edit(std::int64_t value) {
        for (;;) {
            const auto read = co_await person_.get<Gauge>(key());
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
        const auto read = co_await person_.get<Gauge>(key());
        if (!read) co_return;
        Gauge changed = **read;
        changed.metadata.annotations["example.io/touched"] = std::to_string(++touches_);
        (void)co_await person_.patch(*read, std::move(changed));
    }
    /// What the calls have come to since the last look.
    void look() {
        if (calls_.in_flight() > 0) return;
        for (const testkit::PassedRequest& call : calls_.writes()) {
            if (!call.path().ends_with("/status")) continue;
            if (call.status == 409) {
                ++conflicts_;
                last_conflict_at_ = Clock::now();
            } else if (call.status == 200) {
                const kube::json::Value answer = boost::json::parse(call.answer);
                const kube::json::Value* value = kube::json::find(answer, {"status", "shown"});
                shown_ = value == nullptr ? 0 : value->to_number<std::int64_t>();
                last_shown_at_ = Clock::now();
            }
        }
        calls_.forget_requests();
    }

    boost::asio::io_context loop_{1};
    kube::SystemClock clock_{loop_.get_executor()};
    devcluster::apiserver::ApiServer server_{loop_.get_executor(), clock_};
    kube::InProcessTransport way_{loop_.get_executor(), server_.handler()};
    kube::InProcessTransport persons_way_{loop_.get_executor(), server_.handler()};
    testkit::FaultyTransport calls_{way_};
    kube::Client person_{persons_way_, {.field_manager = kube::FieldManager{"person"}}};
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

/// `conflicts_in_a_row` writes are refused, then one succeeds: the time from the last refusal to it.
void conflict_to_converged(benchmark::State& state) {
    Stage stage{0ms};
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
    state.counters["p99_ms"] = percentile(milliseconds, 0.99);
}
BENCHMARK(conflict_to_converged)
    ->Arg(1)
    ->Arg(5)
    ->Arg(20)
    ->Iterations(200)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

/// Ten seconds of a hundred edits each, while a pass takes 0, 20 or 200 ms: from the last edit to the status that shows
/// it.
void last_edit_to_converged(benchmark::State& state) {
    constexpr int kEdits = 1000;
    for (auto _ : state) {
        Stage stage{std::chrono::milliseconds{state.range(0)}};
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
BENCHMARK(last_edit_to_converged)
    ->Arg(0)
    ->Arg(20)
    ->Arg(200)
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
