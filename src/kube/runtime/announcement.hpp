// An event that is worked out before it is known whether it will be told.
#pragma once

#include <string>

#include "kube/runtime/event_recorder.hpp"

namespace kube {

/// What EventRecorder::record takes, but for the object: computed from a status that is about to be written, told when
/// the write has succeeded.
struct Announcement {
    EventType type = EventType::Normal;
    std::string reason;
    std::string message;
    bool operator==(const Announcement&) const = default;
};

}  // namespace kube
