// The manager: what is shared by all controllers, and the order in which everything starts and stops.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "kube/async/clock.hpp"
#include "kube/client/client.hpp"
#include "kube/http/transport.hpp"
#include "kube/runtime/barrier.hpp"
#include "kube/runtime/cache.hpp"
#include "kube/runtime/debug_state.hpp"
#include "kube/runtime/event_recorder.hpp"
#include "kube/runtime/log.hpp"

namespace kube {

class Metrics;  // kube/runtime/metrics.hpp
class Requeue;  // kube/runtime/requeue.hpp

struct LeaderElectionOptions {
    std::string lease_name;
    std::string lease_namespace;
    /// "<hostname>_<uuid>".
    std::string identity;
    std::chrono::milliseconds lease_duration{15'000};
    std::chrono::milliseconds renew_deadline{10'000};
    std::chrono::milliseconds retry_period{2'000};
};

/// HTTPS for the metrics, for callers whom the API server knows and allows only.
struct MetricsSecurity {
    /// PEM, read again when they change. A self-signed certificate for localhost where one of them does not exist.
    std::filesystem::path certificate_file;
    std::filesystem::path key_file;
};

struct ManagerOptions {
    /// No election: this process leads from the start.
    std::optional<LeaderElectionOptions> leader_election;
    /// Carries the requests about the lease, and nothing else: a renewal never waits for the work. Outlives the
    /// manager. Null: the manager's transport carries them as well.
    Transport* lease_transport = nullptr;
    /// "host:port", ":port"; "0" or empty: none. Port 0 lets the system choose; the log says which it is.
    std::string health_address = "0";
    std::string metrics_address = "0";
    /// None: plain HTTP, for anybody.
    std::optional<MetricsSecurity> metrics_security;
    /// How long a stop may take before the process gives up (spec 07 §14). After a lost lease it is 3 s at most.
    std::chrono::milliseconds graceful_stop_limit{30'000};
    FieldManager field_manager{"manager"};
    Logger log;
    /// Of all jitter and ids of this manager: the same seed gives the same run.
    std::uint64_t seed = 0;
    /// "host:port" of the API server, a label of rest_client_requests_total.
    std::string api_server_host;
    /// Serves GET /debug/barrier beside the probes: it holds connections until this process is at rest. For tests.
    bool serves_barrier = false;
    /// For tests: does the time come after which a pass wants to look again (Requeue::Kind::After)? Where it does not,
    /// what the pass waits for is observed, or waited for in vain. Not asked where a pass goes on at once. Null:
    /// always.
    std::function<bool(const Requeue&)> keeps_poll;
    /// The loop counts as wedged (and /healthz fails) when it has not turned for so long.
    std::chrono::milliseconds wedged_after{15'000};
};

/// May a kind be missing at the API server?
enum class KindNeed {
    /// Nothing starts before it is served and listed.
    Required,
    /// Its cache stays empty and unsynced, and holds nothing up, for as long as the API server answers its list with an
    /// error: its CRD is not installed, or not in order, or may not be read.
    Optional,
};

/// Owns caches, controllers, elections and servers; starts them in order and stops them in the reverse order.
///
/// Order: health and metrics servers, caches (first lists of all kinds at once), leader election, controllers.
/// `/readyz` says yes when the caches are synced and in touch, `/healthz` says no when the loop is wedged: the health
/// server runs on a small thread of its own (the only one), because a wedged loop could not answer. A standby warms its
/// caches.
class Manager {
public:
    /// `transport` outlives the manager. `clock` is the only source of time. Binds the health address: TransportError
    /// when that is taken.
    Manager(boost::asio::any_io_executor executor, Clock& clock, Transport& transport, ManagerOptions options);
    ~Manager();
    Manager(const Manager&) = delete;
    Manager& operator=(const Manager&) = delete;

    [[nodiscard]] boost::asio::any_io_executor executor() const;
    [[nodiscard]] Clock& clock() const;
    /// Writes through it are seen by the read-your-own-writes rule of the controllers.
    [[nodiscard]] Client& client() const;
    [[nodiscard]] Metrics& metrics() const;
    /// The recorder of a component ("seinode-controller").
    [[nodiscard]] EventRecorder& event_recorder(const std::string& component);

    /// The cache of a kind. The first call (before `run`) adds its reflector.
    template <Kind K>
    [[nodiscard]] Cache<K> cache(KindNeed need = KindNeed::Required) {
        return Cache<K>{cache_store(KindOf<K>::type, &decode_entry<K>, need, {}, {})};
    }
    /// What a cache does not keep of its objects, since nobody in this process reads it.
    template <Kind K>
    struct Trim {
        /// Takes away from an object what is not kept.
        std::function<void(K&)> trim;
        /// What is taken away anyway need not be parsed first. Refers to constants.
        UnreadMembers unread = {};
    };
    /// The same, with less memory and work. To be asked for before anybody else asks for the cache of this kind.
    template <Kind K>
    [[nodiscard]] Cache<K> trimmed_cache(Trim<K> trim, KindNeed need = KindNeed::Required) {
        const UnreadMembers unread = trim.unread;
        auto take_away = [trim = std::move(trim.trim)](void* object) { trim(*static_cast<K*>(object)); };
        return Cache<K>{cache_store(KindOf<K>::type, &decode_entry<K>, need, std::move(take_away), unread)};
    }

    /// Runs until `stop`, or until something fails that the process cannot survive (lost lease, metrics port in use, a
    /// stop that takes longer than its limit): then it throws. After the last of these coroutines are still there: end
    /// the process, do not go on with the loop.
    [[nodiscard]] Async<> run();
    /// Begins the graceful stop. Safe to call more than once.
    void stop();
    /// Are the caches synced (and, with election, is this process either leading or waiting), and none of a required
    /// kind out of touch with the API server for more than three minutes? What /readyz says.
    [[nodiscard]] bool is_ready() const;
    /// Which kinds keep it from being ready, and why; empty when it is. What /readyz?verbose says.
    [[nodiscard]] std::string why_not_ready() const;
    /// Leads this process, or is there no election?
    [[nodiscard]] bool is_leading() const;
    /// What the controllers are doing, in the order in which they were built: queued, in flight, due, waited for. Also
    /// GET /debug/controllers of the health server.
    [[nodiscard]] std::vector<ControllerDebugState> debug_state() const;
    /// Has this process seen what the question names, and has no key anything left to do because of it? False while a
    /// pass is in flight, on a standby, and for a kind that is not watched here. A yes is about this instant: it lasts
    /// until something changes.
    [[nodiscard]] BarrierAnswer at_barrier(const BarrierQuestion& question) const;
    /// Waits until `at_barrier` says yes, or until `deadline`: then the answer says what was in the way. Also GET
    /// /debug/barrier of the health server, where that is switched on.
    [[nodiscard]] Async<BarrierAnswer> reach_barrier(BarrierQuestion question, Deadline deadline);
    /// Every object of every controller becomes due now: "at rest, one more pass of everything writes nothing" can be
    /// shown without waiting for time to pass (spec 08 §15.5).
    void wake_all();
    [[nodiscard]] unsigned short health_port() const;
    [[nodiscard]] unsigned short metrics_port() const;

    struct Impl;
    [[nodiscard]] Impl& impl() { return *impl_; }

private:
    using TrimEntry = std::function<void(void* object)>;
    using DecodeEntry = detail::CacheStore::Entry (*)(const json::Value& object, const TrimEntry& trim);
    template <Kind K>
    static detail::CacheStore::Entry decode_entry(const json::Value& object, const TrimEntry& trim) {
        auto decoded = std::make_shared<K>(json::from_json<K>(object));
        if (trim) trim(decoded.get());
        const ObjectMeta* metadata = &decoded->metadata;
        return {std::move(decoded), metadata};
    }
    [[nodiscard]] std::shared_ptr<detail::CacheStore> cache_store(
        const ResourceType& type, DecodeEntry decode, KindNeed need, TrimEntry trim, UnreadMembers unread
    );
    std::unique_ptr<Impl> impl_;
};

}  // namespace kube
