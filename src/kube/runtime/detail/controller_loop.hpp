// One controller at work: what wakes it, what it holds back, what it runs.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "kube/async/scope.hpp"
#include "kube/async/signal.hpp"
#include "kube/runtime/barrier.hpp"
#include "kube/runtime/controller.hpp"
#include "kube/runtime/debug_state.hpp"
#include "kube/runtime/detail/write_ledger.hpp"
#include "kube/runtime/reflector.hpp"
#include "kube/runtime/work_queue.hpp"

namespace kube::detail {

/// A key is held for its own writes at most so long; then it is logged and reconciled anyway.
inline constexpr std::chrono::seconds kOwnWriteLimit{30};

/// A pass that takes longer waits for something outside (less would be memory: a busy API server takes half a second),
/// and no longer counts against `reconciles_in_flight_max`: a hundred hanging sidecars hold up no other key. So many
/// times that bound are in flight at most all the same.
inline constexpr std::chrono::milliseconds kSlowPass{2000};
inline constexpr std::size_t kSlowPassesFactor = 8;

/// Turns changes of caches into keys, and keys into passes of the reconciler: many at once, never two for one key, and
/// none before the caches have seen what earlier passes of the key wrote.
///
/// A key is in one of these states: idle; waiting (in the queue, due or not); held (in the queue for the end of a wait
/// of the ledger, released earlier when the caches catch up); in flight.
class ControllerLoop {
public:
    /// Listens to the caches from now on. Before `run` nothing is kept of what they say: a standby may wait for weeks.
    ControllerLoop(Surroundings& around, ControllerSpec spec);
    ControllerLoop(const ControllerLoop&) = delete;
    ControllerLoop& operator=(const ControllerLoop&) = delete;

    /// Hands out the keys of all objects of the primary kind, then those that are woken, until it is cancelled.
    [[nodiscard]] Async<> run();
    /// No further pass begins.
    void close();
    /// Closes, cancels the passes in flight and waits for their end.
    [[nodiscard]] Async<> stop();

    void written(const ResourceType& type, const ObjectMeta& metadata);
    void deleted(const ResourceType& type, const NamespacedName& object, const Uid& uid, const ObjectMeta* remaining);

    [[nodiscard]] const ControllerSpec& spec() const { return spec_; }
    [[nodiscard]] ControllerDebugState debug_state() const;

    /// Why this controller is not at rest as the question means it; nullopt when it is. A pass in flight, a key that is
    /// queued or held, one whose last pass failed or met a conflict, and one that has not yet seen its own write are
    /// all in the way. A key that only polls is not, unless it is due within the question's bound.
    [[nodiscard]] std::optional<std::string> unrest(const BarrierQuestion& question) const;
    /// Does a change of this cache wake keys here?
    [[nodiscard]] bool listens_to(const CacheStore& cache) const;
    /// Makes every object of the primary kind due now, where `run` has begun.
    void wake_all();
    /// Called when a key may have come to rest.
    void on_rest(std::function<void()> call) { rested_ = std::move(call); }

private:
    struct Flight {
        MonotonicTime since;
    };
    struct Instruments;

    void changed(std::size_t source, const CacheStore::Entry* before, const CacheStore::Entry* after);
    void release(const std::vector<NamespacedName>& keys, bool is_conflict_possible);
    /// Returns when another pass may begin.
    [[nodiscard]] Async<> await_slot();
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
    /// When the last pass wants to look again at something outside: a key that is due then has nothing to do now.
    std::map<NamespacedName, MonotonicTime> polls_;
    std::function<void()> rested_;
    std::map<NamespacedName, std::string> waits_for_;
    std::map<NamespacedName, std::string> last_errors_;
    bool is_started_ = false;
    bool is_stopping_ = false;
    std::shared_ptr<Instruments> instruments_;
};

}  // namespace kube::detail
