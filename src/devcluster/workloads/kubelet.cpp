#include "devcluster/workloads/kubelet.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "devcluster/workloads/api_requests.hpp"
#include "devcluster/workloads/key_loop.hpp"
#include "devcluster/workloads/pod_conditions.hpp"
#include "devcluster/workloads/pod_needs.hpp"
#include "devcluster/workloads/pod_queries.hpp"
#include "devcluster/workloads/pod_run.hpp"
#include "kube/async/signal.hpp"

namespace devcluster::workloads {

namespace {

using Pod = kube::Snapshot<kube::Pod>;
using Due = std::optional<std::chrono::microseconds>;

constexpr const char* kNeedIndex = "needs";
constexpr std::chrono::seconds kRegisterAgainAfter{1};
/// 10.244.0.0/16 without its first and last addresses.
constexpr std::uint32_t kAddressesMax = 65'533;

std::string address(std::uint32_t number) {
    const std::uint32_t host = number + 2;
    return fmt::format("10.244.{}.{}", host / 256, host % 256);
}

}  // namespace

kube::Async<bool> PodProbe::has_started(kube::Snapshot<kube::Pod>, std::string) {
    co_return true;
}
kube::Async<bool> PodProbe::is_ready(kube::Snapshot<kube::Pod>, std::string) {
    co_return true;
}

struct Kubelet::Impl {
    Impl(
        kube::Manager& manager,
        kube::Transport& transport_,
        kube::Logger log_,
        KubeletOptions options_,
        KubeletFaults& faults_,
        PodProbe& probe_,
        ContainerObserver* observer_
    )
        : options{std::move(options_)},
          log{log_},
          clock{manager.clock()},
          transport{transport_},
          client{transport_, {.field_manager = kube::FieldManager{"simulated-kubelet"}}},
          events{recorder(manager, "kubelet", options.events)},
          scheduler_events{recorder(manager, "default-scheduler", options.events)},
          faults{faults_},
          probe{probe_},
          observer{observer_},
          pods{manager.cache<kube::Pod>()},
          claims{manager.cache<kube::PersistentVolumeClaim>()},
          config_maps{manager.cache<kube::ConfigMap>()},
          secrets{manager.cache<kube::Secret>()},
          progressed{manager.executor()},
          scope{manager.executor()},
          loop{manager.executor(), manager.clock(), "kubelet", std::move(log_), [this](kube::NamespacedName key) {
                   return handle(std::move(key));
               }} {
        pods.add_index(kNeedIndex, needs_of);
        pods.store()->on_change([this](const auto* before, const auto* after) {
            loop.add((after != nullptr ? after : before)->metadata->key());
        });
        watch_supplies(*claims.store(), need_of_claim);
        watch_supplies(*config_maps.store(), need_of_config_map);
        watch_supplies(*secrets.store(), need_of_secret);
        for (const auto& store : {pods.store(), claims.store(), config_maps.store(), secrets.store()}) {
            store->on_progress([this] {
                if (!is_started) progressed.notify_all();
            });
        }
        faults.on_change([this] { recheck_all(); });
    }
    ~Impl() { faults.on_change({}); }

    /// What is known of a pod beside its object.
    struct Record {
        std::string uid;
        std::optional<Pod> pod;
        std::string address;
        /// Running processes, and their containerID.
        std::map<std::string, std::string> running;
        std::map<std::string, kube::WallTime> pull_failing_since;
        std::optional<kube::MonotonicTime> ends_at;
    };

    void watch_supplies(kube::detail::CacheStore& store, std::string (*need)(const kube::NamespacedName&)) {
        store.on_change([this, need](const auto* before, const auto* after) {
            const std::string index = need((after != nullptr ? after : before)->metadata->key());
            for (const Pod& pod : pods.by_index(kNeedIndex, index)) {
                if (pod->status.phase == "Pending") loop.add(pod.key());
            }
        });
    }

    void recheck_all() {
        for (const Pod& pod : pods.list()) loop.add(pod.key());
    }

    [[nodiscard]] bool is_synced() const {
        return pods.is_synced() && claims.is_synced() && config_maps.is_synced() && secrets.is_synced();
    }
    [[nodiscard]] Supplies supplies() const { return {claims, config_maps, secrets}; }

    [[nodiscard]] kube::Async<> register_until_done();
    [[nodiscard]] kube::Async<Due> handle(kube::NamespacedName key);
    [[nodiscard]] kube::Async<> schedule(Pod pod);
    [[nodiscard]] kube::Async<Due> terminate(Pod pod);
    [[nodiscard]] kube::Async<Due> advance(Pod pod);
    [[nodiscard]] kube::Async<PodStep> step(Pod pod);
    [[nodiscard]] PodInputs inputs_for(const kube::Pod& pod, const Record& record) const;

    Record& record_of(const Pod& pod);
    void forget(const kube::NamespacedName& key);
    void observe(Record& record, const PodStep& step);
    void stop_all(Record& record);
    [[nodiscard]] std::string free_address();

    KubeletOptions options;
    kube::Logger log;
    kube::Clock& clock;
    kube::Transport& transport;
    kube::Client client;
    kube::EventRecorder& events;
    kube::EventRecorder& scheduler_events;
    KubeletFaults& faults;
    PodProbe& probe;
    ContainerObserver* observer;
    kube::Cache<kube::Pod> pods;
    kube::Cache<kube::PersistentVolumeClaim> claims;
    kube::Cache<kube::ConfigMap> config_maps;
    kube::Cache<kube::Secret> secrets;
    kube::Signal progressed;
    kube::Scope scope;
    bool is_started = false;
    bool is_stopping = false;
    std::map<kube::NamespacedName, Record> records;
    std::set<std::string> addresses;
    std::uint32_t next_address = 0;
    KeyLoop loop;
};

std::string Kubelet::Impl::free_address() {
    for (std::uint32_t tried = 0; tried < kAddressesMax; ++tried) {
        std::string candidate = address(next_address++ % kAddressesMax);
        if (addresses.insert(candidate).second) return candidate;
    }
    throw std::runtime_error{"no address is left in 10.244.0.0/16"};
}

/// A pod that is new to this process may be running already: then its processes are, too.
Kubelet::Impl::Record& Kubelet::Impl::record_of(const Pod& pod) {
    Record& record = records[pod.key()];
    if (record.uid != pod->metadata.uid) {
        forget(pod.key());
        record = Record{.uid = pod->metadata.uid};
        record.address = pod->status.podIP;
        if (!record.address.empty()) addresses.insert(record.address);
        for (const auto* statuses : {&pod->status.initContainerStatuses, &pod->status.containerStatuses}) {
            for (const kube::ContainerStatus& status : *statuses) {
                if (!status.state || !status.state->running) continue;
                record.running[status.name] = status.containerID;
                if (observer != nullptr) observer->container_started(*pod, status.name);
            }
        }
    }
    record.pod = pod;
    return record;
}

void Kubelet::Impl::stop_all(Record& record) {
    for (const auto& [container, id] : std::exchange(record.running, {})) {
        if (observer != nullptr) observer->container_stopped(**record.pod, container);
    }
}

void Kubelet::Impl::forget(const kube::NamespacedName& key) {
    const auto found = records.find(key);
    if (found == records.end()) return;
    if (found->second.pod) stop_all(found->second);
    addresses.erase(found->second.address);
    found->second = Record{};
}

/// Tells of each process once, although a step may be computed again.
void Kubelet::Impl::observe(Record& record, const PodStep& step) {
    for (const PodStep::Transition& transition : step.transitions) {
        const auto* status = kube::find_container_status(step.status, transition.container);
        if (transition.is_start) {
            if (!record.running.try_emplace(transition.container, status->containerID).second) continue;
            if (observer != nullptr) observer->container_started(**record.pod, transition.container);
        } else if (record.running.erase(transition.container) > 0 && observer != nullptr) {
            observer->container_stopped(**record.pod, transition.container);
        }
    }
}

kube::Async<> Kubelet::Impl::register_until_done() {
    while (!is_stopping) {
        std::string error;
        try {
            if (co_await register_machine(client, clock, options.machine)) co_return;
            error = "others keep changing its Node";
        } catch (const kube::ApiError& refusal) {
            error = refusal.what();
        } catch (const kube::TransportError& failure) {
            error = failure.what();
        }
        log.warn("The machine could not be registered; trying again", {{"error", error}});
        co_await clock.sleep_for(kRegisterAgainAfter);
    }
}

kube::Async<Due> Kubelet::Impl::handle(kube::NamespacedName key) {
    const auto pod = pods.get(key);
    if (!pod) {
        forget(key);
        records.erase(key);
        co_return std::nullopt;
    }
    const bool is_unbound = (*pod)->spec.nodeName.empty();
    if (is_unbound) {
        if (options.binding == Binding::Own) co_await schedule(*pod);
        co_return std::nullopt;
    }
    if ((*pod)->spec.nodeName != options.machine.name) co_return std::nullopt;
    if (is_terminating(**pod)) co_return co_await terminate(*pod);
    if (is_finished(**pod)) co_return std::nullopt;
    co_return co_await advance(*pod);
}

kube::Async<> Kubelet::Impl::schedule(Pod pod) {
    if (is_finished(*pod)) co_return;
    if (is_terminating(*pod)) {
        co_await delete_at_once(transport, pod.key(), pod.uid());
        co_return;
    }
    std::optional<std::string> why = why_unschedulable(*pod, supplies());
    if (faults.of_pod(*pod, FaultKind::Pending)) why = "0/1 nodes are available: devcluster/fault: pending.";
    if (!why) {
        const auto outcome = co_await bind_pod(transport, pod.key(), pod.uid(), options.machine.name);
        if (outcome != BindOutcome::Bound) co_return;
        scheduler_events.record(
            kube::reference_to(*pod),
            kube::EventType::Normal,
            "Scheduled",
            fmt::format(
                "Successfully assigned {}/{} to {}", pod->metadata.namespace_, pod->metadata.name, options.machine.name
            )
        );
        co_return;
    }
    kube::PodStatus status = pod->status;
    const auto* told = kube::find_condition(status.conditions, "PodScheduled");
    if (told != nullptr && told->status == "False" && told->message == *why) co_return;
    set_pod_condition(
        status,
        {.type = "PodScheduled",
         .status = "False",
         .lastTransitionTime = kube::Time::of(clock.now()),
         .reason = "Unschedulable",
         .message = *why}
    );
    const auto written = co_await client.write_status(pod, std::move(status));
    if (!written) co_return;  // The pod has changed: its event brings it back.
    scheduler_events.record(kube::reference_to(*pod), kube::EventType::Warning, "FailedScheduling", *why);
}

kube::Async<Due> Kubelet::Impl::terminate(Pod pod) {
    // Already deleted for good: only finalizers keep the object.
    if (pod->metadata.deletionGracePeriodSeconds == 0 && !pod->metadata.finalizers.empty()) co_return std::nullopt;
    Record& record = record_of(pod);
    const auto grace = std::chrono::seconds{pod->metadata.deletionGracePeriodSeconds.value_or(0)};
    const auto now = clock.monotonic();
    if (!record.ends_at) record.ends_at = now + options.termination_delay;
    const auto ends_at = std::min(*record.ends_at, now + grace);
    record.ends_at = ends_at;
    if (ends_at > now) co_return std::chrono::ceil<std::chrono::microseconds>(ends_at - now);
    stop_all(record);
    co_await delete_at_once(transport, pod.key(), pod.uid());
    co_return std::nullopt;
}

PodInputs Kubelet::Impl::inputs_for(const kube::Pod& pod, const Record& record) const {
    PodInputs inputs{
        .now = clock.now(), .host_ip = options.machine.address, .pod_ip = record.address, .faults = &faults
    };
    if (!has_begun(pod)) inputs.missing_volume = missing_volume(pod, supplies());
    for (const auto* containers : {&pod.spec.initContainers, &pod.spec.containers}) {
        for (const kube::Container& container : *containers) {
            if (auto why = missing_environment(pod, container, supplies())) {
                inputs.misconfigured[container.name] = std::move(*why);
            }
        }
    }
    inputs.pull_failing_since = record.pull_failing_since;
    return inputs;
}

/// Steps, asks the probes that the step needs, steps again.
kube::Async<PodStep> Kubelet::Impl::step(Pod pod) {
    Record& first = record_of(pod);
    if (first.address.empty()) first.address = free_address();
    PodInputs inputs = inputs_for(*pod, first);
    for (;;) {
        PodStep next = step_pod(*pod, inputs);
        const auto record = records.find(pod.key());
        if (record == records.end() || record->second.uid != pod->metadata.uid) co_return next;
        observe(record->second, next);
        if (next.asks.empty()) co_return next;
        for (const PodStep::Ask& ask : next.asks) {
            if (ask.kind == PodStep::ProbeKind::Startup) {
                const bool answer = co_await probe.has_started(pod, ask.container);
                inputs.answers[ask.container].started = answer;
            } else {
                const bool answer = co_await probe.is_ready(pod, ask.container);
                inputs.answers[ask.container].ready = answer;
            }
        }
    }
}

kube::Async<Due> Kubelet::Impl::advance(Pod pod) {
    PodStep next = co_await step(pod);
    const auto written = co_await client.write_status(pod, next.status);
    if (!written) co_return std::nullopt;  // The pod has changed: its event brings it back.
    if (const auto record = records.find(pod.key()); record != records.end()) {
        record->second.pull_failing_since = std::move(next.pull_failing_since);
    }
    for (const PodNotice& notice : next.notices) {
        events.record(
            kube::reference_to(*pod),
            notice.is_warning ? kube::EventType::Warning : kube::EventType::Normal,
            notice.reason,
            notice.message
        );
    }
    co_return next.due;
}

Kubelet::Kubelet(
    kube::Manager& manager,
    kube::Transport& transport,
    kube::Logger log,
    KubeletOptions options,
    KubeletFaults& faults,
    PodProbe& probe,
    ContainerObserver* observer
)
    : impl_{std::make_unique<Impl>(manager, transport, std::move(log), std::move(options), faults, probe, observer)} {}

Kubelet::~Kubelet() = default;

kube::Async<> Kubelet::run() {
    Impl& impl = *impl_;
    std::exception_ptr failure;
    try {
        while (!impl.is_synced() && !impl.is_stopping) co_await impl.progressed.wait();
        impl.is_started = true;
        co_await impl.register_until_done();
        if (impl.options.machine.renews_lease) {
            impl.scope.spawn("lease", renew_lease(impl.client, impl.clock, impl.options.machine.name));
        }
        co_await impl.loop.run();
    } catch (...) {
        failure = std::current_exception();
    }
    co_await impl.scope.stop();
    if (failure) std::rethrow_exception(failure);
}

void Kubelet::stop() {
    impl_->is_stopping = true;
    impl_->progressed.notify_all();
    impl_->loop.stop();
}

void Kubelet::recheck(const kube::NamespacedName& pod) {
    impl_->loop.add(pod);
}

bool Kubelet::is_at_rest() const {
    return impl_->loop.is_at_rest();
}

void Kubelet::recheck_all() {
    impl_->recheck_all();
}

}  // namespace devcluster::workloads
