// Types and reasons of conditions (spec 01 §15).
//
// The order of a kind's types here is the order in which they first appear, and so their order in the list.
#pragma once

#include <string_view>

namespace sei::api {

/// SeiNode (spec 01 §15.1).
namespace node_condition {
inline constexpr std::string_view kPaused = "Paused";
inline constexpr std::string_view kImportPvcReady = "ImportPVCReady";
inline constexpr std::string_view kSigningKeyReady = "SigningKeyReady";
inline constexpr std::string_view kNodeKeyReady = "NodeKeyReady";
inline constexpr std::string_view kOperatorKeyringReady = "OperatorKeyringReady";
inline constexpr std::string_view kSidecarReady = "SidecarReady";
inline constexpr std::string_view kNodeUpdateInProgress = "NodeUpdateInProgress";
/// False while the controller cannot serve a spec that the schema accepts; True again once it can. Exists only after
/// the first such spec (an addition: spec 01 §20.12).
inline constexpr std::string_view kSpecValid = "SpecValid";
/// True while the controller cannot get on, with the reason; False again once it can. Exists only after the first time
/// (an addition: the name and the sense are those of kstatus, spec 08 1.4).
inline constexpr std::string_view kStalled = "Stalled";
/// False with the first thing that keeps the node's pod from being ready; then it follows the pod, whatever the phase
/// (an addition: spec 08 3.1, 3.3).
inline constexpr std::string_view kPodReady = "PodReady";
/// True while the spec asks for something that reaches the node with its next pod only, and no update is under way for
/// it; False again once it has. Exists only after the first time (an addition: spec 08 3.8, 7.1).
inline constexpr std::string_view kRestartPending = "RestartPending";
}  // namespace node_condition

/// SeiNodeDeployment (spec 01 §15.2).
namespace deployment_condition {
inline constexpr std::string_view kGenesisCeremonyComplete = "GenesisCeremonyComplete";
inline constexpr std::string_view kPaused = "Paused";
inline constexpr std::string_view kPlanInProgress = "PlanInProgress";
inline constexpr std::string_view kRolloutInProgress = "RolloutInProgress";
inline constexpr std::string_view kNetworkingReady = "NetworkingReady";
inline constexpr std::string_view kNodesReady = "NodesReady";
/// True while something of the fleet cannot be made as the spec says, with the reason; False again once it can. Exists
/// only after the first time (an addition, like that of SeiNode).
inline constexpr std::string_view kStalled = "Stalled";
}  // namespace deployment_condition

/// SeiNodeTask (spec 01 §15.3). `Ready` and `Failed` exist only in the terminal state, and only with status True.
namespace task_condition {
inline constexpr std::string_view kTargetReady = "TargetReady";
inline constexpr std::string_view kReady = "Ready";
inline constexpr std::string_view kFailed = "Failed";
}  // namespace task_condition

namespace reason {

// Paused, of SeiNode and SeiNodeDeployment.
inline constexpr std::string_view kPaused = "Paused";
inline constexpr std::string_view kNotPaused = "NotPaused";

// SidecarReady.
inline constexpr std::string_view kReady = "Ready";
inline constexpr std::string_view kNotReady = "NotReady";
inline constexpr std::string_view kUnreachable = "Unreachable";

// NodeUpdateInProgress.
inline constexpr std::string_view kUpdateStarted = "UpdateStarted";
inline constexpr std::string_view kUpdateComplete = "UpdateComplete";
inline constexpr std::string_view kUpdateFailed = "UpdateFailed";

// ImportPVCReady.
inline constexpr std::string_view kPvcValidated = "PVCValidated";
inline constexpr std::string_view kPvcNotReady = "PVCNotReady";
inline constexpr std::string_view kPvcInvalid = "PVCInvalid";

// SigningKeyReady, NodeKeyReady, OperatorKeyringReady.
inline constexpr std::string_view kSigningKeyValidated = "SigningKeyValidated";
inline constexpr std::string_view kSigningKeyNotReady = "SigningKeyNotReady";
inline constexpr std::string_view kSigningKeyInvalid = "SigningKeyInvalid";
inline constexpr std::string_view kNodeKeyValidated = "NodeKeyValidated";
inline constexpr std::string_view kNodeKeyNotReady = "NodeKeyNotReady";
inline constexpr std::string_view kNodeKeyInvalid = "NodeKeyInvalid";
inline constexpr std::string_view kOperatorKeyringValidated = "OperatorKeyringValidated";
inline constexpr std::string_view kOperatorKeyringNotReady = "OperatorKeyringNotReady";
inline constexpr std::string_view kOperatorKeyringInvalid = "OperatorKeyringInvalid";

// SpecValid.
inline constexpr std::string_view kSpecAccepted = "SpecAccepted";
inline constexpr std::string_view kSpecRejected = "SpecRejected";

// PodReady of SeiNode; Ready and NotReady as above.
inline constexpr std::string_view kStarting = "Starting";
inline constexpr std::string_view kNoPod = "NoPod";
/// Unready on purpose, and no failure (spec 08 3.2).
inline constexpr std::string_view kGateClosed = "GateClosed";
inline constexpr std::string_view kHaltedByIntention = "HaltedByIntention";
inline constexpr std::string_view kUnschedulable = "Unschedulable";
inline constexpr std::string_view kImagePullFailed = "ImagePullFailed";
inline constexpr std::string_view kContainerNotCreated = "ContainerNotCreated";
inline constexpr std::string_view kContainersNotStarted = "ContainersNotStarted";
inline constexpr std::string_view kInitFailed = "InitFailed";
inline constexpr std::string_view kCrashLooping = "CrashLooping";
inline constexpr std::string_view kPodFailed = "PodFailed";
inline constexpr std::string_view kVolumeFailed = "VolumeFailed";

// RestartPending of SeiNode; TemplateChanged as of RolloutInProgress.
inline constexpr std::string_view kConfigChanged = "ConfigChanged";
inline constexpr std::string_view kUpToDate = "UpToDate";

// Stalled.
inline constexpr std::string_view kTaskNotProgressing = "TaskNotProgressing";
inline constexpr std::string_view kWorkloadNotApplied = "WorkloadNotApplied";
/// A task was not done within its time: the plan has failed.
inline constexpr std::string_view kTaskDeadlineExceeded = "TaskDeadlineExceeded";
/// The claim of the data volume of a validator is gone.
inline constexpr std::string_view kDataVolumeMissing = "DataVolumeMissing";
/// What has to be done before the node may go is refused.
inline constexpr std::string_view kDeletionBlocked = "DeletionBlocked";
/// The pass ended with an error that is none of the above.
inline constexpr std::string_view kReconcileFailed = "ReconcileFailed";
inline constexpr std::string_view kProgressing = "Progressing";

// GenesisCeremonyComplete.
inline constexpr std::string_view kComplete = "Complete";
inline constexpr std::string_view kNotApplicable = "NotApplicable";
inline constexpr std::string_view kInProgress = "InProgress";
inline constexpr std::string_view kNotStarted = "NotStarted";

/// An addition: no chain can be made from spec.genesis.
inline constexpr std::string_view kGenesisRejected = "GenesisRejected";

// PlanInProgress; NotStarted as above.
inline constexpr std::string_view kPlanStarted = "PlanStarted";
inline constexpr std::string_view kPlanComplete = "PlanComplete";
inline constexpr std::string_view kPlanFailed = "PlanFailed";

// RolloutInProgress; NotStarted as above.
inline constexpr std::string_view kTemplateChanged = "TemplateChanged";
inline constexpr std::string_view kRolloutComplete = "RolloutComplete";
inline constexpr std::string_view kRolloutFailed = "RolloutFailed";
/// An addition: the rollout goes on, but has made no progress for as long as the spec allows.
inline constexpr std::string_view kProgressDeadlineExceeded = "ProgressDeadlineExceeded";

// NetworkingReady.
inline constexpr std::string_view kNetworkingDisabled = "NetworkingDisabled";
inline constexpr std::string_view kNoEffectiveRoutes = "NoEffectiveRoutes";
inline constexpr std::string_view kCrdNotInstalled = "CRDNotInstalled";
inline constexpr std::string_view kDnsPending = "DNSPending";
inline constexpr std::string_view kHttpRoutesPublished = "HTTPRoutesPublished";
/// An addition: an object of somebody else has a name that is needed; with a Service also a reason of Stalled.
inline constexpr std::string_view kNameTaken = "NameTaken";
/// An addition: the API server refuses a Service or a route.
inline constexpr std::string_view kNetworkingNotApplied = "NetworkingNotApplied";
/// An addition: the Gateway says in a route's status that it does not serve it (spec 03 H32).
inline constexpr std::string_view kRouteNotServed = "RouteNotServed";

// Stalled of SeiNodeDeployment; NameTaken, NetworkingNotApplied and Progressing as elsewhere.
inline constexpr std::string_view kNodeNotApplied = "NodeNotApplied";
inline constexpr std::string_view kCeremonyFailed = "CeremonyFailed";
inline constexpr std::string_view kCeremonyTimeLimitExceeded = "CeremonyTimeLimitExceeded";

// NodesReady.
inline constexpr std::string_view kAllNodesReady = "AllNodesReady";
inline constexpr std::string_view kNodesFailed = "NodesFailed";
inline constexpr std::string_view kNodesInitializing = "NodesInitializing";
/// An addition: nodes are Running, and something is wrong with their pods.
inline constexpr std::string_view kNodesUnhealthy = "NodesUnhealthy";

// TargetReady.
inline constexpr std::string_view kPhaseMet = "PhaseMet";
inline constexpr std::string_view kPhaseNotMet = "PhaseNotMet";

// Ready of SeiNodeTask.
inline constexpr std::string_view kTaskComplete = "TaskComplete";

// Failed of SeiNodeTask; the reasons of its Warning events, too.
inline constexpr std::string_view kTargetResolveFailed = "TargetResolveFailed";
inline constexpr std::string_view kUnsupportedKind = "UnsupportedKind";
inline constexpr std::string_view kDeserializeFailed = "DeserializeFailed";
inline constexpr std::string_view kTaskTerminalError = "TaskTerminalError";
inline constexpr std::string_view kTaskFailed = "TaskFailed";
inline constexpr std::string_view kTimeout = "Timeout";

}  // namespace reason
}  // namespace sei::api
