#include "sim/ground.hpp"

#include "kube/json/json.hpp"
#include "sei/api/schema/crds.hpp"

namespace sim {
namespace {

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
