// The SeiNode controller's reconcile (spec 02).
#pragma once

#include <cstdint>
#include <exception>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "kube/async/clock.hpp"
#include "kube/client/client.hpp"
#include "kube/runtime/event_recorder.hpp"
#include "kube/runtime/log.hpp"
#include "kube/runtime/metrics.hpp"
#include "kube/runtime/reconciler.hpp"
#include "sei/node/cached_objects.hpp"
#include "sei/node/interruption.hpp"
#include "sei/node/node_metrics.hpp"
#include "sei/plan/task_id.hpp"
#include "sei/platform/platform.hpp"
#include "sei/sidecar/sidecar.hpp"
#include "sei/tasks/node_memory.hpp"

namespace sei::node {

/// What a manager does not have, and the simulator brings along. All but the values outlive the reconciler.
struct NodeReconcilerDependencies {
    const platform::Platform& platform;
    sidecar::SidecarFactory& sidecars;
    /// 64 fresh bits at each call: the ids of plans.
    std::function<std::uint64_t()> random_bits;
    kube::Logger log;
};

/// Brings a node to what its spec asks for, a step for each pass.
///
/// Writes: the finalizer, where it is missing, by itself; then at most one status write, conditional on the version
/// that the pass began with, and none when nothing changed. Events and metrics follow that write. What the API server
/// refuses ends in the status and in a retry with back-off.
class NodeReconciler final : public kube::Reconciler<api::SeiNode> {
public:
    NodeReconciler(
        kube::Client& client,
        kube::Clock& clock,
        kube::EventRecorder& events,
        kube::Metrics& metrics,
        NodeCaches caches,
        NodeReconcilerDependencies dependencies
    );
    [[nodiscard]] kube::Async<kube::Requeue> reconcile(kube::Snapshot<api::SeiNode> node) override;
    void forget(const kube::NamespacedName& key) override;

private:
    [[nodiscard]] kube::Async<kube::Requeue> pass_over(kube::Snapshot<api::SeiNode> node);
    [[nodiscard]] std::shared_ptr<tasks::NodeMemory> memory_of(const api::SeiNode& node);
    /// Finalizer and heeded requests: what is written to the object itself. The newest version, or what to wait for.
    [[nodiscard]] kube::Async<std::expected<kube::Snapshot<api::SeiNode>, kube::Requeue>> prepare(
        kube::Snapshot<api::SeiNode> node
    );
    /// Ends a pass that came to nothing else by saying so in the status once it lasts, then fails.
    [[nodiscard]] kube::Async<kube::Requeue> tell(
        kube::Snapshot<api::SeiNode> node, const tasks::NodeMemory& memory, std::exception_ptr failure
    );
    [[nodiscard]] kube::Async<kube::Requeue> advance(
        kube::Snapshot<api::SeiNode> node, std::shared_ptr<tasks::NodeMemory> memory
    );
    /// The events that a change of the status stands for: once it is stored.
    void announce(const api::SeiNode& node, const api::SeiNodeStatus& before, const api::SeiNodeStatus& after);
    [[nodiscard]] kube::Async<kube::Requeue> finalize(kube::Snapshot<api::SeiNode> node);
    [[nodiscard]] kube::Async<> delete_data_volume_claim(kube::Snapshot<api::SeiNode> node);
    /// Something to wait for where the claim was written by somebody else meanwhile.
    [[nodiscard]] kube::Async<std::optional<kube::Requeue>> release_data_volume_claim(kube::Snapshot<api::SeiNode> node
    );
    /// A retained claim that was taken again: once the task that did so is stored as complete.
    void announce_adoption(const api::SeiNode& node, tasks::NodeMemory& memory);

    kube::Client& client_;
    kube::Clock& clock_;
    kube::EventRecorder& events_;
    NodeMetrics metrics_;
    NodeCaches caches_;
    const platform::Platform& platform_;
    sidecar::SidecarFactory& sidecars_;
    plan::UuidSource ids_;
    kube::Logger log_;
    Interruptions interruptions_;
    std::map<kube::NamespacedName, std::shared_ptr<tasks::NodeMemory>> memories_;
};

}  // namespace sei::node
