// The claim of a node's data volume (spec 05 §8).
#pragma once

#include <optional>

#include "kube/types/persistent_volume_claim.hpp"
#include "sei/api/node.hpp"
#include "sei/platform/platform.hpp"

namespace sei::resources {

/// What is created where the claim is absent; it is never updated. Nullopt for an imported volume, of which nothing is
/// rendered or written.
[[nodiscard]] std::optional<kube::PersistentVolumeClaim> render_data_volume_claim(
    const api::SeiNode& node, const platform::Platform& platform
);

}  // namespace sei::resources
