// Label and annotation keys, finalizers, field managers: names that other people's tools select by (spec 01 §17).
#pragma once

#include <string_view>

namespace sei::api {

// Labels (spec 01 §17.1).
inline constexpr std::string_view kDeploymentLabel = "sei.io/nodedeployment";
inline constexpr std::string_view kDeploymentOrdinalLabel = "sei.io/nodedeployment-ordinal";
inline constexpr std::string_view kRevisionLabel = "sei.io/revision";
inline constexpr std::string_view kChainLabel = "sei.io/chain";
/// The only key of the StatefulSet's and the headless Service's selector.
inline constexpr std::string_view kNodeLabel = "sei.io/node";
inline constexpr std::string_view kRoleLabel = "sei.io/role";
/// On a SeiNode, with any value: what failed is tried again, with the same data; what was put off until the next
/// restart is done now. The controller removes it (an addition: spec 08 2.3, 7.1).
inline constexpr std::string_view kRetryAnnotation = "sei.io/retry";
inline constexpr std::string_view kComponentLabel = "sei.io/component";
inline constexpr std::string_view kBootstrapComponent = "bootstrap";
/// Set by the StatefulSet controller on pods; tells which template a pod was made from.
inline constexpr std::string_view kControllerRevisionHashLabel = "controller-revision-hash";

// Annotations (spec 01 §17.2) and other fixed strings.
inline constexpr std::string_view kManagedByAnnotation = "sei.io/managed-by";
/// On the claim of a node that is gone (additions: spec 08 5.4): chain and role of the node that the data are of.
inline constexpr std::string_view kRetainedDataAnnotation = "sei.io/retained-data";
/// And the uid of the node that left it last.
inline constexpr std::string_view kRetainedFromAnnotation = "sei.io/retained-from";
/// On a claim that was retained once: the image that the last node that left it ran on the data.
inline constexpr std::string_view kLastImageAnnotation = "sei.io/last-image";
inline constexpr std::string_view kDoNotDisruptAnnotation = "karpenter.sh/do-not-disrupt";
/// The key of node affinity.
inline constexpr std::string_view kNodePoolKey = "karpenter.sh/nodepool";
inline constexpr std::string_view kGrpcAppProtocol = "kubernetes.io/h2c";

// Finalizers (spec 01 §17.3).
inline constexpr std::string_view kNodeFinalizer = "sei.io/seinode-finalizer";
inline constexpr std::string_view kDeploymentFinalizer = "sei.io/seinodedeployment-finalizer";

// Field managers (spec 01 §17.5).
/// Server-side apply of what a SeiNode owns.
inline constexpr std::string_view kNodeFieldManager = "seinode-controller";
/// Server-side apply of what a SeiNodeDeployment owns.
inline constexpr std::string_view kDeploymentFieldManager = "seinodedeployment-controller";
/// Server-side apply of a SeiNode's `spec.image`.
inline constexpr std::string_view kTaskFieldManager = "seinode-task-controller";
/// Every other write.
inline constexpr std::string_view kFieldManager = "manager";

// Controllers (spec 01 §17.6) and the components of their events (§16).
inline constexpr std::string_view kNodeControllerName = "seinode";
inline constexpr std::string_view kDeploymentControllerName = "seinodedeployment";
inline constexpr std::string_view kTaskControllerName = "seinodetask";
inline constexpr std::string_view kNodeEventSource = "seinode-controller";
inline constexpr std::string_view kDeploymentEventSource = "seinodedeployment-controller";
inline constexpr std::string_view kTaskEventSource = "seinodetask-controller";
inline constexpr std::string_view kLeaderElectionLease = "bc1f5b0a.sei.io";

}  // namespace sei::api
