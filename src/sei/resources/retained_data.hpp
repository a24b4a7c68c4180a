// The claim that outlives its node: what is written on it when it is let go, and for whom it is kept (spec 08 5.4).
#pragma once

#include "kube/meta/object_meta.hpp"
#include "kube/types/persistent_volume_claim.hpp"
#include "sei/api/node.hpp"

namespace sei::resources {

/// Was the claim left by a node, and not taken again since?
[[nodiscard]] bool is_retained(const kube::ObjectMeta& claim);

/// Are the data of a node of this chain and role? Its name is that of the claim.
[[nodiscard]] bool is_retained_for(const kube::ObjectMeta& claim, const api::SeiNode& node);

/// Has the image of a node run on the data, as the node said that left them?
[[nodiscard]] bool has_data_of_run(const kube::ObjectMeta& claim);

/// Takes the node's owner reference away, so that the garbage collector leaves the claim alone, and writes down what is
/// on it. Owners that others set stay.
void let_go(kube::PersistentVolumeClaim& claim, const api::SeiNode& node);

/// Makes the claim the node's own: the reverse.
void take_again(kube::PersistentVolumeClaim& claim, const api::SeiNode& node);

}  // namespace sei::resources
