#include "sei/tasks/owned_objects.hpp"

#include <optional>
#include <string>
#include <utility>

#include "sei/api/labels.hpp"
#include "sei/plan/progress.hpp"
#include "sei/resources/drift.hpp"
#include "sei/resources/headless_service.hpp"
#include "sei/resources/rbac_proxy_config.hpp"
#include "sei/tasks/operator_tasks.hpp"

namespace sei::tasks {
namespace {

/// Has the plan made it, so that its absence is a loss?
bool is_made(const TaskContext& context, plan::TaskType by) {
    const api::SeiNodeStatus& status = context.status;
    if (status.phase == api::NodePhase::Running) return true;
    return status.plan && plan::has_completed(*status.plan, by);
}

/// Is it as it was when this very node was rendered last? Rendering is a function of the node's spec alone.
template <kube::Kind K>
bool is_known(const TaskContext& context, const std::optional<kube::Snapshot<K>>& live, const KeptOfNode& kept) {
    return live && (*live)->metadata.resourceVersion == kept.object.resource_version &&
           context.node->metadata.generation == kept.node_generation;
}

/// Applies what an apply would change.
template <kube::Kind K>
kube::Async<> keep(TaskContext& context, std::optional<kube::Snapshot<K>> live, K wanted, KeptOfNode& kept) {
    if (live && (*live)->metadata.deletionTimestamp) co_return;  // its end wakes the node
    const std::size_t rendering_hash = resources::hash_of_rendering(wanted);
    const std::int64_t node_generation = context.node->metadata.generation;
    if (live && resources::needs_no_apply(**live, wanted, rendering_hash, kept.object)) {
        kept = {{(*live)->metadata.resourceVersion, rendering_hash}, node_generation};
        co_return;
    }
    const kube::ObjectMeta applied = co_await context.client.apply_returning_metadata(
        std::move(wanted), kube::FieldManager{std::string{api::kNodeFieldManager}}, kube::Force::Yes
    );
    kept = {{applied.resourceVersion, rendering_hash}, node_generation};
}

}  // namespace

kube::Async<> keep_service(TaskContext& context) {
    auto live = context.observed.service();
    if (is_known(context, live, context.memory.service)) co_return;
    kube::Service wanted = resources::render_headless_service(*context.node);
    co_await keep<kube::Service>(context, std::move(live), std::move(wanted), context.memory.service);
}

kube::Async<> keep_proxy_config(TaskContext& context) {
    auto live = context.observed.proxy_config();
    if (is_known(context, live, context.memory.config_map)) co_return;
    kube::ConfigMap wanted = resources::render_rbac_proxy_config(*context.node);
    co_await keep<kube::ConfigMap>(context, std::move(live), std::move(wanted), context.memory.config_map);
}

namespace {

/// Without it the sidecar of the bootstrap pod has no address. Only its absence is put right: in the end it has to go.
kube::Async<> keep_bootstrap_service(TaskContext& context) {
    const auto& plan = context.status.plan;
    if (!plan::is_bootstrapping(plan) || !plan::has_completed(*plan, plan::TaskType::DeployBootstrapService)) co_return;
    if (plan::has_completed(*plan, plan::TaskType::AwaitBootstrapComplete) || context.observed.service()) co_return;
    static_cast<void>(co_await deploy_bootstrap_service(context));
}

}  // namespace

kube::Async<> keep_service_and_config(TaskContext& context) {
    co_await keep_bootstrap_service(context);
    if (is_made(context, plan::TaskType::ApplyService)) co_await keep_service(context);
    if (is_made(context, plan::TaskType::ApplyRbacProxyConfig)) co_await keep_proxy_config(context);
}

}  // namespace sei::tasks
