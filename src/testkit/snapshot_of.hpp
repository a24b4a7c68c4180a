// A snapshot of an object that was made here: for tests of what only looks at what was read.
#pragma once

#include <utility>
#include <vector>

#include "kube/client/snapshot.hpp"

namespace testkit {

/// As if `object` had just been read. Whoever writes over it is refused where it has no version.
template <kube::Kind K>
kube::Snapshot<K> snapshot_of(K object) {
    return kube::Snapshot<K>{std::move(object)};
}

/// The same of each.
template <kube::Kind K>
std::vector<kube::Snapshot<K>> snapshots_of(std::vector<K> objects) {
    std::vector<kube::Snapshot<K>> snapshots;
    for (K& object : objects) snapshots.push_back(snapshot_of(std::move(object)));
    return snapshots;
}

}  // namespace testkit
