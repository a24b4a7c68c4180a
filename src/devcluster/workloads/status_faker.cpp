#include "devcluster/workloads/status_faker.hpp"

#include <algorithm>
#include <set>

#include "devcluster/workloads/key_loop.hpp"
#include "devcluster/workloads/objects.hpp"
#include "kube/async/signal.hpp"
#include "kube/types/persistent_volume_claim.hpp"

namespace devcluster::workloads {

namespace {

using Due = std::optional<std::chrono::microseconds>;

constexpr std::string_view kRevision = "stub-rev";

kube::WorkloadCondition true_condition(std::string type, kube::Time now) {
    return {.type = std::move(type), .status = "True", .lastTransitionTime = now};
}

}  // namespace

struct StatusFaker::Impl {
    Impl(kube::Manager& manager, kube::Transport& transport, kube::Logger log)
        : clock{manager.clock()},
          client{transport, {.field_manager = kube::FieldManager{"status-faker"}}},
          sets{manager.cache<StatefulSet>()},
          jobs{manager.cache<Job>()},
          claims{manager.cache<kube::PersistentVolumeClaim>()},
          quiet{manager.executor()},
          set_loop{manager.executor(), clock, "StatefulSet faker", log, [this](auto key) { return play_set(key); }},
          job_loop{manager.executor(), clock, "Job faker", log, [this](auto key) { return play_job(key); }},
          claim_loop{manager.executor(), clock, "claim faker", log, [this](auto key) { return play_claim(key); }},
          scope{manager.executor()} {
        feed(*sets.store(), set_loop);
        feed(*jobs.store(), job_loop);
        feed(*claims.store(), claim_loop);
    }

    static void feed(kube::detail::CacheStore& store, KeyLoop& loop) {
        store.on_change([&loop](const auto*, const auto* after) {
            if (after != nullptr) loop.add(after->metadata->key());
        });
    }

    /// Counts a write for as long as it is under way.
    struct Writing {
        explicit Writing(Impl& impl_) : impl{impl_} { ++impl.writes; }
        ~Writing() {
            if (--impl.writes == 0) impl.quiet.notify_all();
        }
        Writing(const Writing&) = delete;
        Writing& operator=(const Writing&) = delete;
        Impl& impl;
    };

    [[nodiscard]] bool is_paused(const std::string& namespace_) const {
        return paused.contains("") || paused.contains(namespace_);
    }

    [[nodiscard]] kube::Async<Due> play_set(kube::NamespacedName key);
    [[nodiscard]] kube::Async<Due> play_job(kube::NamespacedName key);
    [[nodiscard]] kube::Async<Due> play_claim(kube::NamespacedName key);

    kube::Clock& clock;
    kube::Client client;
    kube::Cache<StatefulSet> sets;
    kube::Cache<Job> jobs;
    kube::Cache<kube::PersistentVolumeClaim> claims;
    /// Namespaces; empty: all of them.
    std::set<std::string> paused;
    std::size_t writes = 0;
    kube::Signal quiet;
    KeyLoop set_loop;
    KeyLoop job_loop;
    KeyLoop claim_loop;
    kube::Scope scope;
};

kube::Async<Due> StatusFaker::Impl::play_set(kube::NamespacedName key) {
    const auto set = sets.get(key);
    if (!set || is_paused(key.namespace_)) co_return std::nullopt;
    const std::int32_t replicas = (*set)->spec.replicas.value_or(1);
    const std::int64_t generation = (*set)->metadata.generation;
    const kube::StatefulSetStatus& present = (*set)->status;
    if (present.observedGeneration == generation && present.readyReplicas == replicas) co_return std::nullopt;
    kube::StatefulSetStatus status = present;
    status.observedGeneration = generation;
    status.replicas = status.readyReplicas = status.updatedReplicas = replicas;
    status.availableReplicas = status.currentReplicas = replicas;
    status.currentRevision = status.updateRevision = kRevision;
    const Writing writing{*this};
    (void)co_await client.write_status(*set, std::move(status));
    co_return std::nullopt;  // Refused: the set has changed, and its event brings it back.
}

kube::Async<Due> StatusFaker::Impl::play_job(kube::NamespacedName key) {
    const auto job = jobs.get(key);
    if (!job) co_return std::nullopt;
    const bool is_done = (*job)->status.succeeded > 0;
    const bool is_frozen = is_paused(key.namespace_);
    if (is_done || is_frozen) {
        if ((*job)->metadata.deletionTimestamp && !(*job)->metadata.finalizers.empty()) {
            const Writing writing{*this};
            (void)co_await client.write_finalizers(*job, {});
        }
        co_return std::nullopt;
    }
    const kube::Time now = kube::Time::of(clock.now());
    kube::JobStatus status = (*job)->status;
    status.succeeded = 1;
    status.startTime = status.startTime.value_or(now);
    status.completionTime = now;
    status.conditions = {true_condition("SuccessCriteriaMet", now), true_condition("Complete", now)};
    const Writing writing{*this};
    (void)co_await client.write_status(*job, std::move(status));
    co_return std::nullopt;
}

kube::Async<Due> StatusFaker::Impl::play_claim(kube::NamespacedName key) {
    const auto claim = claims.get(key);
    if (!claim) co_return std::nullopt;
    const Writing writing{*this};
    if ((*claim)->status.phase == "Bound") {
        if ((*claim)->metadata.deletionTimestamp && !(*claim)->metadata.finalizers.empty()) {
            (void)co_await client.write_finalizers(*claim, {});
        }
        co_return std::nullopt;
    }
    kube::PersistentVolumeClaimStatus status = (*claim)->status;
    status.phase = "Bound";
    status.accessModes = {"ReadWriteOnce"};
    if ((*claim)->spec.resources) status.capacity = (*claim)->spec.resources->requests;
    (void)co_await client.write_status(*claim, std::move(status));
    co_return std::nullopt;
}

StatusFaker::StatusFaker(kube::Manager& manager, kube::Transport& transport, kube::Logger log)
    : impl_{std::make_unique<Impl>(manager, transport, std::move(log))} {}

StatusFaker::~StatusFaker() = default;

kube::Async<> StatusFaker::run() {
    Impl& impl = *impl_;
    std::exception_ptr failure;
    impl.scope.spawn("StatefulSets", impl.set_loop.run());
    impl.scope.spawn("Jobs", impl.job_loop.run());
    impl.scope.spawn("claims", impl.claim_loop.run());
    try {
        co_await impl.scope.drained();
    } catch (...) {
        failure = std::current_exception();
    }
    co_await impl.scope.stop();
    if (failure) std::rethrow_exception(failure);
}

void StatusFaker::stop() {
    impl_->set_loop.stop();
    impl_->job_loop.stop();
    impl_->claim_loop.stop();
}

kube::Async<> StatusFaker::pause(std::string namespace_) {
    impl_->paused.insert(std::move(namespace_));
    while (impl_->writes > 0) co_await impl_->quiet.wait();
}

void StatusFaker::resume(const std::string& namespace_) {
    if (namespace_.empty()) {
        impl_->paused.clear();
    } else {
        impl_->paused.erase(namespace_);
    }
    for (const auto& set : impl_->sets.list(namespace_)) impl_->set_loop.add(set.key());
    for (const auto& job : impl_->jobs.list(namespace_)) impl_->job_loop.add(job.key());
}

bool StatusFaker::is_at_rest() const {
    return impl_->set_loop.is_at_rest() && impl_->job_loop.is_at_rest() && impl_->claim_loop.is_at_rest();
}

bool StatusFaker::is_paused(const std::string& namespace_) const {
    return impl_->is_paused(namespace_);
}

}  // namespace devcluster::workloads
