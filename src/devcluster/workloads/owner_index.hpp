// Finding what an object controls: cache indexes by the owner's uid, shared by the controllers of this room.
#pragma once

#include <string>
#include <vector>

#include "kube/runtime/cache.hpp"
#include "kube/runtime/manager.hpp"

namespace devcluster::workloads {

inline constexpr const char* kControllerIndex = "controller-uid";
inline constexpr const char* kOrphanIndex = "orphan-in-namespace";

/// Lets `controlled_by` and `orphans_in` find objects of `K`. Once per kind and manager, before it runs.
template <kube::Kind K>
void index_owners(kube::Manager& manager) {
    auto cache = manager.cache<K>();
    cache.add_index(kControllerIndex, [](const K& object) {
        const auto* owner = object.metadata.controller();
        return owner == nullptr ? std::vector<std::string>{} : std::vector<std::string>{owner->uid};
    });
    cache.add_index(kOrphanIndex, [](const K& object) {
        return object.metadata.controller() != nullptr ? std::vector<std::string>{}
                                                       : std::vector<std::string>{object.metadata.namespace_};
    });
}

template <kube::Kind K>
[[nodiscard]] std::vector<kube::Snapshot<K>> controlled_by(const kube::Cache<K>& cache, const std::string& uid) {
    return cache.by_index(kControllerIndex, uid);
}
/// Objects without a controller.
template <kube::Kind K>
[[nodiscard]] std::vector<kube::Snapshot<K>> orphans_in(const kube::Cache<K>& cache, const std::string& namespace_) {
    return cache.by_index(kOrphanIndex, namespace_);
}

}  // namespace devcluster::workloads
