#include "sei/deployment/deployment_reconciler.hpp"

#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "kube/runtime/finalizer.hpp"
#include "sei/api/labels.hpp"
#include "sei/deployment/announcements.hpp"
#include "sei/deployment/deployment_conditions.hpp"
#include "sei/deployment/deployment_pass.hpp"

namespace sei::deployment {

using kube::Requeue;
using DeploymentSnapshot = kube::Snapshot<api::SeiNodeDeployment>;

DeploymentReconciler::DeploymentReconciler(
    kube::Client& client,
    kube::Clock& clock,
    kube::EventRecorder& events,
    kube::Metrics& metrics,
    DeploymentCaches caches,
    DeploymentReconcilerDependencies dependencies
)
    : client_{client},
      clock_{clock},
      events_{events},
      metrics_{metrics},
      caches_{std::move(caches)},
      platform_{dependencies.platform},
      sidecars_{dependencies.sidecars},
      resolve_host_{std::move(dependencies.resolve_host)},
      ids_{std::move(dependencies.random_bits)},
      log_{std::move(dependencies.log)} {}

kube::Async<Requeue> DeploymentReconciler::reconcile(DeploymentSnapshot deployment) {
    try {
        co_return co_await pass_over(deployment);
    } catch (const kube::ApiError&) {
        metrics_.failed(deployment->metadata.namespace_);
        throw;
    } catch (const kube::TransportError&) {
        metrics_.failed(deployment->metadata.namespace_);
        throw;
    }
}

kube::Async<Requeue> DeploymentReconciler::pass_over(DeploymentSnapshot deployment) {
    metrics_.observe(*deployment);
    if (deployment->metadata.deletionTimestamp) co_return co_await finalize(deployment);
    std::shared_ptr<DeploymentMemory> memory = memory_of(*deployment);
    auto finalized = co_await kube::with_finalizer(client_, deployment, api::kDeploymentFinalizer);
    if (!finalized) co_return std::move(finalized.error());
    co_return co_await advance(*std::move(finalized), std::move(memory));
}

void DeploymentReconciler::forget(const kube::NamespacedName& key) {
    memories_.erase(key);
    metrics_.forget(key);
}

std::shared_ptr<DeploymentMemory> DeploymentReconciler::memory_of(const api::SeiNodeDeployment& deployment) {
    std::shared_ptr<DeploymentMemory>& memory = memories_[deployment.metadata.key()];
    if (!memory || memory->uid != deployment.metadata.uid) {
        memory = std::make_shared<DeploymentMemory>();
        memory->uid = deployment.metadata.uid;
    }
    return memory;
}

kube::Async<Requeue> DeploymentReconciler::advance(
    DeploymentSnapshot deployment, std::shared_ptr<DeploymentMemory> memory
) {
    api::SeiNodeDeploymentStatus status = deployment->status;
    DeploymentConditions conditions{*deployment, status, kube::Time::of(clock_.now())};
    DeploymentContext context{
        .deployment = deployment,
        .status = status,
        .conditions = conditions,
        .fleet = Fleet{*deployment, nodes_controlled_by(caches_.nodes, deployment.uid())},
        .client = client_,
        .caches = caches_,
        .platform = platform_,
        .sidecars = sidecars_,
        .resolve_host = resolve_host_,
        .clock = clock_,
        .events = events_,
        .ids = ids_,
        .memory = *memory,
        .problems = {}
    };
    DeploymentPass pass{context};
    Requeue wait = Requeue::on_change("");
    std::exception_ptr failure;
    try {
        wait = co_await pass.run();
    } catch (const kube::ApiError&) {
        failure = std::current_exception();
    } catch (const kube::TransportError&) {
        failure = std::current_exception();
    }
    pass.finish();

    auto written = co_await client_.write_status(deployment, std::move(status));
    if (!written) co_return kube::after_refusal(written.error(), deployment.resource_version());
    const DeploymentSnapshot after = *written;
    metrics_.observe(*after);
    for (kube::Announcement& announcement : announcements(deployment->status, after->status)) {
        log_.info(announcement.message, {{"SeiNodeDeployment", after.key()}, {"event", announcement.reason}});
        events_.record(
            kube::reference_to(*after),
            announcement.type,
            std::move(announcement.reason),
            std::move(announcement.message)
        );
    }
    if (failure) std::rethrow_exception(failure);
    co_return wait;
}

}  // namespace sei::deployment
