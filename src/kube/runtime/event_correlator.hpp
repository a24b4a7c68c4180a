// Which events become objects, and which are counted in one that is there already.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "kube/async/clock.hpp"
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

/// A map that forgets what was not used for the longest time.
template <class V>
class RecentMap {
public:
    explicit RecentMap(std::size_t entries_max) : entries_max_{entries_max} {}
    RecentMap(const RecentMap&) = delete;
    RecentMap& operator=(const RecentMap&) = delete;
    V& operator[](const std::string& key) {
        const auto found = places_.find(key);
        if (found != places_.end()) {
            order_.splice(order_.begin(), order_, found->second);
            return order_.front().second;
        }
        order_.emplace_front(key, V{});
        places_.emplace(order_.front().first, order_.begin());
        if (order_.size() > entries_max_) {
            places_.erase(order_.back().first);
            order_.pop_back();
        }
        return order_.front().second;
    }

private:
    std::size_t entries_max_;
    std::list<std::pair<std::string, V>> order_;
    /// The keys are those of `order_`, whose nodes stay where they are.
    std::map<std::string_view, typename std::list<std::pair<std::string, V>>::iterator> places_;
};

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
        std::set<std::string> messages;
        MonotonicTime last{};
    };
    struct Bucket {
        double tokens = kSpamBurst;
        std::optional<MonotonicTime> filled_at;
    };
    RecentMap<Similar> similar_{kEntriesMax};
    RecentMap<Delivered> delivered_{kEntriesMax};
    RecentMap<Bucket> buckets_{kEntriesMax};
};

}  // namespace detail
}  // namespace kube
