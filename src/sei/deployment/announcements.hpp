// What the world is told after a deployment's status was written: computed from what was and what is (spec 03 §16).
#pragma once

#include <vector>

#include "kube/runtime/announcement.hpp"
#include "sei/api/deployment.hpp"

namespace sei::deployment {

/// The events of a status that changed from `before` to `after`, each for a change, none for a state (spec 08 2.7).
/// What was done to single nodes is told where it is done.
[[nodiscard]] std::vector<kube::Announcement> announcements(
    const api::SeiNodeDeploymentStatus& before, const api::SeiNodeDeploymentStatus& after
);

}  // namespace sei::deployment
