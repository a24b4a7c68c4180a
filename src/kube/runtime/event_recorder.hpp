// Events: what `kubectl describe` lists under an object.
#pragma once

#include <string>

#include "kube/meta/names.hpp"
#include "kube/meta/object_meta.hpp"

namespace kube {

enum class EventType { Normal, Warning };

/// The object that an event is about.
struct ObjectReference {
    std::string apiVersion;
    std::string kind;
    std::string namespace_;
    std::string name;
    std::string uid;
    std::string resourceVersion;
};

template <Kind K>
[[nodiscard]] ObjectReference reference_to(const K& object) {
    return {
        .apiVersion = KindOf<K>::type.api_version(),
        .kind = std::string{KindOf<K>::type.kind},
        .namespace_ = object.metadata.namespace_,
        .name = object.metadata.name,
        .uid = object.metadata.uid,
        .resourceVersion = object.metadata.resourceVersion
    };
}

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
