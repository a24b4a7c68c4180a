// One loop, virtual time, the fake API server, and a manager: what each test of the runtime has for itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/describe.hpp>

#include "fake_api.hpp"
#include "kube/async/manual_clock.hpp"
#include "kube/runtime/controller.hpp"
#include "kube/runtime/manager.hpp"
#include "kube/runtime/metrics.hpp"

namespace kube::testing {

struct WidgetSpec {
    std::int64_t size = 0;
};
BOOST_DESCRIBE_STRUCT(WidgetSpec, (), (size))
struct WidgetStatus {
    std::int64_t seen = 0;
    std::string note;
};
BOOST_DESCRIBE_STRUCT(WidgetStatus, (), (seen, note))
/// The kind that the tests' controllers look after.
struct Widget {
    ObjectMeta metadata;
    WidgetSpec spec;
    WidgetStatus status;
};
BOOST_DESCRIBE_STRUCT(Widget, (), (metadata, spec, status))

/// A kind that widgets own.
struct Part {
    ObjectMeta metadata;
    std::int64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(Part, (), (metadata, number))

}  // namespace kube::testing

template <>
struct kube::KindOf<kube::testing::Widget> {
    static constexpr ResourceType type{"example.io", "v1", "Widget", "widgets"};
};
template <>
struct kube::KindOf<kube::testing::Part> {
    static constexpr ResourceType type{"", "v1", "Part", "parts"};
};

namespace kube::testing {

struct World {
    using Milliseconds = std::chrono::milliseconds;

    World() : World(ManagerOptions{}) {}
    explicit World(ManagerOptions options) {
        options.log = make_logger(clock, {}, [this](std::string_view line) { log.emplace_back(line); });
        options.seed = 42;
        manager = std::make_unique<Manager>(loop.get_executor(), clock, api, std::move(options));
    }
    ~World() { stop(); }

    void start() {
        boost::asio::co_spawn(loop, manager->run(), [this](std::exception_ptr error) {
            has_ended = true;
            failure = error;
        });
        is_running = true;
    }
    void stop() {
        if (!is_running) return;
        manager->stop();
        run_until([this] { return has_ended; });
        is_running = false;
        loop.restart();
        loop.poll();
    }
    /// Runs everything that can run now, without moving time.
    void settle() {
        loop.restart();
        loop.poll();
    }
    /// Runs, moving time from due time to due time, until `reached` or until `most` of virtual time has passed.
    bool run_until(const std::function<bool()>& reached, std::chrono::seconds most = std::chrono::seconds{3600}) {
        const MonotonicTime end = clock.monotonic() + most;
        for (;;) {
            settle();
            if (reached()) return true;
            const auto due = clock.next_due();
            if (!due || *due > end) return false;
            clock.advance_to(*due);
        }
    }
    void run_for(Milliseconds time) {
        const MonotonicTime end = clock.monotonic() + time;
        for (;;) {
            settle();
            const auto due = clock.next_due();
            if (!due || *due > end) break;
            clock.advance_to(*due);
        }
        clock.advance_to(end);
        settle();
    }
    void start_and_sync() {
        start();
        run_until([this] { return manager->is_ready(); });
        settle();
    }

    void add_widget(const std::string& name, std::int64_t size = 1) {
        api.put(
            "widgets",
            json::Object{
                {"apiVersion", "example.io/v1"},
                {"kind", "Widget"},
                {"metadata", json::Object{{"name", name}, {"namespace", "ns"}}},
                {"spec", json::Object{{"size", size}}}
            }
        );
    }
    void add_part(const std::string& name, const std::string& owner) {
        api.put(
            "parts",
            json::Object{
                {"metadata",
                 json::Object{
                     {"name", name},
                     {"namespace", "ns"},
                     {"ownerReferences",
                      json::Array{json::Object{
                          {"apiVersion", "example.io/v1"},
                          {"kind", "Widget"},
                          {"name", owner},
                          {"uid", "u"},
                          {"controller", true}
                      }}}
                 }}
            }
        );
    }
    [[nodiscard]] std::size_t lines_with(std::string_view text) const {
        std::size_t found = 0;
        for (const std::string& line : log) found += line.find(text) != std::string::npos ? 1 : 0;
        return found;
    }

    boost::asio::io_context loop;
    ManualClock clock{loop.get_executor()};
    FakeApi api{loop.get_executor()};
    std::vector<std::string> log;
    std::unique_ptr<Manager> manager;
    std::exception_ptr failure;
    bool is_running = false;
    bool has_ended = false;
};

/// A reconciler whose body is a function of the test.
class ScriptedReconciler final : public Reconciler<Widget> {
public:
    using Body = std::function<Async<Requeue>(Snapshot<Widget>)>;
    Body body;
    std::vector<std::string> passes;     // "name@version"
    std::vector<std::string> forgotten;  // names
    std::map<std::string, int> in_flight;
    std::size_t in_flight_most = 0;
    bool has_overlapped = false;

    Async<Requeue> reconcile(Snapshot<Widget> widget) override {
        const std::string name = widget->metadata.name;
        passes.push_back(name + "@" + widget->metadata.resourceVersion);
        has_overlapped = has_overlapped || ++in_flight[name] > 1;
        std::size_t now = 0;
        for (const auto& [key, count] : in_flight) now += count > 0 ? 1 : 0;
        in_flight_most = std::max(in_flight_most, now);
        struct Leave {
            int& count;
            ~Leave() { --count; }
        } leave{in_flight[name]};
        if (!body) co_return Requeue::on_change("a change");
        co_return co_await body(std::move(widget));
    }
    void forget(const NamespacedName& key) override { forgotten.push_back(key.name); }
    [[nodiscard]] std::size_t count(const std::string& name) const {
        std::size_t found = 0;
        for (const std::string& pass : passes) found += pass.starts_with(name + "@") ? 1 : 0;
        return found;
    }
};

}  // namespace kube::testing
