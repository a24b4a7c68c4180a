#include "sei/tasks/task_registry.hpp"

#include <string>
#include <utility>

#include "kube/client/api_error.hpp"
#include "kube/json/json.hpp"
#include "sei/plan/task_type.hpp"
#include "sei/sidecar/answers.hpp"
#include "sei/tasks/operator_tasks.hpp"
#include "sei/tasks/sidecar_params.hpp"
#include "sei/tasks/sidecar_task.hpp"
#include "sei/tasks/stored_params.hpp"

namespace sei::tasks {
namespace {

using plan::TaskOutcome;
using plan::TaskType;

kube::Async<TaskOutcome> hold_unsupported(TaskType type) {
    co_return plan::Transient{
        .error = "task type " + std::string{plan::to_wire(type)} +
                 " is not served by this version of the operator; the plan waits for one that does",
        .report_at_once = true
    };
}

/// Nothing in it suspends before the task's own code runs, so `task` may be a reference here.
kube::Async<TaskOutcome> dispatch(TaskContext& context, const api::PlannedTask& task, TaskType type) {
    const StoredParams stored{task.params};
    const WireParams none{std::nullopt};
    switch (type) {
        case TaskType::EnsureDataPvc:
            return ensure_data_pvc(context);
        case TaskType::ApplyRbacProxyConfig:
            return apply_rbac_proxy_config(context);
        case TaskType::ApplyStatefulSet:
            return apply_stateful_set(context);
        case TaskType::ApplyService:
            return apply_service(context);
        case TaskType::ReplacePod:
            return replace_pod(context, stored.text("podUid"));
        case TaskType::ObserveImage:
            return observe_image(context);
        case TaskType::ValidateSigningKey:
            return validate_signing_key(context, stored.text("secretName"));
        case TaskType::ValidateNodeKey:
            return validate_node_key(context, stored.text("secretName"));
        case TaskType::ValidateOperatorKeyring:
            return validate_operator_keyring(
                context,
                {.secret = stored.text("secretName"),
                 .key = stored.text("keyName"),
                 .passphrase_secret = stored.text("passphraseSecretName"),
                 .passphrase_key = stored.text("passphraseSecretKey")}
            );
        case TaskType::DeployBootstrapService:
            return deploy_bootstrap_service(context);
        case TaskType::DeployBootstrapJob:
            return deploy_bootstrap_job(context);
        case TaskType::AwaitBootstrapComplete:
            return await_bootstrap_complete(context);
        case TaskType::TeardownBootstrap:
            return teardown_bootstrap(context);

        case TaskType::SnapshotRestore:
            return run_sidecar_task(context, task, type, snapshot_restore_params(stored));
        case TaskType::ConfigApply:
            return run_sidecar_task(context, task, type, config_apply_params(stored));
        case TaskType::DiscoverPeers:
            return discover_peers(context, task);
        case TaskType::ConfigureStateSync:
            return run_sidecar_task(context, task, type, configure_state_sync_params(stored));
        case TaskType::GenerateIdentity:
            return run_sidecar_task(context, task, type, generate_identity_params(stored));
        case TaskType::GenerateGentx:
            return run_sidecar_task(context, task, type, generate_gentx_params(stored));
        case TaskType::UploadGenesisArtifacts:
            return run_sidecar_task(context, task, type, upload_genesis_artifacts_params(stored));
        case TaskType::SetGenesisPeers:
        case TaskType::ConfigureGenesis:
        case TaskType::ConfigValidate:
        case TaskType::MarkReady:
        case TaskType::SnapshotUpload:
            return run_sidecar_task(context, task, type, none);

        case TaskType::UpdateNodeSpecs:
        case TaskType::AwaitSpecUpdate:
        case TaskType::CollectAndSetPeers:
        case TaskType::AwaitNodesRunning:
        case TaskType::UpdateNodeImage:
        case TaskType::AssembleAndUploadGenesis:
        case TaskType::AwaitCondition:
        case TaskType::GovVote:
        case TaskType::GovSoftwareUpgrade:
            return hold_unsupported(type);
    }
    std::unreachable();
}

/// A refusal by the API server concerns this task; that it is down concerns everything and passes by itself.
plan::Transient refused_by_api(const kube::ApiError& error) {
    return {.error = sidecar::bounded_text(error.what()), .report_at_once = error.is_refusal()};
}

}  // namespace

kube::Async<TaskOutcome> run_task(TaskContext& context, api::PlannedTask task) {
    const std::optional<TaskType> type = plan::parse_task_type(task.type);
    if (!type) co_return plan::Terminal{"unknown task type " + kube::json::serialize(kube::json::Value(task.type))};
    if (task.status == api::TaskStatus::Failed && plan::runner_of(*type) == plan::TaskRunner::Operator) {
        co_return plan::Terminal{task.error};
    }
    try {
        co_return co_await dispatch(context, task, *type);
    } catch (const ParamsError& error) {
        co_return plan::Terminal{"deserializing " + task.type + " params: " + error.what()};
    } catch (const kube::ApiError& error) {
        co_return refused_by_api(error);
    } catch (const kube::TransportError& error) {
        co_return plan::Transient{.error = sidecar::bounded_text(error.what())};
    }
}

}  // namespace sei::tasks
