// What another way of writing left on a node is handed over to server-side apply, so that what the template no longer
// says goes (spec 03 §1.6, H4).
#pragma once

#include <optional>
#include <vector>

#include "kube/client/field_owners.hpp"
#include "sei/api/node.hpp"

namespace sei::deployment {

/// `owners` of a node, with what was written under the name of a controller by create and update moved to what the
/// deployment applies; nullopt when nothing is to be moved.
///
/// A fleet that is taken over has nodes whose every field belongs to that name. An apply of our own shares them, and
/// what it stops to send stays, for the other owner's sake: a sidecar, an override, a second source of snapshots. Once
/// they are handed over the next apply decides. Only what a deployment propagates is: of the spec, labels and
/// annotations. Never `spec.paused` and the peers of a ceremony, which are written by merge patch to this day; never
/// what the nodes keep for good: chain, volumes, mode, names of Secrets. Other managers' fields stay theirs.
///
/// `desired` is what is about to be applied.
[[nodiscard]] std::optional<std::vector<kube::FieldOwner>> with_fields_handed_over(
    std::vector<kube::FieldOwner> owners, const api::SeiNode& desired
);

}  // namespace sei::deployment
