// The SeiNodeDeployment controller's reconcile (spec 03).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "kube/async/clock.hpp"
#include "kube/client/client.hpp"
#include "kube/runtime/event_recorder.hpp"
#include "kube/runtime/log.hpp"
#include "kube/runtime/metrics.hpp"
#include "kube/runtime/reconciler.hpp"
#include "sei/deployment/deployment_context.hpp"
#include "sei/deployment/deployment_metrics.hpp"
#include "sei/plan/task_id.hpp"
#include "sei/platform/platform.hpp"
#include "sei/sidecar/sidecar.hpp"

namespace sei::deployment {

/// What a manager does not have, and the simulator brings along. All but the values outlive the reconciler.
struct DeploymentReconcilerDependencies {
    const platform::Platform& platform;
    sidecar::SidecarFactory& sidecars;
    ResolveHost resolve_host;
    /// 64 fresh bits at each call: the ids of plans.
    std::function<std::uint64_t()> random_bits;
    kube::Logger log;
};

/// Brings a fleet to what its spec asks for, a step for each pass.
///
/// Writes: the finalizer, where it is missing, by itself; nodes, Services and routes; then at most one status write,
/// conditional on the version that the pass began with, and none when nothing changed. Events of the deployment and
/// metrics follow that write. What the API server refuses ends in the status, and in a retry with back-off.
class DeploymentReconciler final : public kube::Reconciler<api::SeiNodeDeployment> {
public:
    DeploymentReconciler(
        kube::Client& client,
        kube::Clock& clock,
        kube::EventRecorder& events,
        kube::Metrics& metrics,
        DeploymentCaches caches,
        DeploymentReconcilerDependencies dependencies
    );
    [[nodiscard]] kube::Async<kube::Requeue> reconcile(kube::Snapshot<api::SeiNodeDeployment> deployment) override;
    void forget(const kube::NamespacedName& key) override;

private:
    [[nodiscard]] kube::Async<kube::Requeue> pass_over(kube::Snapshot<api::SeiNodeDeployment> deployment);
    /// Tells in the status that the API server refuses something without which no pass is possible, and throws it on.
    [[nodiscard]] kube::Async<kube::Requeue> tell(
        kube::Snapshot<api::SeiNodeDeployment> deployment, std::string_view reason, std::exception_ptr failure
    );
    [[nodiscard]] std::shared_ptr<DeploymentMemory> memory_of(const api::SeiNodeDeployment& deployment);
    [[nodiscard]] kube::Async<kube::Requeue> advance(
        kube::Snapshot<api::SeiNodeDeployment> deployment, std::shared_ptr<DeploymentMemory> memory
    );
    [[nodiscard]] kube::Async<kube::Requeue> finalize(kube::Snapshot<api::SeiNodeDeployment> deployment);
    /// Nullopt when nothing of the deployment is left on anything; else what the next attempt waits for.
    [[nodiscard]] kube::Async<std::optional<kube::Requeue>> release_everything(
        kube::Snapshot<api::SeiNodeDeployment> deployment
    );

    kube::Client& client_;
    kube::Clock& clock_;
    kube::EventRecorder& events_;
    DeploymentMetrics metrics_;
    DeploymentCaches caches_;
    const platform::Platform& platform_;
    sidecar::SidecarFactory& sidecars_;
    ResolveHost resolve_host_;
    plan::UuidSource ids_;
    kube::Logger log_;
    std::map<kube::NamespacedName, std::shared_ptr<DeploymentMemory>> memories_;
};

}  // namespace sei::deployment
