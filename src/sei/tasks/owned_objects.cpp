#include "sei/tasks/owned_objects.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "kube/json/json.hpp"
#include "sei/api/labels.hpp"
#include "sei/plan/progress.hpp"
#include "sei/resources/headless_service.hpp"
#include "sei/resources/rbac_proxy_config.hpp"
#include "sei/tasks/operator_tasks.hpp"

namespace sei::tasks {
namespace {

using kube::json::Value;

/// Is all of `wanted` in `live`? An element of a list may be anywhere in it.
bool contains(const Value& live, const Value& wanted) {
    if (wanted.is_object()) {
        if (!live.is_object()) return false;
        return std::ranges::all_of(wanted.get_object(), [&](const auto& member) {
            const Value* found = live.get_object().if_contains(member.key());
            return found != nullptr && contains(*found, member.value());
        });
    }
    if (wanted.is_array()) {
        if (!live.is_array()) return false;
        return std::ranges::all_of(wanted.get_array(), [&](const Value& element) {
            return std::ranges::any_of(live.get_array(), [&](const Value& candidate) {
                return contains(candidate, element);
            });
        });
    }
    return live == wanted;
}

/// Has the plan made it, so that its absence is a loss?
bool is_made(const TaskContext& context, plan::TaskType by) {
    const api::SeiNodeStatus& status = context.status;
    if (status.phase == api::NodePhase::Running) return true;
    return status.plan && plan::has_completed(*status.plan, by);
}

/// Applies what is not there as rendered. `version` is what the operator remembers of the object: the last version that
/// was.
template <kube::Kind K>
kube::Async<> keep(TaskContext& context, std::optional<kube::Snapshot<K>> live, K wanted, std::string& version) {
    if (live && (*live)->metadata.deletionTimestamp) co_return;  // its end wakes the node
    if (live && contains(kube::json::to_json(**live), kube::json::to_json(wanted))) {
        version = (*live)->metadata.resourceVersion;
        co_return;
    }
    const kube::ObjectMeta applied = co_await context.client.apply_returning_metadata(
        std::move(wanted), kube::FieldManager{std::string{api::kNodeFieldManager}}, kube::Force::Yes
    );
    version = applied.resourceVersion;
}

template <kube::Kind K>
bool is_known(const std::optional<kube::Snapshot<K>>& live, const std::string& version) {
    return live && (*live)->metadata.resourceVersion == version;
}

}  // namespace

kube::Async<> keep_service(TaskContext& context) {
    auto live = context.observed.service();
    if (is_known(live, context.memory.service_version)) co_return;
    kube::Service wanted = resources::render_headless_service(*context.node);
    co_await keep<kube::Service>(context, std::move(live), std::move(wanted), context.memory.service_version);
}

kube::Async<> keep_proxy_config(TaskContext& context) {
    auto live = context.observed.proxy_config();
    if (is_known(live, context.memory.config_map_version)) co_return;
    kube::ConfigMap wanted = resources::render_rbac_proxy_config(*context.node);
    co_await keep<kube::ConfigMap>(context, std::move(live), std::move(wanted), context.memory.config_map_version);
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
