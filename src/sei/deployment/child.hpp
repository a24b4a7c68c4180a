// What a node of a deployment is to be, as far as the deployment says so: what is applied to it (spec 03 §7).
#pragma once

#include <cstdint>
#include <vector>

#include "sei/api/deployment.hpp"
#include "sei/api/node.hpp"

namespace sei::deployment {

/// Which images a node that exists may be brought to.
enum class Images {
    /// Those of the template.
    OfTemplate,
    /// Those that it has: its turn in a rollout has not come.
    AsTheyAre,
};

/// What a node has to do with the ceremony of its deployment's spec.genesis.
struct CeremonyOfFleet {
    /// Does a node that is made now take part? Only where all that are there do (H16d, H16e).
    bool takes_newcomers = true;
    /// Is no node made now? The genesis is assembled without it, and the ceremony is not over: after it, it joins.
    bool is_closed = false;
    /// What it gave to its participants: for a node that joins their chain.
    std::vector<api::PeerSource> peers;
};

/// The fields that the deployment owns of the node with this ordinal, and nothing else: exactly what is sent.
///
/// `live` is the node as it was last seen, null when there is none; its uid goes along, so that no namesake is written.
/// The revision label is the deployment's generation, on the node only: nothing that a counter makes enters a pod
/// template (spec 08 3.9). `spec.paused` is written apart from this, and `sei.io/retry` is no template's to ask for.
///
/// The peers of nodes that take part in a genesis ceremony are the ceremony's: never applied, so never undone (spec 08
/// 6.4). A node that is made after it gets those of a participant.
[[nodiscard]] api::SeiNode desired_child(
    const api::SeiNodeDeployment& deployment,
    std::int32_t ordinal,
    const api::SeiNode* live,
    Images images,
    const CeremonyOfFleet& ceremony
);

/// Has `live` the labels, annotations and controller that `desired_child` would give it? The cheap half of the question
/// below: edits of these do not move the generation of a node.
[[nodiscard]] bool has_metadata_of_child(
    const api::SeiNode& live, const api::SeiNodeDeployment& deployment, std::int32_t ordinal
);

/// Has `live` the sidecar that `desired` says: none where that says none, else its image and port (spec 03 §7.2)?
[[nodiscard]] bool has_sidecar(const api::SeiNode& live, const api::SeiNode& desired);

/// Has `live` everything that `desired` says? A field that the template no longer sets shows in the revision label; a
/// sidecar that it no longer sets does not, where the node's turn came later.
[[nodiscard]] bool is_up_to_date(const api::SeiNode& live, const api::SeiNode& desired);

/// The controller reference that everything a deployment owns carries (spec 03 §1.6).
[[nodiscard]] kube::OwnerReference owner_reference_to(const api::SeiNodeDeployment& deployment);

}  // namespace sei::deployment
