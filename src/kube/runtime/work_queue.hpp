// Which key is reconciled next.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "kube/async/async.hpp"
#include "kube/async/clock.hpp"
#include "kube/meta/names.hpp"

namespace kube {

/// First and longest delay of a key that fails again and again; it doubles in between (spec 07 §6).
inline constexpr std::chrono::milliseconds kFailureDelayMin{5};
inline constexpr std::chrono::milliseconds kFailureDelayMax{1'000'000};

/// Keys waiting to be reconciled: each held once, and never handed out twice at a time.
///
/// A key added while it is in flight comes back after `done`, however often it was added: a reconcile looks at the
/// level, not at each edge (the rule of client-go's workqueue). Of two due times the earlier wins, so that a watch
/// event is never held back by a long poll. Keys due at the same instant leave in the order of their arrival.
class WorkQueue {
public:
    WorkQueue(boost::asio::any_io_executor executor, Clock& clock);
    ~WorkQueue();
    WorkQueue(const WorkQueue&) = delete;
    WorkQueue& operator=(const WorkQueue&) = delete;

    void add(const NamespacedName& key) { add_after(key, std::chrono::milliseconds{0}); }
    /// Makes `key` due `delay` from now, unless it is due earlier already. Zero means at once.
    void add_after(const NamespacedName& key, MonotonicTime::duration delay);
    /// Counts a failure of `key` and makes it due after its back-off, which this returns: 5 ms, doubled with each
    /// failure in a row up to 1000 s, of which `jitter` (at least 0, below 1) takes away up to a tenth.
    std::chrono::milliseconds add_after_failure(const NamespacedName& key, double jitter);
    /// The key succeeded: its next failure is a first one.
    void forget_failures(const NamespacedName& key);
    [[nodiscard]] unsigned failures(const NamespacedName& key) const;

    /// Waits for the next due key. Nullopt, for good, once `close` was called and no key is in flight.
    [[nodiscard]] Async<std::optional<NamespacedName>> next();
    /// To be called exactly once for each key that `next` gave out.
    void done(const NamespacedName& key);
    /// No key is handed out from now on.
    void close();

    struct Waiting {
        NamespacedName key;
        MonotonicTime due;
    };
    /// In the order in which they will leave.
    [[nodiscard]] std::vector<Waiting> waiting() const;
    /// Keys that are due and not in flight.
    [[nodiscard]] std::size_t depth() const;
    [[nodiscard]] std::size_t in_flight() const;
    /// Counted since the beginning: additions of keys that were not waiting, and those of them after failures or
    /// delays.
    [[nodiscard]] std::uint64_t adds() const;
    [[nodiscard]] std::uint64_t retries() const;
    /// How long the key that `next` gave out last had been due.
    [[nodiscard]] MonotonicTime::duration waited() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace kube
