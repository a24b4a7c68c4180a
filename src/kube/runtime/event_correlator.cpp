#include "kube/runtime/event_correlator.hpp"

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <string_view>

namespace kube::detail {

namespace {

/// Parts that cannot run into each other.
std::string joined(std::initializer_list<std::string_view> parts) {
    std::string key;
    for (const std::string_view part : parts) {
        key += part;
        key += '\0';
    }
    return key;
}

/// Most nodes have an event or two for ever: their keys are kept short.
EventDigest digest_of(std::string text) {
    const std::uint64_t first = std::hash<std::string_view>{}(text);
    text += '\1';
    return {first, std::hash<std::string_view>{}(text)};
}

std::string_view type_name(EventType type) {
    return type == EventType::Normal ? "Normal" : "Warning";
}

}  // namespace

std::optional<EventCorrelator::Decision> EventCorrelator::correlate(const RecordedEvent& event, MonotonicTime now) {
    const ObjectReference& about = event.about;
    const std::string subject = joined(
        {event.component, about.apiVersion, about.kind, about.namespace_, about.name, about.uid, type_name(event.type)}
    );

    Bucket& bucket = buckets_[digest_of(subject)];
    if (bucket.filled_at) {
        const double refilled = std::chrono::duration<double>(now - *bucket.filled_at) / kSpamRefill;
        bucket.tokens = std::min(kSpamBurst, bucket.tokens + refilled);
    }
    bucket.filled_at = now;
    if (bucket.tokens < 1) return std::nullopt;
    bucket.tokens -= 1;

    const std::string group = subject + joined({event.reason});
    Similar& similar = similar_[digest_of(group)];
    if (now - similar.last > kSimilarInterval) similar.messages.clear();
    similar.last = now;
    similar.messages.insert(digest_of(event.message));
    if (similar.messages.size() < kSimilarMessagesMax) {
        return Decision{event.message, &delivered_[digest_of(group + joined({event.message}))]};
    }
    if (similar.messages.size() > kSimilarMessagesMax) similar.messages.erase(similar.messages.begin());
    return Decision{"(combined from similar events): " + event.message, &delivered_[digest_of(group)]};
}

}  // namespace kube::detail
