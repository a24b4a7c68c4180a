// What the world is told after a status was written: computed from what was and what is.
#pragma once

#include <string>
#include <vector>

#include "kube/runtime/event_recorder.hpp"
#include "sei/api/node.hpp"

namespace sei::node {

struct Announcement {
    kube::EventType type = kube::EventType::Normal;
    std::string reason;
    std::string message;
    bool operator==(const Announcement&) const = default;
};

/// The events of a status that changed from `before` to `after` (spec 02 §10.3, §11.2), each for a change, none for a
/// state (spec 08 2.7): a failed node is announced once (spec 02 D27). None for Terminating.
[[nodiscard]] std::vector<Announcement> announcements(
    const api::SeiNodeStatus& before, const api::SeiNodeStatus& after
);

}  // namespace sei::node
