// The one function that a controller's author writes.
#pragma once

#include "kube/async/async.hpp"
#include "kube/client/snapshot.hpp"
#include "kube/runtime/requeue.hpp"

namespace kube {

/// Brings the world nearer to what one object asks for, then says what to wait for.
///
/// Called with the newest version that the cache has; never twice at once for one key; not before the caches have seen
/// what earlier passes of this key wrote. An object that is gone is not reconciled. An exception becomes a log line, a
/// metric and a retry with back-off; the object's own status should say more where it can.
template <Kind K>
class Reconciler {
public:
    virtual ~Reconciler() = default;
    [[nodiscard]] virtual Async<Requeue> reconcile(Snapshot<K> object) = 0;
    /// The object is gone (seen deleted): drop what is kept in memory for it, such as metric series.
    virtual void forget(const NamespacedName& key) = 0;
};

}  // namespace kube
