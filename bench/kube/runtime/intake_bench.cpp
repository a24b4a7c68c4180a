// What each event of a watch costs until it is a typed object, and what the series of a fleet weigh.
#include <string>

#include <malloc.h>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "kube/client/watch_stream.hpp"
#include "kube/runtime/metrics.hpp"
#include "kube/types/stateful_set.hpp"

namespace {

/// A StatefulSet of four containers as kube-apiserver sends it: the managed fields are about half of it.
std::string event() {
    std::string containers;
    std::string fields;
    for (int container = 0; container < 4; ++container) {
        std::string variables;
        std::string names;
        for (int variable = 0; variable < 8; ++variable) {
            const char* comma = variable == 0 ? "" : ",";
            variables += fmt::format(R"({}{{"name":"VARIABLE_{}","value":"some value"}})", comma, variable);
            names +=
                fmt::format(R"(,"k:{{\"name\":\"VARIABLE_{}\"}}":{{".":{{}},"f:name":{{}},"f:value":{{}}}})", variable);
        }
        const char* comma = container == 0 ? "" : ",";
        containers += fmt::format(
            R"({}{{"name":"c{}","image":"example.com/image:v1","env":[{}],"resources":{{"requests":{{"cpu":"4"}}}}}})",
            comma,
            container,
            variables
        );
        fields += fmt::format(
            R"({}"k:{{\"name\":\"c{}\"}}":{{".":{{}},"f:image":{{}},"f:env":{{".":{{}}{}}}}})", comma, container, names
        );
    }
    return R"({"type":"MODIFIED","object":{"kind":"StatefulSet","apiVersion":"apps/v1","metadata":{"name":"rpc-0",)"
           R"("namespace":"pacific-1","uid":"0b3c8a52-6a6f-4f1f-9f0e-3c1d2a4b5c6d","resourceVersion":"81234",)"
           R"("generation":3,"labels":{"sei.io/node":"rpc-0"},"managedFields":[{"manager":"seinode-controller",)"
           R"("operation":"Apply","apiVersion":"apps/v1","fieldsType":"FieldsV1","fieldsV1":{"f:spec":{"f:template":)"
           R"({"f:spec":{"f:containers":{)" +
           fields + R"(}}}}}}]},"spec":{"replicas":1,"template":{"spec":{"containers":[)" + containers + "]}}}}}";
}

void watch_event_to_tree(benchmark::State& state) {
    const std::string line = event();
    for (auto _ : state) benchmark::DoNotOptimize(kube::detail::parse_watch_event(line));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(line.size()));
}
BENCHMARK(watch_event_to_tree)->Unit(benchmark::kMicrosecond);

void watch_event_to_object(benchmark::State& state) {
    const std::string line = event();
    for (auto _ : state) {
        const auto taken = kube::detail::parse_watch_event(line);
        const auto set = kube::json::from_json<kube::StatefulSet>(taken.object());
        if (set.spec.template_.spec.containers.size() != 4) return state.SkipWithError("the event was not decoded");
        benchmark::DoNotOptimize(&set);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(line.size()));
}
BENCHMARK(watch_event_to_object)->Unit(benchmark::kMicrosecond);

/// Six series for each node: its five phases, and its sidecar.
void series_of_nodes(benchmark::State& state) {
    constexpr int kNodes = 1000;
    std::size_t bytes = 0;
    for (auto _ : state) {
        const std::size_t before = ::mallinfo2().uordblks;
        kube::Metrics metrics;
        kube::Gauge& gauge = metrics.gauge("sei_controller_seinode_phase", "Current phase");
        for (int node = 0; node < kNodes; ++node) {
            for (const char* phase : {"Pending", "Initializing", "Running", "Failed", "Terminating", "-"}) {
                gauge.set({{"namespace", "pacific-1"}, {"name", fmt::format("rpc-{}", node)}, {"phase", phase}}, 1);
            }
        }
        bytes = ::mallinfo2().uordblks - before;
        if (bytes == 0) return state.SkipWithError("the series take no memory");
    }
    state.counters["bytes_per_node"] = static_cast<double>(bytes) / kNodes;
}
BENCHMARK(series_of_nodes)->Unit(benchmark::kMillisecond);

}  // namespace
