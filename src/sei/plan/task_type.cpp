#include "sei/plan/task_type.hpp"

#include <algorithm>
#include <utility>

namespace sei::plan {

const std::array<TaskType, 34>& all_task_types() {
    static constexpr std::array<TaskType, 34> kAll = [] {
        std::array<TaskType, 34> all{};
        for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<TaskType>(i);
        return all;
    }();
    static_assert(kAll.back() == TaskType::GovSoftwareUpgrade, "the list ends with the last enumerator");
    return kAll;
}

std::string_view to_wire(TaskType type) {
    switch (type) {
        case TaskType::EnsureDataPvc:
            return "ensure-data-pvc";
        case TaskType::ApplyRbacProxyConfig:
            return "apply-rbac-proxy-config";
        case TaskType::ApplyStatefulSet:
            return "apply-statefulset";
        case TaskType::ApplyService:
            return "apply-service";
        case TaskType::ReplacePod:
            return "replace-pod";
        case TaskType::ObserveImage:
            return "observe-image";
        case TaskType::ValidateSigningKey:
            return "validate-signing-key";
        case TaskType::ValidateNodeKey:
            return "validate-node-key";
        case TaskType::ValidateOperatorKeyring:
            return "validate-operator-keyring";
        case TaskType::DeployBootstrapService:
            return "deploy-bootstrap-service";
        case TaskType::DeployBootstrapJob:
            return "deploy-bootstrap-job";
        case TaskType::AwaitBootstrapComplete:
            return "await-bootstrap-complete";
        case TaskType::TeardownBootstrap:
            return "teardown-bootstrap";
        case TaskType::UpdateNodeSpecs:
            return "update-node-specs";
        case TaskType::AwaitSpecUpdate:
            return "await-spec-update";
        case TaskType::CollectAndSetPeers:
            return "collect-and-set-peers";
        case TaskType::AwaitNodesRunning:
            return "await-nodes-running";
        case TaskType::UpdateNodeImage:
            return "update-node-image";
        case TaskType::SnapshotRestore:
            return "snapshot-restore";
        case TaskType::ConfigureGenesis:
            return "configure-genesis";
        case TaskType::ConfigApply:
            return "config-apply";
        case TaskType::DiscoverPeers:
            return "discover-peers";
        case TaskType::ConfigureStateSync:
            return "configure-state-sync";
        case TaskType::ConfigValidate:
            return "config-validate";
        case TaskType::MarkReady:
            return "mark-ready";
        case TaskType::SnapshotUpload:
            return "snapshot-upload";
        case TaskType::GenerateIdentity:
            return "generate-identity";
        case TaskType::GenerateGentx:
            return "generate-gentx";
        case TaskType::UploadGenesisArtifacts:
            return "upload-genesis-artifacts";
        case TaskType::SetGenesisPeers:
            return "set-genesis-peers";
        case TaskType::AssembleAndUploadGenesis:
            return "assemble-and-upload-genesis";
        case TaskType::AwaitCondition:
            return "await-condition";
        case TaskType::GovVote:
            return "gov-vote";
        case TaskType::GovSoftwareUpgrade:
            return "gov-software-upgrade";
    }
    std::unreachable();
}

std::optional<TaskType> parse_task_type(std::string_view wire) {
    const auto& all = all_task_types();
    const auto found = std::ranges::find(all, wire, to_wire);
    if (found == all.end()) return std::nullopt;
    return *found;
}

TaskRunner runner_of(TaskType type) {
    switch (type) {
        case TaskType::EnsureDataPvc:
        case TaskType::ApplyRbacProxyConfig:
        case TaskType::ApplyStatefulSet:
        case TaskType::ApplyService:
        case TaskType::ReplacePod:
        case TaskType::ObserveImage:
        case TaskType::ValidateSigningKey:
        case TaskType::ValidateNodeKey:
        case TaskType::ValidateOperatorKeyring:
        case TaskType::DeployBootstrapService:
        case TaskType::DeployBootstrapJob:
        case TaskType::AwaitBootstrapComplete:
        case TaskType::TeardownBootstrap:
        case TaskType::UpdateNodeSpecs:
        case TaskType::AwaitSpecUpdate:
        case TaskType::CollectAndSetPeers:
        case TaskType::AwaitNodesRunning:
        case TaskType::UpdateNodeImage:
            return TaskRunner::Operator;
        case TaskType::SnapshotRestore:
        case TaskType::ConfigureGenesis:
        case TaskType::ConfigApply:
        case TaskType::DiscoverPeers:
        case TaskType::ConfigureStateSync:
        case TaskType::ConfigValidate:
        case TaskType::MarkReady:
        case TaskType::SnapshotUpload:
        case TaskType::GenerateIdentity:
        case TaskType::GenerateGentx:
        case TaskType::UploadGenesisArtifacts:
        case TaskType::SetGenesisPeers:
        case TaskType::AssembleAndUploadGenesis:
        case TaskType::AwaitCondition:
        case TaskType::GovVote:
        case TaskType::GovSoftwareUpgrade:
            return TaskRunner::Sidecar;
    }
    std::unreachable();
}

std::int32_t max_retries(TaskType type) {
    switch (type) {
        case TaskType::ConfigureGenesis:
        case TaskType::AssembleAndUploadGenesis:
            return 180;
        case TaskType::DiscoverPeers:
            return 20;
        case TaskType::ReplacePod:
            return 3;
        case TaskType::EnsureDataPvc:
        case TaskType::ApplyRbacProxyConfig:
        case TaskType::ApplyStatefulSet:
        case TaskType::ApplyService:
        case TaskType::ObserveImage:
        case TaskType::ValidateSigningKey:
        case TaskType::ValidateNodeKey:
        case TaskType::ValidateOperatorKeyring:
        case TaskType::DeployBootstrapService:
        case TaskType::DeployBootstrapJob:
        case TaskType::AwaitBootstrapComplete:
        case TaskType::TeardownBootstrap:
        case TaskType::UpdateNodeSpecs:
        case TaskType::AwaitSpecUpdate:
        case TaskType::CollectAndSetPeers:
        case TaskType::AwaitNodesRunning:
        case TaskType::UpdateNodeImage:
        case TaskType::SnapshotRestore:
        case TaskType::ConfigApply:
        case TaskType::ConfigureStateSync:
        case TaskType::ConfigValidate:
        case TaskType::MarkReady:
        case TaskType::SnapshotUpload:
        case TaskType::GenerateIdentity:
        case TaskType::GenerateGentx:
        case TaskType::UploadGenesisArtifacts:
        case TaskType::SetGenesisPeers:
        case TaskType::AwaitCondition:
        case TaskType::GovVote:
        case TaskType::GovSoftwareUpgrade:
            return 0;
    }
    std::unreachable();
}

Repeatable repeatable(TaskType type) {
    switch (type) {
        case TaskType::GovVote:
        case TaskType::GovSoftwareUpgrade:
            return Repeatable::No;
        case TaskType::EnsureDataPvc:
        case TaskType::ApplyRbacProxyConfig:
        case TaskType::ApplyStatefulSet:
        case TaskType::ApplyService:
        case TaskType::ReplacePod:
        case TaskType::ObserveImage:
        case TaskType::ValidateSigningKey:
        case TaskType::ValidateNodeKey:
        case TaskType::ValidateOperatorKeyring:
        case TaskType::DeployBootstrapService:
        case TaskType::DeployBootstrapJob:
        case TaskType::AwaitBootstrapComplete:
        case TaskType::TeardownBootstrap:
        case TaskType::UpdateNodeSpecs:
        case TaskType::AwaitSpecUpdate:
        case TaskType::CollectAndSetPeers:
        case TaskType::AwaitNodesRunning:
        case TaskType::UpdateNodeImage:
        case TaskType::SnapshotRestore:
        case TaskType::ConfigureGenesis:
        case TaskType::ConfigApply:
        case TaskType::DiscoverPeers:
        case TaskType::ConfigureStateSync:
        case TaskType::ConfigValidate:
        case TaskType::MarkReady:
        case TaskType::SnapshotUpload:
        case TaskType::GenerateIdentity:
        case TaskType::GenerateGentx:
        case TaskType::UploadGenesisArtifacts:
        case TaskType::SetGenesisPeers:
        case TaskType::AssembleAndUploadGenesis:
        case TaskType::AwaitCondition:
            return Repeatable::Yes;
    }
    std::unreachable();
}

std::optional<std::chrono::hours> time_limit(TaskType type) {
    using namespace std::chrono_literals;
    switch (type) {
        case TaskType::EnsureDataPvc:
        case TaskType::ValidateSigningKey:
        case TaskType::ValidateNodeKey:
        case TaskType::ValidateOperatorKeyring:
            return std::nullopt;
        case TaskType::ApplyRbacProxyConfig:
        case TaskType::ApplyStatefulSet:
        case TaskType::ApplyService:
        case TaskType::ReplacePod:
        case TaskType::ObserveImage:
        case TaskType::DeployBootstrapService:
        case TaskType::DeployBootstrapJob:
        case TaskType::TeardownBootstrap:
        case TaskType::UpdateNodeSpecs:
        case TaskType::AwaitSpecUpdate:
        case TaskType::CollectAndSetPeers:
        case TaskType::AwaitNodesRunning:
        case TaskType::UpdateNodeImage:
        case TaskType::ConfigureGenesis:
        case TaskType::ConfigApply:
        case TaskType::DiscoverPeers:
        case TaskType::ConfigureStateSync:
        case TaskType::ConfigValidate:
        case TaskType::MarkReady:
        case TaskType::SnapshotUpload:
        case TaskType::GenerateIdentity:
        case TaskType::GenerateGentx:
        case TaskType::UploadGenesisArtifacts:
        case TaskType::SetGenesisPeers:
        case TaskType::AssembleAndUploadGenesis:
        case TaskType::AwaitCondition:
        case TaskType::GovVote:
        case TaskType::GovSoftwareUpgrade:
            return 24h;
        case TaskType::SnapshotRestore:
            return 72h;  // terabytes
        case TaskType::AwaitBootstrapComplete:
            return 30 * 24h;  // blocks up to the halt height
    }
    std::unreachable();
}

std::chrono::seconds retry_delay(std::int32_t retry_count) {
    const std::int32_t doublings = std::clamp(retry_count, 0, 5);
    return std::min(std::chrono::seconds{5} * (1 << doublings), std::chrono::seconds{30});
}

}  // namespace sei::plan
