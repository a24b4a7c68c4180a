// Carries recorded events to the API server, beside everything else.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "kube/async/signal.hpp"
#include "kube/runtime/event_correlator.hpp"
#include "kube/runtime/event_recorder.hpp"
#include "kube/runtime/reflector.hpp"

namespace kube::detail {

/// A queue of events with one worker (spec 07 §13): core/v1 Events, created or, when the correlator knows an equal one,
/// counted there by a patch. The queue is bounded, and a full one drops what comes, with a log line. Without an answer
/// a delivery is tried twelve times, 10 s apart; what the server rejects is not.
class EventBroadcaster {
public:
    static constexpr std::size_t kQueueEventsMax = 1000;
    static constexpr unsigned kAttemptsMax = 12;
    static constexpr std::chrono::seconds kAttemptInterval{10};

    explicit EventBroadcaster(Surroundings& around);
    ~EventBroadcaster();

    /// Lives as long as the broadcaster.
    [[nodiscard]] EventRecorder& recorder(const std::string& component);
    void record(RecordedEvent event);
    /// Delivers until it is cancelled.
    [[nodiscard]] Async<> run();
    /// Delivers what is queued, each event once, until `deadline` at most: a delivery in flight is given up then.
    [[nodiscard]] Async<> flush(MonotonicTime deadline);
    /// Events that were recorded and are not yet delivered, or given up.
    [[nodiscard]] std::size_t undelivered() const { return queue_.size() + (is_delivering_ ? 1 : 0); }
    /// Called when nothing is left to deliver.
    void on_rest(std::function<void()> call) { rested_ = std::move(call); }

private:
    class Recorder;
    enum class Delivery { Done, NoAnswer };

    /// Delivers what is queued, each event once, until one gets no answer.
    [[nodiscard]] Async<> deliver_queued();
    [[nodiscard]] Async<Delivery> deliver(RecordedEvent event, EventCorrelator::Decision decision);
    [[nodiscard]] std::string name_for(const RecordedEvent& event);

    Surroundings& around_;
    Logger log_;
    Signal arrived_;
    std::deque<RecordedEvent> queue_;
    bool is_delivering_ = false;
    std::function<void()> rested_;
    EventCorrelator correlator_;
    std::map<std::string, std::unique_ptr<Recorder>> recorders_;
    std::int64_t last_name_nanoseconds_ = 0;
};

}  // namespace kube::detail
