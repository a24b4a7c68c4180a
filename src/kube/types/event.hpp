// core/v1 Event: what `kubectl describe` lists under an object.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include <boost/describe.hpp>

#include "kube/meta/names.hpp"
#include "kube/meta/object_meta.hpp"
#include "kube/types/object_reference.hpp"

namespace kube {

struct EventSource {
    std::string component;
    std::string host;
    bool operator==(const EventSource&) const = default;
};
BOOST_DESCRIBE_STRUCT(EventSource, (), (component, host))

struct Event {
    ObjectMeta metadata;
    ObjectReference involvedObject;
    std::string reason;
    std::string message;
    EventSource source;
    std::optional<Time> firstTimestamp;
    std::optional<Time> lastTimestamp;
    std::int32_t count = 0;
    /// Normal or Warning.
    std::string type;
    std::optional<MicroTime> eventTime;
    std::string reportingComponent;
    std::string reportingInstance;
    static constexpr std::array required{"involvedObject", "metadata", "reportingComponent", "reportingInstance"};
    bool operator==(const Event&) const = default;
};
BOOST_DESCRIBE_STRUCT(
    Event,
    (),
    (metadata,
     involvedObject,
     reason,
     message,
     source,
     firstTimestamp,
     lastTimestamp,
     count,
     type,
     eventTime,
     reportingComponent,
     reportingInstance)
)

template <>
struct KindOf<Event> {
    static constexpr ResourceType type{"", "v1", "Event", "events"};
};

}  // namespace kube
