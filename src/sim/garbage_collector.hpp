// The garbage collector of the simulated cluster: it needs no discovery and no watches.
#pragma once

#include <set>
#include <string>

#include "kube/async/async.hpp"
#include "kube/async/clock.hpp"
#include "kube/async/scope.hpp"
#include "kube/client/client.hpp"
#include "sim/oracle.hpp"
#include "sim/ways.hpp"

namespace sim {

class GarbageCollector {
public:
    /// Deletes through `client`. `view` is not asked before the first change, and may be in the making until then;
    /// everything outlives what `scope` runs.
    GarbageCollector(const View& view, const Surroundings& around, kube::Scope& scope, kube::Client& client)
        : view_{view}, around_{around}, scope_{scope}, client_{client} {}

    /// An object that was there before the world.
    void found(const devcluster::apiserver::ObjectPtr& object);
    /// Every change of the store, in its order. What loses its last owner goes after a while.
    void changed(const Change& change);
    /// Lets what it has begun end.
    void stop() { is_stopping_ = true; }

private:
    [[nodiscard]] bool is_orphan(const devcluster::apiserver::ObjectPtr& object) const;
    void collect(WatchedKind kind, const devcluster::apiserver::ObjectPtr& object);
    [[nodiscard]] kube::Async<> delete_orphan(WatchedKind kind, kube::NamespacedName key, kube::Uid uid);
    /// What is deleted in the foreground goes after its pods.
    [[nodiscard]] kube::Async<> delete_pods_first(kube::NamespacedName job, kube::Uid uid);

    const View& view_;
    const Surroundings& around_;
    kube::Scope& scope_;
    kube::Client& client_;
    std::set<std::string> living_uids_;
    bool is_stopping_ = false;
};

}  // namespace sim
