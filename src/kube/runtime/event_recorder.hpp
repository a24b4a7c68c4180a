// Events: what `kubectl describe` lists under an object.
#pragma once

#include <string>

#include "kube/types/object_reference.hpp"

namespace kube {

enum class EventType { Normal, Warning };

/// Records events. Returns at once: delivery is asynchronous and best effort, equal events are counted in one object,
/// many like ones are folded, floods are dropped (spec 07 §13).
///
/// To be called after the write that the event speaks of has succeeded.
class EventRecorder {
public:
    virtual ~EventRecorder() = default;
    virtual void record(ObjectReference about, EventType type, std::string reason, std::string message) = 0;
};

}  // namespace kube
