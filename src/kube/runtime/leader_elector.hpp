// Leader election on a Lease: of several processes, one acts.
#pragma once

#include <optional>
#include <string>

#include "kube/client/client.hpp"
#include "kube/meta/time.hpp"
#include "kube/runtime/event_recorder.hpp"
#include "kube/runtime/manager.hpp"
#include "kube/runtime/reflector.hpp"

namespace kube::detail {

/// Holds a coordination.k8s.io/v1 Lease as client-go does, so that both kinds of process can follow each other
/// (spec 07 §7).
///
/// Clocks of different machines are never compared: a lease of somebody else is over when this process has not seen it
/// change for its duration, by its own monotonic clock. Each write carries the version that it was computed from, so
/// two candidates cannot both win.
class LeaderElector {
public:
    LeaderElector(Surroundings& around, RawClient& client, LeaderElectionOptions options, EventRecorder& events);

    /// Returns when this process has the lease.
    [[nodiscard]] Async<> acquire();
    /// Renews the lease; returns when it is lost: somebody else has it, or no renewal succeeded in time.
    [[nodiscard]] Async<> hold();
    /// Gives the lease back, for somebody else to take at once, also where the answer to the last attempt to take or to
    /// renew it never came. Best effort. Nothing, when the lease was lost.
    [[nodiscard]] Async<> release();
    [[nodiscard]] bool is_leading() const { return is_leading_; }

private:
    /// The lease as it was seen last.
    struct Seen {
        ObjectReference object;
        std::string resource_version;
        std::string holder;
        std::chrono::seconds duration{0};
        std::string acquired_at;  // as it stands there
        std::string renewed_at;
        std::int64_t transitions = 0;
        /// When this process first saw it so.
        MonotonicTime changed_at{};
    };

    /// One attempt to take or to renew. False when somebody else has it, or was faster. Throws when there is no answer.
    [[nodiscard]] Async<bool> take_or_renew();
    [[nodiscard]] Async<bool> create_lease();
    /// One request. False when the lease is not what was seen last.
    [[nodiscard]] Async<bool> give_back();
    /// Reads the lease: does it name this process?
    [[nodiscard]] Async<bool> is_in_our_name();
    /// Attempts once; what went wrong is logged and counts as not taken.
    [[nodiscard]] Async<bool> attempt();
    void observe(const json::Value& lease);
    void announce(const std::string& what);
    [[nodiscard]] json::Object holding_spec(std::int64_t transitions, const std::string& acquired_at) const;
    void set_leading(bool is_leading);

    Surroundings& around_;
    RawClient& client_;
    LeaderElectionOptions options_;
    EventRecorder& events_;
    Logger log_;
    Gauge& status_;
    std::optional<Seen> seen_;
    MonotonicTime renewed_at_{};
    std::string reported_holder_;
    bool is_leading_ = false;
    /// A write that takes or renews the lease was sent, and its answer has not come: it may have been stored.
    bool is_undecided_ = false;
};

}  // namespace kube::detail
