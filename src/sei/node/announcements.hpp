// What the world is told after a status was written: computed from what was and what is.
#pragma once

#include <vector>

#include "kube/runtime/announcement.hpp"
#include "sei/api/node.hpp"

namespace sei::node {

/// The events of a status that changed from `before` to `after` (spec 02 §10.3, §11.2), each for a change, none for a
/// state (spec 08 2.7): a failed node is announced once (spec 02 D27). None for Terminating.
[[nodiscard]] std::vector<kube::Announcement> announcements(
    const api::NodeSpec& spec, const api::SeiNodeStatus& before, const api::SeiNodeStatus& after
);

}  // namespace sei::node
