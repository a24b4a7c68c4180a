#include "kube/runtime/event_broadcaster.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "kube/meta/time.hpp"

namespace kube::detail {

namespace {

constexpr ResourceType kEventType{"", "v1", "Event", "events"};
constexpr std::size_t kNameBytesMax = 253;

bool is_equal(const RecordedEvent& a, const RecordedEvent& b) {
    return a.component == b.component && a.about.uid == b.about.uid && a.about.name == b.about.name &&
           a.about.namespace_ == b.about.namespace_ && a.about.kind == b.about.kind && a.type == b.type &&
           a.reason == b.reason && a.message == b.message;
}

std::string namespace_of(const RecordedEvent& event) {
    return event.about.namespace_.empty() ? "default" : event.about.namespace_;
}

json::Object body_of(const RecordedEvent& event, const std::string& message, const EventCorrelator::Delivered& known) {
    json::Object about{{"apiVersion", event.about.apiVersion}, {"kind", event.about.kind}, {"name", event.about.name}};
    if (!event.about.namespace_.empty()) about["namespace"] = event.about.namespace_;
    if (!event.about.uid.empty()) about["uid"] = event.about.uid;
    if (!event.about.resourceVersion.empty()) about["resourceVersion"] = event.about.resourceVersion;
    return {
        {"apiVersion", "v1"},
        {"kind", "Event"},
        {"metadata", json::Object{{"name", known.name}, {"namespace", namespace_of(event)}}},
        {"involvedObject", std::move(about)},
        {"reason", event.reason},
        {"message", message},
        {"source", json::Object{{"component", event.component}}},
        {"firstTimestamp", to_string(Time::of(known.first_at))},
        {"lastTimestamp", to_string(Time::of(event.last_at))},
        {"count", known.count},
        {"type", event.type == EventType::Normal ? "Normal" : "Warning"},
        {"eventTime", nullptr},
        {"reportingComponent", event.component},
        {"reportingInstance", ""},
    };
}

bool is_rejection(const ApiError& error) {
    return error.code() < 500 && error.code() != 429;
}

}  // namespace

class EventBroadcaster::Recorder final : public EventRecorder {
public:
    Recorder(EventBroadcaster& broadcaster, std::string component)
        : broadcaster_{broadcaster}, component_{std::move(component)} {}
    void record(ObjectReference about, EventType type, std::string reason, std::string message) override {
        const WallTime now = broadcaster_.around_.clock.now();
        broadcaster_.record(
            {.component = component_,
             .about = std::move(about),
             .type = type,
             .reason = std::move(reason),
             .message = std::move(message),
             .first_at = now,
             .last_at = now}
        );
    }

private:
    EventBroadcaster& broadcaster_;
    std::string component_;
};

EventBroadcaster::EventBroadcaster(Surroundings& around)
    : around_{around}, log_{around.log.named("events")}, arrived_{around.executor} {}
EventBroadcaster::~EventBroadcaster() = default;

EventRecorder& EventBroadcaster::recorder(const std::string& component) {
    auto& one = recorders_[component];
    if (one == nullptr) one = std::make_unique<Recorder>(*this, component);
    return *one;
}

void EventBroadcaster::record(RecordedEvent event) {
    log_.debug(
        event.message,
        {{"type", event.type == EventType::Normal ? "Normal" : "Warning"},
         {"object", NamespacedName{event.about.namespace_, event.about.name}},
         {"kind", event.about.kind},
         {"reason", event.reason}}
    );
    const auto equal = std::ranges::find_if(queue_, [&](const RecordedEvent& one) { return is_equal(one, event); });
    if (equal != queue_.end()) {
        equal->times += event.times;
        equal->last_at = event.last_at;
        return;
    }
    if (queue_.size() >= kQueueEventsMax) {
        log_.error(
            "The event queue is full; dropping an event",
            {{"object", NamespacedName{event.about.namespace_, event.about.name}}, {"reason", event.reason}}
        );
        return;
    }
    queue_.push_back(std::move(event));
    if (queue_.size() == 1) arrived_.notify_all();
}

Async<> EventBroadcaster::run() {
    for (;;) {
        is_delivering_ = false;
        if (queue_.empty() && rested_) rested_();
        while (queue_.empty()) co_await arrived_.wait();
        is_delivering_ = true;
        RecordedEvent event = std::move(queue_.front());
        queue_.pop_front();
        const auto decision = correlator_.correlate(event, around_.clock.monotonic());
        if (!decision) continue;
        for (unsigned attempt = 1;; ++attempt) {
            if (co_await deliver(event, *decision) == Delivery::Done) break;
            if (attempt == kAttemptsMax) {
                log_.error("Unable to deliver an event; giving it up", {{"reason", event.reason}});
                break;
            }
            const std::chrono::milliseconds interval = kAttemptInterval;
            co_await around_.clock.sleep_for(
                attempt == 1 ? std::chrono::milliseconds{static_cast<std::int64_t>(
                                   static_cast<double>(interval.count()) * around_.random.uniform()
                               )}
                             : interval
            );
        }
    }
}

Async<> EventBroadcaster::flush(MonotonicTime deadline) {
    using namespace boost::asio::experimental::awaitable_operators;
    (void)co_await (deliver_queued() || around_.clock.sleep_until(deadline));
}

Async<> EventBroadcaster::deliver_queued() {
    while (!queue_.empty()) {
        RecordedEvent event = std::move(queue_.front());
        queue_.pop_front();
        const auto decision = correlator_.correlate(event, around_.clock.monotonic());
        if (decision && co_await deliver(std::move(event), *decision) == Delivery::NoAnswer) co_return;
    }
}

Async<EventBroadcaster::Delivery> EventBroadcaster::deliver(RecordedEvent event, EventCorrelator::Decision decision) {
    // One delivery at a time: the correlator's entry stays where it is until the next call.
    EventCorrelator::Delivered next = *decision.delivered;
    const bool is_known = !next.name.empty();
    if (!is_known) next = {.name = name_for(event), .count = 0, .first_at = event.first_at};
    next.count += event.times;
    try {
        bool is_counted = false;
        if (is_known) {
            json::Object patch{
                {"count", next.count},
                {"lastTimestamp", to_string(Time::of(event.last_at))},
                {"message", decision.message}
            };
            NamespacedName key{namespace_of(event), next.name};
            const auto patched =
                co_await around_.client.merge_patch(kEventType, std::move(key), {}, std::move(patch), Answer::Metadata);
            is_counted = patched.has_value();  // else the server has forgotten it (events live for an hour)
        }
        if (!is_counted) {
            if (is_known) next.name = name_for(event);
            json::Object body = body_of(event, decision.message, next);
            (void)co_await around_.client.create(kEventType, namespace_of(event), std::move(body), Answer::Metadata);
        }
        *decision.delivered = next;
    } catch (const ApiError& error) {
        if (!is_rejection(error)) co_return Delivery::NoAnswer;
        log_.error("The API server rejected an event; it is not tried again", error.what(), {{"reason", event.reason}});
    } catch (const TransportError& error) {
        log_.debug("No answer while delivering an event", {{"error", error.what()}});
        co_return Delivery::NoAnswer;
    }
    co_return Delivery::Done;
}

std::string EventBroadcaster::name_for(const RecordedEvent& event) {
    // Strictly rising, so that events of one instant (of a coarse or virtual clock) have different names.
    const auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(event.last_at.time_since_epoch()).count();
    last_name_nanoseconds_ = std::max<std::int64_t>(now, last_name_nanoseconds_ + 1);
    std::string name = fmt::format("{}.{:x}", event.about.name, last_name_nanoseconds_);
    const bool is_valid =
        name.size() <= kNameBytesMax && !event.about.name.empty() && std::ranges::all_of(name, [](char letter) {
            return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '-' ||
                   letter == '.';
        });
    return is_valid ? name : around_.random.uuid();
}

}  // namespace kube::detail
