// What a pass does to the nodes of a deployment: pause, make, adopt, keep, take away (spec 03 §6-8).
#pragma once

#include <optional>
#include <vector>

#include "kube/async/async.hpp"
#include "sei/deployment/deployment_context.hpp"
#include "sei/deployment/rollout.hpp"

namespace sei::deployment {

/// Brings `spec.paused` of every node to that of the deployment, in both directions, whatever else goes on.
[[nodiscard]] kube::Async<> propagate_pause(DeploymentContext& context);

/// Which of the missing nodes are made.
enum class Missing {
    /// Every ordinal below `spec.replicas`.
    All,
    /// Those that the plan in flight names: one that was deleted meanwhile comes back (H6), more waits for its end.
    OfPlan,
    /// Nodes that are there are kept all the same.
    None,
};
/// Makes, adopts and updates the nodes with ordinals below `spec.replicas`. While a rollout is in flight its bound
/// says which nodes are brought to the images of the template. What concerns one node never holds up another.
[[nodiscard]] kube::Async<> keep_children(DeploymentContext& context, Missing missing);

/// What a rollout of `fleet` is held to. Nullopt: all nodes at once.
[[nodiscard]] std::optional<Bound> bound_of(const DeploymentContext& context, const Fleet& fleet);

/// Would a node that is made now take part in a genesis ceremony?
[[nodiscard]] bool would_take_part(const DeploymentContext& context);

/// The nodes that a pass keeps: with ordinals below `spec.replicas`, not going, controlled by the deployment or left
/// behind by an earlier one of its name.
[[nodiscard]] std::vector<NodeSnapshot> kept_nodes(const DeploymentContext& context);
/// The same, read uncached, whatever labels they carry: before something is decided for good about who is there.
[[nodiscard]] kube::Async<std::vector<NodeSnapshot>> read_kept_nodes(const DeploymentContext& context);

/// Does every node of the fleet that is there, or is left to be adopted, ask for the images of the template, by an
/// uncached look?
[[nodiscard]] kube::Async<bool> are_as_made(const DeploymentContext& context);

/// Deletes the nodes with ordinals from `spec.replicas` on, each after an uncached look at it and at the deployment.
[[nodiscard]] kube::Async<> scale_down(DeploymentContext& context);

}  // namespace sei::deployment
