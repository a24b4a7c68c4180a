#include "sei/plan/task_type.hpp"

#include <algorithm>

namespace sei::plan {
namespace {

/// All that is known of a type (see the functions of the header).
struct Traits {
    TaskType type;
    std::string_view word;
    TaskRunner runner;
    std::int32_t retries_max;
    Repeatable repeatable;
    std::optional<std::chrono::hours> time_limit;
};

using enum TaskRunner;
constexpr std::chrono::hours kDay{24};
constexpr std::nullopt_t kWaitsForPeople = std::nullopt;
constexpr std::nullopt_t kToldByRollout = std::nullopt;  // as many nodes, and as long, as there are (spec 03 §12.2)

// clang-format off
constexpr Traits kTraits[] = {
    {TaskType::EnsureDataPvc, "ensure-data-pvc", Operator, 0, Repeatable::Yes, kWaitsForPeople},
    {TaskType::ApplyRbacProxyConfig, "apply-rbac-proxy-config", Operator, 0, Repeatable::Yes, kDay},
    {TaskType::ApplyStatefulSet, "apply-statefulset", Operator, 0, Repeatable::Yes, kDay},
    {TaskType::ApplyService, "apply-service", Operator, 0, Repeatable::Yes, kDay},
    {TaskType::ReplacePod, "replace-pod", Operator, 3, Repeatable::Yes, kDay},
    {TaskType::ObserveImage, "observe-image", Operator, 0, Repeatable::Yes, kDay},
    {TaskType::ValidateSigningKey, "validate-signing-key", Operator, 0, Repeatable::Yes, kWaitsForPeople},
    {TaskType::ValidateNodeKey, "validate-node-key", Operator, 0, Repeatable::Yes, kWaitsForPeople},
    {TaskType::ValidateOperatorKeyring, "validate-operator-keyring", Operator, 0, Repeatable::Yes, kWaitsForPeople},
    {TaskType::DeployBootstrapService, "deploy-bootstrap-service", Operator, 0, Repeatable::Yes, kDay},
    {TaskType::DeployBootstrapJob, "deploy-bootstrap-job", Operator, 0, Repeatable::Yes, kDay},
    {TaskType::AwaitBootstrapComplete, "await-bootstrap-complete", Operator, 0, Repeatable::Yes, 30 * kDay},  // blocks up to the halt height
    {TaskType::TeardownBootstrap, "teardown-bootstrap", Operator, 0, Repeatable::Yes, kDay},
    {TaskType::UpdateNodeSpecs, "update-node-specs", Operator, 0, Repeatable::Yes, kToldByRollout},
    {TaskType::AwaitSpecUpdate, "await-spec-update", Operator, 0, Repeatable::Yes, kToldByRollout},
    {TaskType::CollectAndSetPeers, "collect-and-set-peers", Operator, 0, Repeatable::Yes, kDay},
    {TaskType::AwaitNodesRunning, "await-nodes-running", Operator, 0, Repeatable::Yes, kDay},
    {TaskType::UpdateNodeImage, "update-node-image", Operator, 0, Repeatable::Yes, kDay},
    {TaskType::SnapshotRestore, "snapshot-restore", Sidecar, 0, Repeatable::Yes, 3 * kDay},  // terabytes
    {TaskType::ConfigureGenesis, "configure-genesis", Sidecar, 180, Repeatable::Yes, kDay},
    {TaskType::ConfigApply, "config-apply", Sidecar, 0, Repeatable::Yes, kDay},
    {TaskType::DiscoverPeers, "discover-peers", Sidecar, 20, Repeatable::Yes, kDay},
    {TaskType::ConfigureStateSync, "configure-state-sync", Sidecar, 0, Repeatable::Yes, kDay},
    {TaskType::ConfigValidate, "config-validate", Sidecar, 0, Repeatable::Yes, kDay},
    {TaskType::MarkReady, "mark-ready", Sidecar, 0, Repeatable::Yes, kDay},
    {TaskType::SnapshotUpload, "snapshot-upload", Sidecar, 0, Repeatable::Yes, kDay},
    {TaskType::GenerateIdentity, "generate-identity", Sidecar, 0, Repeatable::Yes, kDay},
    {TaskType::GenerateGentx, "generate-gentx", Sidecar, 0, Repeatable::Yes, kDay},
    {TaskType::UploadGenesisArtifacts, "upload-genesis-artifacts", Sidecar, 0, Repeatable::Yes, kDay},
    {TaskType::SetGenesisPeers, "set-genesis-peers", Sidecar, 0, Repeatable::Yes, kDay},
    {TaskType::AssembleAndUploadGenesis, "assemble-and-upload-genesis", Sidecar, 180, Repeatable::Yes, kDay},
    {TaskType::AwaitCondition, "await-condition", Sidecar, 0, Repeatable::Yes, kDay},
    {TaskType::GovVote, "gov-vote", Sidecar, 0, Repeatable::No, kDay},
    {TaskType::GovSoftwareUpgrade, "gov-software-upgrade", Sidecar, 0, Repeatable::No, kDay},
};
// clang-format on

static_assert(
    std::ranges::equal(kTraits, all_task_types(), {}, &Traits::type),
    "every type has its line, in the order of the enum"
);

constexpr const Traits& traits_of(TaskType type) {
    return kTraits[static_cast<std::size_t>(type)];
}

}  // namespace

std::string_view to_wire(TaskType type) {
    return traits_of(type).word;
}

std::optional<TaskType> parse_task_type(std::string_view wire) {
    const auto* found = std::ranges::find(kTraits, wire, &Traits::word);
    if (found == std::end(kTraits)) return std::nullopt;
    return found->type;
}

TaskRunner runner_of(TaskType type) {
    return traits_of(type).runner;
}

std::int32_t max_retries(TaskType type) {
    return traits_of(type).retries_max;
}

Repeatable repeatable(TaskType type) {
    return traits_of(type).repeatable;
}

bool ends_when_accepted(TaskType type) {
    return type == TaskType::SnapshotUpload;
}

std::optional<std::chrono::hours> time_limit(TaskType type) {
    return traits_of(type).time_limit;
}

std::chrono::seconds retry_delay(std::int32_t retry_count) {
    const std::int32_t doublings = std::clamp(retry_count, 0, 5);
    return std::min(std::chrono::seconds{5} * (1 << doublings), std::chrono::seconds{30});
}

}  // namespace sei::plan
