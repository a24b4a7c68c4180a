// What a pass over a node costs the operator: the reconciler of production, with an API server and a sidecar in memory.
#include <benchmark/benchmark.h>

#include "unit/sei/node/node_world.hpp"

namespace {

/// A node at rest: generations compared, the sidecar probed, nothing written.
void pass_at_rest(benchmark::State& state) {
    sei::test::NodeWorld world;
    world.settle_running();
    world.observe_stateful_set("rev-1", 1, 1);
    world.settle();
    world.take_writes();
    for (auto _ : state) benchmark::DoNotOptimize(world.pass_on_stale_caches());
    if (!world.api.writes.empty()) state.SkipWithError("a node at rest was written");
    state.counters["writes"] = static_cast<double>(world.api.writes.size());
}
BENCHMARK(pass_at_rest)->Unit(benchmark::kMicrosecond);

/// From `kubectl create` to Running, all passes and all of their requests, answered at once.
void bring_up(benchmark::State& state) {
    double writes = 0;
    for (auto _ : state) {
        state.PauseTiming();
        {
            sei::test::NodeWorld world;
            world.create_node();
            state.ResumeTiming();
            world.settle();
            state.PauseTiming();
            if (world.phase() != "Running") state.SkipWithError("the node did not come up");
            writes += static_cast<double>(world.api.writes.size() + world.events.size());
        }
        state.ResumeTiming();
    }
    state.counters["writes_per_node"] = writes / static_cast<double>(state.iterations());
}
BENCHMARK(bring_up)->Unit(benchmark::kMicrosecond);

}  // namespace
