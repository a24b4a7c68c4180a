// Reasons of events (spec 01 §16). The reasons of a failed SeiNodeTask are those of its condition (conditions.hpp).
#pragma once

#include <string_view>

namespace sei::api::event {

// SeiNode.
inline constexpr std::string_view kNodeFailed = "NodeFailed";
inline constexpr std::string_view kPhaseTransition = "PhaseTransition";
inline constexpr std::string_view kSidecarReadinessLost = "SidecarReadinessLost";
inline constexpr std::string_view kSidecarReadinessRestored = "SidecarReadinessRestored";
/// An addition: a spec that the controller cannot serve (spec 01 §20.12).
inline constexpr std::string_view kSpecRejected = "SpecRejected";
/// An addition: a value of the spec that the operator does not let through (spec 02 §25, D18).
inline constexpr std::string_view kOverrideReplaced = "OverrideReplaced";
/// An addition: a configuration was given under which the pod does not answer where it is asked (spec 05 §19, 20).
inline constexpr std::string_view kAskedPortMoved = "AskedPortMoved";
/// An addition: a plan synchronises state with fewer than two witnesses (spec 08 7.6).
inline constexpr std::string_view kFewWitnesses = "FewWitnesses";
/// Additions: the claim of a node that goes is kept; a node has taken one that was kept (spec 08 5.4).
inline constexpr std::string_view kDataRetained = "DataRetained";
inline constexpr std::string_view kDataAdopted = "DataAdopted";

// SeiNodeDeployment.
inline constexpr std::string_view kNodeCreated = "SeiNodeCreated";
inline constexpr std::string_view kNodeDeleted = "SeiNodeDeleted";
inline constexpr std::string_view kChildPaused = "ChildPaused";
inline constexpr std::string_view kChildResumed = "ChildResumed";
inline constexpr std::string_view kPaused = "Paused";
inline constexpr std::string_view kUnpaused = "Unpaused";
inline constexpr std::string_view kRolloutStarted = "RolloutStarted";
inline constexpr std::string_view kRolloutSuperseded = "RolloutSuperseded";
inline constexpr std::string_view kRolloutComplete = "RolloutComplete";
inline constexpr std::string_view kPlanStarted = "PlanStarted";
inline constexpr std::string_view kPlanComplete = "PlanComplete";
inline constexpr std::string_view kPlanFailed = "PlanFailed";
inline constexpr std::string_view kHttpRoutesPublished = "HTTPRoutesPublished";
inline constexpr std::string_view kCrdNotInstalled = "CRDNotInstalled";
inline constexpr std::string_view kRetainResources = "RetainResources";
inline constexpr std::string_view kDeleteFailed = "DeleteFailed";

}  // namespace sei::api::event
