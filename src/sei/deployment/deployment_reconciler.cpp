#include "sei/deployment/deployment_reconciler.hpp"

#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kube/client/api_error.hpp"
#include "kube/runtime/finalizer.hpp"
#include "sei/api/conditions.hpp"
#include "sei/api/labels.hpp"
#include "sei/deployment/announcements.hpp"
#include "sei/deployment/deployment_conditions.hpp"
#include "sei/deployment/deployment_pass.hpp"
#include "sei/sidecar/answers.hpp"

namespace sei::deployment {

namespace {

/// A failure of the server or the way to it passes by itself, mostly: it is told once it lasts.
constexpr std::chrono::seconds kFailureAgeToTell{30};

/// Is it to be told?
bool note_failure(DeploymentMemory& memory, kube::MonotonicTime now, bool is_refused) {
    if (!memory.failing_since) memory.failing_since = now;
    return is_refused || now - *memory.failing_since >= kFailureAgeToTell;
}

void note_failure(DeploymentContext& context, const std::exception_ptr& failure, bool is_refused) {
    if (!failure) return context.memory.failing_since.reset();
    if (note_failure(context.memory, context.clock.monotonic(), is_refused)) {
        context.problems.push_back({api::reason::kReconcileFailed, sidecar::bounded_text(failure)});
    }
}

}  // namespace

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
    } catch (const std::exception&) {
        metrics_.failed(deployment->metadata.namespace_);
        throw;
    }
}

kube::Async<Requeue> DeploymentReconciler::pass_over(DeploymentSnapshot deployment) {
    metrics_.observe(*deployment);
    const std::shared_ptr<DeploymentMemory> memory = memory_of(*deployment);
    std::exception_ptr failure;
    bool is_refused = false;
    std::string_view reason = api::reason::kReconcileFailed;
    try {
        if (deployment->metadata.deletionTimestamp) {
            reason = api::reason::kDeletionBlocked;
            co_return co_await finalize(deployment);
        }
        auto finalized = co_await kube::with_finalizer(client_, deployment, api::kDeploymentFinalizer);
        if (!finalized) co_return std::move(finalized.error());
        deployment = *std::move(finalized);
    } catch (const kube::ApiError& error) {
        is_refused = error.is_refusal();
        failure = std::current_exception();
    } catch (const kube::TransportError&) {
        failure = std::current_exception();
    }
    if (!failure) co_return co_await advance(deployment, memory);
    if (!note_failure(*memory, clock_.monotonic(), is_refused)) std::rethrow_exception(failure);
    co_return co_await tell(deployment, reason, failure);
}

kube::Async<Requeue> DeploymentReconciler::tell(
    DeploymentSnapshot deployment, std::string_view reason, std::exception_ptr failure
) {
    api::SeiNodeDeploymentStatus status = deployment->status;
    DeploymentConditions conditions{*deployment, status, kube::Time::of(clock_.now())};
    conditions.seed_absent(Fleet{*deployment, nodes_controlled_by(caches_.nodes, deployment.uid())});
    conditions.set_stalled({Problem{reason, sidecar::bounded_text(failure)}});
    // Refused, too, or outdated: the failure is logged and retried all the same.
    static_cast<void>(co_await client_.write_status(deployment, std::move(status)));
    std::rethrow_exception(failure);
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
    bool is_refused = false;
    try {
        wait = co_await pass.run();
    } catch (const kube::ApiError& error) {
        failure = std::current_exception();
        is_refused = error.is_refusal();
    } catch (const std::exception&) {
        failure = std::current_exception();
    }
    note_failure(context, failure, is_refused);
    wait = pass.finish(failure != nullptr, std::move(wait));

    auto written = co_await client_.write_status(deployment, std::move(status));
    if (!written) co_return kube::after_refusal(written.error(), deployment.resource_version());
    const DeploymentSnapshot after = *written;
    metrics_.observe(*after);
    for (kube::Announcement& announcement : announcements(deployment->status, after->status)) {
        log_.info(
            announcement.message,
            {{"SeiNodeDeployment", after.key()},
             {"namespace", after.key().namespace_},
             {"name", after.key().name},
             {"event", announcement.reason}}
        );
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
