// A SeiNode between bytes and struct, as every watch event and every write has it.
#include <string>

#include <benchmark/benchmark.h>

#include "kube/json/json.hpp"
#include "sei/api/node.hpp"

namespace {

/// A running full node, as the API server sends it, without managed fields.
constexpr std::string_view kNode = R"({
  "apiVersion": "sei.io/v1alpha1", "kind": "SeiNode",
  "metadata": {
    "name": "rpc-0", "namespace": "pacific-1", "uid": "0b3c8a52-6a6f-4f1f-9f0e-3c1d2a4b5c6d", "resourceVersion": "81234",
    "generation": 3, "creationTimestamp": "2026-01-02T03:04:05Z", "finalizers": ["sei.io/seinode-finalizer"],
    "labels": {"sei.io/nodedeployment": "rpc", "sei.io/nodedeployment-ordinal": "0", "sei.io/chain": "pacific-1"},
    "ownerReferences": [{"apiVersion": "sei.io/v1alpha1", "kind": "SeiNodeDeployment", "name": "rpc",
      "uid": "5d1d9c5e-0a55-4d7c-8f1d-0e6f7a8b9c0d", "controller": true, "blockOwnerDeletion": true}]
  },
  "spec": {
    "chainId": "pacific-1", "image": "example.com/seid:v6.1.0",
    "fullNode": {"snapshot": {"s3": {"targetHeight": 198740000}, "trustPeriod": "9999h0m0s"}},
    "overrides": {"mempool.size": "10000", "evm.http_port": "8545"},
    "peers": [{"label": {"selector": {"sei.io/chain": "pacific-1"}}}]
  },
  "status": {
    "phase": "Running", "phaseTransitionTime": "2026-01-02T03:14:05Z", "currentImage": "example.com/seid:v6.1.0",
    "statefulSet": {"name": "rpc-0", "namespace": "pacific-1", "uid": "c6f1a2b3-1111-4222-8333-444455556666"},
    "resolvedPeers": ["a@10.0.0.1:26656", "b@10.0.0.2:26656"],
    "conditions": [
      {"type": "Paused", "status": "False", "reason": "NotPaused", "message": "spec.paused is unset or false",
       "lastTransitionTime": "2026-01-02T03:04:05Z", "observedGeneration": 3},
      {"type": "SidecarReady", "status": "True", "reason": "Ready", "message": "sidecar returned 200",
       "lastTransitionTime": "2026-01-02T03:14:05Z", "observedGeneration": 3}
    ]
  }
})";

void decode(benchmark::State& state) {
    const std::string text{kNode};
    for (auto _ : state) {
        benchmark::DoNotOptimize(kube::json::from_json<sei::api::SeiNode>(kube::json::parse(text)));
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(decode)->Unit(benchmark::kMicrosecond);

void encode(benchmark::State& state) {
    const auto node = kube::json::from_json<sei::api::SeiNode>(kube::json::parse(kNode));
    std::int64_t bytes = 0;
    for (auto _ : state) {
        const std::string text = kube::json::serialize(kube::json::to_json(node));
        bytes += static_cast<std::int64_t>(text.size());
        benchmark::DoNotOptimize(text.data());
    }
    state.SetBytesProcessed(bytes);
}
BENCHMARK(encode)->Unit(benchmark::kMicrosecond);

/// The smallest merge patch for one changed field: what a status write computes.
void merge_patch(benchmark::State& state) {
    const kube::json::Value before = kube::json::parse(kNode);
    kube::json::Value after = before;
    after.as_object()["status"].as_object()["phase"] = "Failed";
    for (auto _ : state) benchmark::DoNotOptimize(kube::json::merge_patch(before.get_object(), after.get_object()));
}
BENCHMARK(merge_patch)->Unit(benchmark::kMicrosecond);

}  // namespace
