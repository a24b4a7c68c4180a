// Which events become objects, and which are counted in one that is there already.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "kube/async/clock.hpp"
#include "kube/meta/recent_map.hpp"
#include "kube/runtime/event_recorder.hpp"

namespace kube {

/// An event as a component recorded it.
struct RecordedEvent {
    std::string component;
    ObjectReference about;
    EventType type = EventType::Normal;
    std::string reason;
    std::string message;
    WallTime first_at{};
    WallTime last_at{};
    /// How often it was recorded since the last delivery.
    std::int64_t times = 1;
};

namespace detail {

/// Stands for a text of any length: two texts with one digest are not met with.
using EventDigest = std::array<std::uint64_t, 2>;

/// client-go's rules for legacy events (spec 07 §13): an equal event (source, object, type, reason, message) raises the
/// count of the one before; the tenth message within 10 minutes that differs in nothing else, and what follows it,
/// becomes one combined event; a source may speak 25 times of one object and type, then once in 300 s.
class EventCorrelator {
public:
    static constexpr std::size_t kEntriesMax = 4096;
    static constexpr std::size_t kSimilarMessagesMax = 10;
    static constexpr std::chrono::seconds kSimilarInterval{600};
    static constexpr double kSpamBurst = 25;
    static constexpr std::chrono::seconds kSpamRefill{300};

    /// What is known of the object of the API that stands for an event.
    struct Delivered {
        std::string name;
        std::int64_t count = 0;
        WallTime first_at{};
    };
    struct Decision {
        std::string message;
        /// To be updated after the delivery; valid until the next call.
        Delivered* delivered = nullptr;
    };
    /// Nullopt: dropped as spam.
    [[nodiscard]] std::optional<Decision> correlate(const RecordedEvent& event, MonotonicTime now);

private:
    struct Similar {
        std::set<EventDigest> messages;
        MonotonicTime last{};
    };
    struct Bucket {
        double tokens = kSpamBurst;
        std::optional<MonotonicTime> filled_at;
    };
    RecentMap<EventDigest, Similar> similar_{kEntriesMax};
    RecentMap<EventDigest, Delivered> delivered_{kEntriesMax};
    RecentMap<EventDigest, Bucket> buckets_{kEntriesMax};
};

}  // namespace detail
}  // namespace kube
