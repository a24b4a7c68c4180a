#include "sim/ground.hpp"

#include "kube/json/json.hpp"
#include "sei/api/schema/crds.hpp"

namespace sim {
namespace {

/// Routes are watched where they are known, and asked for again and again where they are not: that would be a tenth of
/// all requests. No scenario has any.
constexpr std::string_view kRoutes = R"({
  "apiVersion": "apiextensions.k8s.io/v1",
  "kind": "CustomResourceDefinition",
  "metadata": {
    "name": "httproutes.gateway.networking.k8s.io",
    "annotations": {"api-approved.kubernetes.io": "unapproved, of a simulation"}
  },
  "spec": {
    "group": "gateway.networking.k8s.io",
    "names": {"kind": "HTTPRoute", "listKind": "HTTPRouteList", "plural": "httproutes", "singular": "httproute"},
    "scope": "Namespaced",
    "versions": [{
      "name": "v1",
      "served": true,
      "storage": true,
      "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}
    }]
  }
})";

/// Of the objects that are there from the start; those of a run have its own.
constexpr std::uint64_t kSeedOfFirstObjects = 0x9e3779b97f4a7c15;

}  // namespace

Ground::Ground()
    : loop_{0, SeededLoop::Order::Fifo},
      clock_{loop_.executor()},
      server_{loop_.executor(), clock_, {.seed = kSeedOfFirstObjects}} {
    for (const sei::api::CrdManifest& manifest : sei::api::crd_manifests()) {
        server_.install(kube::json::serialize(kube::json::Value(manifest.crd)));
    }
    server_.install(kRoutes);
    at_first_ = server_.store().contents();
}

void Ground::begin(std::uint64_t seed, SeededLoop::Order order) {
    loop_.restart(seed, order);
    clock_.restart();
    server_.restore(at_first_, seed);
}

bool Ground::is_free() const {
    return loop_.is_idle() && clock_.sleepers() == 0;
}

}  // namespace sim
