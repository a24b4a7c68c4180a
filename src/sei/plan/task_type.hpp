// Every type of task that a stored plan may name, and what each type promises: one line for each in the .cpp. A type
// without its line does not compile.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sei::plan {

/// The closed set of task types (spec 04 §6). A plan that names another one fails (spec 04 §4.4).
enum class TaskType {
    EnsureDataPvc,
    ApplyRbacProxyConfig,
    ApplyStatefulSet,
    ApplyService,
    ReplacePod,
    ObserveImage,
    ValidateSigningKey,
    ValidateNodeKey,
    ValidateOperatorKeyring,
    DeployBootstrapService,
    DeployBootstrapJob,
    AwaitBootstrapComplete,
    TeardownBootstrap,
    UpdateNodeSpecs,
    AwaitSpecUpdate,
    CollectAndSetPeers,
    AwaitNodesRunning,
    UpdateNodeImage,
    SnapshotRestore,
    ConfigureGenesis,
    ConfigApply,
    DiscoverPeers,
    ConfigureStateSync,
    ConfigValidate,
    MarkReady,
    SnapshotUpload,
    GenerateIdentity,
    GenerateGentx,
    UploadGenesisArtifacts,
    SetGenesisPeers,
    AssembleAndUploadGenesis,
    AwaitCondition,
    GovVote,
    GovSoftwareUpgrade,  // the last one: all_task_types() ends with it
};

/// All of them, in the order of the enum.
[[nodiscard]] constexpr auto all_task_types() {
    std::array<TaskType, static_cast<std::size_t>(TaskType::GovSoftwareUpgrade) + 1> all{};
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<TaskType>(i);
    return all;
}

/// The word in plans and on the sidecar's wire, such as "config-apply".
[[nodiscard]] std::string_view to_wire(TaskType type);
/// The inverse of `to_wire`; nullopt for a word that is none.
[[nodiscard]] std::optional<TaskType> parse_task_type(std::string_view wire);

/// Who does the work.
enum class TaskRunner {
    /// The operator, through the Kubernetes API.
    Operator,
    /// The sidecar of one node.
    Sidecar,
};
[[nodiscard]] TaskRunner runner_of(TaskType type);

/// How often a failed run is repeated before the plan fails (spec 04 §4.5).
[[nodiscard]] std::int32_t max_retries(TaskType type);

/// May the task be started again when nobody knows what became of an earlier run? Never for a signed transaction, whose
/// effect lies outside the node (spec 08 1.3).
enum class Repeatable { Yes, No };
[[nodiscard]] Repeatable repeatable(TaskType type);

/// Is it done once it has been started? Publishing never ends (spec 04 §9.9).
[[nodiscard]] bool ends_when_accepted(TaskType type);

/// How long a task may take from its first wait on, all waiting included, before it has failed (spec 08 1.4). Nullopt:
/// it waits for people (spec 04 §7) or for a whole fleet (spec 03 §12.2), without a limit, and a condition of its own
/// tells what for.
[[nodiscard]] std::optional<std::chrono::hours> time_limit(TaskType type);

/// The wait after the n-th retry was granted, n counted from 1: 10 s, 20 s, then 30 s (spec 04 §4.5).
[[nodiscard]] std::chrono::seconds retry_delay(std::int32_t retry_count);

}  // namespace sei::plan
