#include "devcluster/workloads/workloads.hpp"

#include <stdexcept>

#include "devcluster/workloads/claim_binder.hpp"
#include "devcluster/workloads/garbage_collector.hpp"
#include "devcluster/workloads/job_controller.hpp"
#include "devcluster/workloads/namespace_controller.hpp"
#include "devcluster/workloads/owner_index.hpp"
#include "devcluster/workloads/stateful_set_controller.hpp"
#include "kube/async/scope.hpp"
#include "kube/runtime/manager.hpp"

namespace devcluster::workloads {

WorkloadsOptions WorkloadsOptions::faker_only() {
    WorkloadsOptions options;
    options.has_stateful_sets = false;
    options.has_jobs = false;
    options.has_claims = false;
    options.has_kubelet = false;
    options.has_status_faker = true;
    return options;
}

WorkloadsOptions WorkloadsOptions::kubelet_only() {
    WorkloadsOptions options;
    options.has_stateful_sets = false;
    options.has_jobs = false;
    options.has_garbage_collector = false;
    options.has_namespaces = false;
    options.kubelet.binding = Binding::Scheduler;
    options.kubelet.machine.renews_lease = true;
    return options;
}

struct Workloads::Impl {
    Impl(
        boost::asio::any_io_executor executor,
        kube::Clock& clock,
        kube::Transport& transport,
        WorkloadsOptions options,
        PodProbe* probe,
        ContainerObserver* observer
    )
        : scope{executor, [this](const std::string&, std::exception_ptr failed) {
                    if (!failure) failure = std::move(failed);
                    stop();
                }} {
        kube::ManagerOptions manager_options;
        manager_options.field_manager = kube::FieldManager{"simulated-controller-manager"};
        manager_options.log = options.log;
        manager = std::make_unique<kube::Manager>(executor, clock, transport, std::move(manager_options));
        const bool creates_pods = options.has_stateful_sets || options.has_jobs;
        if (creates_pods) index_owners<kube::Pod>(*manager);
        if (options.has_stateful_sets)
            stateful_sets = std::make_unique<StatefulSetController>(*manager, options.events);
        if (options.has_jobs) jobs = std::make_unique<JobController>(*manager, options.events);
        if (options.has_claims) claims = std::make_unique<ClaimBinder>(*manager);
        if (options.has_namespaces) namespaces = std::make_unique<NamespaceController>(*manager, transport);
        if (options.has_kubelet) {
            options.kubelet.events = options.events;
            PodProbe& asked = probe != nullptr ? *probe : passes_at_once;
            kubelet =
                std::make_unique<Kubelet>(*manager, transport, options.log, options.kubelet, faults, asked, observer);
        }
        if (options.has_status_faker) faker = std::make_unique<StatusFaker>(*manager, transport, options.log);
        if (options.has_garbage_collector) {
            garbage = std::make_unique<GarbageCollector>(executor, clock, transport, options.log);
        }
    }
    ~Impl() {
        // Its caches call the parts.
        manager.reset();
    }

    void stop() {
        if (kubelet) kubelet->stop();
        if (faker) faker->stop();
        if (garbage) garbage->stop();
        manager->stop();
    }

    KubeletFaults faults;
    PodProbe passes_at_once;
    std::exception_ptr failure;
    std::unique_ptr<kube::Manager> manager;
    std::unique_ptr<StatefulSetController> stateful_sets;
    std::unique_ptr<JobController> jobs;
    std::unique_ptr<ClaimBinder> claims;
    std::unique_ptr<NamespaceController> namespaces;
    std::unique_ptr<Kubelet> kubelet;
    std::unique_ptr<StatusFaker> faker;
    std::unique_ptr<GarbageCollector> garbage;
    kube::Scope scope;
};

Workloads::Workloads(
    boost::asio::any_io_executor executor,
    kube::Clock& clock,
    kube::Transport& transport,
    WorkloadsOptions options,
    PodProbe* probe,
    ContainerObserver* observer
)
    : impl_{std::make_unique<Impl>(std::move(executor), clock, transport, std::move(options), probe, observer)} {}

Workloads::~Workloads() = default;

kube::Async<> Workloads::run() {
    Impl& impl = *impl_;
    impl.scope.spawn("manager", impl.manager->run());
    if (impl.kubelet) impl.scope.spawn("kubelet", impl.kubelet->run());
    if (impl.faker) impl.scope.spawn("status faker", impl.faker->run());
    if (impl.garbage) impl.scope.spawn("garbage collector", impl.garbage->run());
    std::exception_ptr cancelled;
    try {
        co_await impl.scope.drained();
    } catch (...) {
        cancelled = std::current_exception();
    }
    impl.stop();
    co_await impl.scope.stop();
    if (impl.failure) std::rethrow_exception(impl.failure);
    if (cancelled) std::rethrow_exception(cancelled);
}

void Workloads::stop() {
    impl_->stop();
}

bool Workloads::is_ready() const {
    return impl_->manager->is_ready() && (!impl_->garbage || impl_->garbage->is_synced());
}

kube::BarrierAnswer Workloads::at_barrier(const kube::BarrierQuestion& question) const {
    kube::BarrierAnswer answer = impl_->manager->at_barrier(question);
    if (!answer.is_reached && !question.kind.empty() && answer.seen_version.empty()) {
        kube::BarrierQuestion everything = question;
        everything.kind.clear();
        everything.version = {};
        answer = impl_->manager->at_barrier(everything);
    }
    if (!answer.is_reached) return answer;
    if (impl_->kubelet && !impl_->kubelet->is_at_rest()) answer.reason = "the kubelet has a pod to look at";
    if (impl_->faker && !impl_->faker->is_at_rest()) answer.reason = "the status faker has a status to write";
    if (impl_->garbage && !impl_->garbage->is_at_rest())
        answer.reason = "the garbage collector has something to look at";
    answer.is_reached = answer.reason.empty();
    return answer;
}

KubeletFaults& Workloads::faults() {
    return impl_->faults;
}

Kubelet& Workloads::kubelet() {
    if (!impl_->kubelet) throw std::logic_error{"these workloads have no kubelet"};
    return *impl_->kubelet;
}

StatusFaker& Workloads::status_faker() {
    if (!impl_->faker) throw std::logic_error{"these workloads have no status faker"};
    return *impl_->faker;
}

}  // namespace devcluster::workloads
