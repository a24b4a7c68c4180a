// One controller at work: what wakes it, what it holds back, what it runs.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "kube/async/scope.hpp"
#include "kube/async/signal.hpp"
#include "kube/runtime/controller.hpp"
#include "kube/runtime/debug_state.hpp"
#include "kube/runtime/detail/write_ledger.hpp"
#include "kube/runtime/reflector.hpp"
#include "kube/runtime/work_queue.hpp"

namespace kube::detail {

/// A key is held for its own writes at most so long; then it is logged and reconciled anyway.
inline constexpr std::chrono::seconds kOwnWriteLimit{30};

/// Turns changes of caches into keys, and keys into passes of the reconciler: many at once, never two for one key, and
/// none before the caches have seen what earlier passes of the key wrote.
///
/// A key is in one of these states: idle; waiting (in the queue, due or not); held (in the queue for the end of a wait
/// of the ledger, released earlier when the caches catch up); in flight.
class ControllerLoop {
public:
    /// Listens to the caches from now on: keys gather while nothing runs yet.
    ControllerLoop(Surroundings& around, ControllerSpec spec);
    ControllerLoop(const ControllerLoop&) = delete;
    ControllerLoop& operator=(const ControllerLoop&) = delete;

    /// Hands out keys until it is cancelled.
    [[nodiscard]] Async<> run();
    /// Cancels the passes in flight and waits for their end. After `run` was cancelled.
    [[nodiscard]] Async<> stop();

    void written(const ResourceType& type, const ObjectMeta& metadata);
    void deleted(const ResourceType& type, const NamespacedName& object, const Uid& uid, const ObjectMeta* remaining);

    [[nodiscard]] const ControllerSpec& spec() const { return spec_; }
    [[nodiscard]] ControllerDebugState debug_state() const;

private:
    struct Flight {
        MonotonicTime since;
    };
    struct Instruments;

    void changed(std::size_t source, const CacheStore::Entry* before, const CacheStore::Entry* after);
    void release(const std::vector<NamespacedName>& keys, bool is_conflict_possible);
    void start(const NamespacedName& key);
    [[nodiscard]] Async<> pass(NamespacedName key, CacheStore::Entry entry);
    void finish(const NamespacedName& key, const Requeue& requeue);
    void wait_for_newer(const NamespacedName& key, const ResourceVersion& version);
    void fail(const NamespacedName& key, const std::exception_ptr& failure, const std::string& reconcile_id);
    void drop(const NamespacedName& key);
    [[nodiscard]] std::vector<NamespacedName> keys_written_for(
        const ControllerSpec::Source& source, const ObjectMeta& metadata
    ) const;
    void update_instruments();

    Surroundings& around_;
    ControllerSpec spec_;
    Logger log_;
    WorkQueue queue_;
    WriteLedger ledger_;
    Signal slot_free_;
    Scope passes_;
    std::map<NamespacedName, Flight> in_flight_;
    std::set<NamespacedName> held_;
    /// Seen deleted since their last pass.
    std::set<NamespacedName> gone_;
    std::map<NamespacedName, unsigned> conflicts_in_a_row_;
    std::map<NamespacedName, std::string> waits_for_;
    std::map<NamespacedName, std::string> last_errors_;
    bool is_stopping_ = false;
    std::shared_ptr<Instruments> instruments_;
};

}  // namespace kube::detail
