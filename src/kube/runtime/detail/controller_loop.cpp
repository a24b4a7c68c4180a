#include "kube/runtime/detail/controller_loop.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace kube::detail {

using namespace std::chrono_literals;

namespace {

/// After a conflict whose newer version is in the cache already: so long, doubled with each conflict in a row.
constexpr std::chrono::milliseconds kConflictDelayMin = 10ms;
constexpr std::chrono::milliseconds kConflictDelayMax = 40ms;
/// A pass that wants to go on sooner than this does not poll: it has something left to do.
constexpr std::chrono::milliseconds kContinuationMax = 10ms;
/// Keys that met a conflict start apart from each other by up to this.
constexpr std::chrono::milliseconds kReleaseJitterMax = 10ms;

double seconds(MonotonicTime::duration duration) {
    return std::chrono::duration<double>(duration).count();
}

bool same_type(const ResourceType& a, const ResourceType& b) {
    return a.group == b.group && a.kind == b.kind;
}

}  // namespace

/// controller-runtime's and client-go's names (spec 07 §10.2).
struct ControllerLoop::Instruments {
    MetricLabels controller;
    MetricLabels queue;
    MetricLabels depth;
    Counter& reconciles;
    Counter& errors;
    Histogram& reconcile_time;
    Gauge& workers;
    Gauge& queue_depth;
    Counter& queue_adds;
    Counter& queue_retries;
    Histogram& queue_time;
    Histogram& work_time;
    Gauge& unfinished;
    Gauge& longest;
    std::uint64_t counted_adds = 0;
    std::uint64_t counted_retries = 0;

    Instruments(Metrics& metrics, const std::string& name, std::size_t in_flight_max)
        : controller{{"controller", name}},
          queue{{"controller", name}, {"name", name}},
          depth{{"controller", name}, {"name", name}, {"priority", "0"}},
          reconciles{
              metrics.counter("controller_runtime_reconcile_total", "Total number of reconciliations per controller")
          },
          errors{metrics.counter(
              "controller_runtime_reconcile_errors_total", "Total number of reconciliation errors per controller"
          )},
          reconcile_time{metrics.histogram(
              "controller_runtime_reconcile_time_seconds",
              "Length of time per reconciliation per controller",
              {0.005, 0.01, 0.025, 0.05, 0.1,  0.15, 0.2,  0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6,
               0.7,   0.8,  0.9,   1,    1.25, 1.5,  1.75, 2,    2.5, 3,    3.5, 4,    4.5, 5,
               6,     7,    8,     9,    10,   15,   20,   25,   30,  40,   50,  60}
          )},
          workers{metrics.gauge("controller_runtime_active_workers", "Number of currently used workers per controller")
          },
          queue_depth{metrics.gauge("workqueue_depth", "Current depth of workqueue by workqueue and priority")},
          queue_adds{metrics.counter("workqueue_adds_total", "Total number of adds handled by workqueue")},
          queue_retries{metrics.counter("workqueue_retries_total", "Total number of retries handled by workqueue")},
          queue_time{metrics.histogram(
              "workqueue_queue_duration_seconds",
              "How long in seconds an item stays in workqueue before being requested",
              exponential_buckets()
          )},
          work_time{metrics.histogram(
              "workqueue_work_duration_seconds",
              "How long in seconds processing an item from workqueue takes.",
              exponential_buckets()
          )},
          unfinished{metrics.gauge(
              "workqueue_unfinished_work_seconds",
              "How many seconds of work has been done that is in progress and hasn't been observed by work_duration"
          )},
          longest{metrics.gauge(
              "workqueue_longest_running_processor_seconds",
              "How many seconds has the longest running processor for workqueue been running."
          )} {
        for (const char* result : {"success", "error", "requeue", "requeue_after"}) count(result, 0);
        errors.add(controller, 0);
        for (const auto& [metric, help] :
             {std::pair{"controller_runtime_terminal_reconcile_errors_total", "Total number of terminal errors"},
              std::pair{"controller_runtime_reconcile_panics_total", "Total number of reconciliation panics"},
              std::pair{"controller_runtime_reconcile_timeouts_total", "Total number of reconciliation timeouts"}}) {
            metrics.counter(metric, std::string{help} + " per controller").add(controller, 0);
        }
        metrics
            .gauge(
                "controller_runtime_max_concurrent_reconciles", "Maximum number of concurrent reconciles per controller"
            )
            .set(controller, static_cast<double>(in_flight_max));
    }

    static std::vector<double> exponential_buckets() {
        return {1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000};
    }

    void count(const char* result, double delta = 1) {
        reconciles.add({{"controller", controller.at("controller")}, {"result", result}}, delta);
    }
};

ControllerLoop::ControllerLoop(Surroundings& around, ControllerSpec spec)
    : around_{around},
      spec_{std::move(spec)},
      log_{around.log.with(
          {{"controller", spec_.name},
           {"controllerGroup", spec_.primary->group},
           {"controllerKind", spec_.primary->kind}}
      )},
      queue_{around.executor, around.clock},
      slot_free_{around.executor},
      passes_{
          around.executor,
          [this](const std::string& name, std::exception_ptr failure) {
              log_.error("A reconcile ended outside of its bounds", failure, {{"pass", name}});
          }
      },
      instruments_{std::make_shared<Instruments>(around.metrics, spec_.name, spec_.reconciles_in_flight_max)} {
    std::set<CacheStore*> caches;
    for (std::size_t i = 0; i < spec_.sources.size(); ++i) {
        const ControllerSpec::Source& source = spec_.sources[i];
        source.cache->on_change([this, i](const CacheStore::Entry* before, const CacheStore::Entry* after) {
            changed(i, before, after);
        });
        if (!caches.insert(source.cache.get()).second) continue;
        source.cache->on_change([this, cache = source.cache.get()](
                                    const CacheStore::Entry* before, const CacheStore::Entry* after
                                ) { release(ledger_.changed(*cache, before, after), true); });
        source.cache->on_progress([this, cache = source.cache.get()] { release(ledger_.progressed(*cache), false); });
    }
    around.metrics.before_serialize([this] { update_instruments(); });
}

Async<> ControllerLoop::run() {
    is_started_ = true;
    wake_all();
    for (;;) {
        co_await await_slot();
        const auto key = co_await queue_.next();
        if (!key) co_return;
        instruments_->queue_time.observe(instruments_->queue, seconds(queue_.waited()));
        start(*key);
    }
}

Async<> ControllerLoop::await_slot() {
    const std::size_t most = spec_.reconciles_in_flight_max;
    while (in_flight_.size() >= most) {
        if (in_flight_.size() >= most * kSlowPassesFactor) {
            co_await slot_free_.wait();
            continue;
        }
        const MonotonicTime now = around_.clock.monotonic();
        std::size_t counting = 0;
        MonotonicTime oldest = now;
        for (const auto& [key, flight] : in_flight_) {
            if (now - flight.since >= kSlowPass) continue;
            ++counting;
            oldest = std::min(oldest, flight.since);
        }
        if (counting < most) co_return;
        (void)co_await slot_free_.wait_until(around_.clock, oldest + kSlowPass);
    }
}

void ControllerLoop::close() {
    is_stopping_ = true;
    queue_.close();
}

Async<> ControllerLoop::stop() {
    close();
    co_await passes_.stop();
}

void ControllerLoop::changed(std::size_t index, const CacheStore::Entry* before, const CacheStore::Entry* after) {
    if (!is_started_) return;
    const ControllerSpec::Source& source = spec_.sources[index];
    const bool is_update = before != nullptr && after != nullptr;
    if (index == 0 && after == nullptr) gone_.insert(before->metadata->key());
    if (is_update && !source.passes(before->object.get(), after->object.get())) return;
    std::vector<NamespacedName> keys;
    if (after != nullptr) keys = source.keys_of(after->object.get());
    for (const NamespacedName& key : keys) queue_.add(key);
    if (before == nullptr) return;
    for (const NamespacedName& key : source.keys_of(before->object.get())) {
        if (std::ranges::find(keys, key) == keys.end()) queue_.add(key);
    }
}

void ControllerLoop::release(const std::vector<NamespacedName>& keys, bool is_conflict_possible) {
    for (const NamespacedName& key : keys) {
        if (held_.erase(key) == 0) continue;
        const bool has_conflicted = is_conflict_possible && conflicts_in_a_row_.contains(key);
        queue_.add_after(key, has_conflicted ? around_.random.jittered(0ms + kReleaseJitterMax / 10, 9) : 0ms);
    }
}

void ControllerLoop::start(const NamespacedName& key) {
    held_.erase(key);
    polls_.erase(key);
    const CacheStore::Entry* cached = spec_.primary_cache->get(key);
    if (gone_.erase(key) > 0 || cached == nullptr) drop(key);
    if (cached == nullptr) {
        queue_.done(key);
        if (rested_) rested_();
        return;
    }
    const MonotonicTime now = around_.clock.monotonic();
    for (const std::string& missed : ledger_.expire(key, now)) {
        log_.error(
            "The cache has not shown an own write in time; reconciling anyway",
            {{"object", key}, {"waited for", missed}, {"limit_seconds", kOwnWriteLimit.count()}}
        );
    }
    if (const auto until = ledger_.held_until(key)) {
        held_.insert(key);
        queue_.done(key);
        queue_.add_after(key, *until - now);
        return;
    }
    in_flight_.emplace(key, Flight{now});
    passes_.spawn("reconcile " + spec_.name + " " + to_string(key), pass(key, *cached));
}

Async<> ControllerLoop::pass(NamespacedName key, CacheStore::Entry entry) {
    const MonotonicTime began = around_.clock.monotonic();
    std::string reconcile_id = around_.random.uuid();
    std::optional<Requeue> requeue;
    std::exception_ptr failure;
    try {
        requeue = co_await spec_.reconcile(std::move(entry));
    } catch (...) {
        failure = std::current_exception();
    }
    in_flight_.erase(key);
    slot_free_.notify_all();
    const double took = seconds(around_.clock.monotonic() - began);
    instruments_->reconcile_time.observe(instruments_->controller, took);
    instruments_->work_time.observe(instruments_->queue, took);
    if (failure && !is_stopping_) {
        fail(key, failure, reconcile_id);
    } else if (requeue) {
        finish(key, *requeue);
    }
    queue_.done(key);
    if (rested_) rested_();
}

void ControllerLoop::finish(const NamespacedName& key, const Requeue& requeue) {
    queue_.forget_failures(key);
    last_errors_.erase(key);
    if (requeue.waits_for().empty()) {
        waits_for_.erase(key);
    } else {
        waits_for_[key] = requeue.waits_for();
    }
    if (requeue.kind() != Requeue::Kind::NewerThan) conflicts_in_a_row_.erase(key);
    switch (requeue.kind()) {
        case Requeue::Kind::OnChange:
            instruments_->count("success");
            break;
        case Requeue::Kind::After:
            instruments_->count("requeue_after");
            if (requeue.delay() > kContinuationMax) {
                if (around_.keeps_poll && !around_.keeps_poll(requeue)) break;
                polls_[key] = around_.clock.monotonic() + requeue.delay();
            }
            queue_.add_after(key, requeue.delay());
            break;
        case Requeue::Kind::PutOff:
            instruments_->count("requeue_after");
            queue_.add_after(key, requeue.delay());
            break;
        case Requeue::Kind::NewerThan:
            instruments_->count("requeue");
            wait_for_newer(key, requeue.version());
            break;
    }
}

void ControllerLoop::wait_for_newer(const NamespacedName& key, const ResourceVersion& version) {
    const unsigned conflicts = conflicts_in_a_row_[key]++;
    const MonotonicTime deadline = around_.clock.monotonic() + kOwnWriteLimit;
    // The refused version is the one that a cache still shows: the newer one is on its way.
    const auto holds = [&](const CacheStore& cache, const NamespacedName& object) {
        const CacheStore::Entry* cached = cache.get(object);
        if (cached == nullptr || cached->metadata->resourceVersion != version.value()) return false;
        ledger_.await_other_version(key, cache, object, version, deadline);
        held_.insert(key);
        queue_.add_after(key, kOwnWriteLimit);
        return true;
    };
    if (holds(*spec_.primary_cache, key)) return;
    for (const ControllerSpec::Source& source : spec_.sources) {
        if (!source.is_owned) continue;
        for (const CacheStore::Entry& entry : source.cache->list(key.namespace_)) {
            if (entry.metadata->resourceVersion == version.value() && holds(*source.cache, entry.metadata->key()))
                return;
        }
    }
    // It is there already (or of a kind without a cache): once more, soon.
    auto delay = kConflictDelayMin;
    for (unsigned i = 0; i < conflicts && delay < kConflictDelayMax; ++i) delay *= 2;
    queue_.add_after(key, around_.random.jittered(std::min(delay, kConflictDelayMax) / 2, 1));
}

void ControllerLoop::fail(
    const NamespacedName& key, const std::exception_ptr& failure, const std::string& reconcile_id
) {
    instruments_->count("error");
    instruments_->errors.add(instruments_->controller);
    conflicts_in_a_row_.erase(key);
    const auto delay = queue_.add_after_failure(key, around_.random.uniform());
    last_errors_[key] = error_text(failure);
    waits_for_[key] = "another attempt after a failure";
    log_.error(
        "Reconciler error",
        failure,
        {{spec_.primary->kind, key},
         {"namespace", key.namespace_},
         {"name", key.name},
         {"reconcileID", reconcile_id},
         {"retry_in_ms", delay.count()}}
    );
}

void ControllerLoop::drop(const NamespacedName& key) {
    spec_.forget(key);
    queue_.forget_failures(key);
    ledger_.forget(key);
    conflicts_in_a_row_.erase(key);
    waits_for_.erase(key);
    last_errors_.erase(key);
    polls_.erase(key);
}

std::vector<NamespacedName> ControllerLoop::keys_written_for(
    const ControllerSpec::Source& source, const ObjectMeta& metadata
) const {
    if (&source == &spec_.sources.front()) return {metadata.key()};
    return owner_keys(metadata, *spec_.primary);
}

void ControllerLoop::written(const ResourceType& type, const ObjectMeta& metadata) {
    const MonotonicTime deadline = around_.clock.monotonic() + kOwnWriteLimit;
    for (const ControllerSpec::Source& source : spec_.sources) {
        const bool is_waited_for = &source == &spec_.sources.front() || source.is_owned;
        if (!is_waited_for || !same_type(source.cache->type(), type)) continue;
        for (const NamespacedName& key : keys_written_for(source, metadata)) {
            ledger_.await_version(key, *source.cache, metadata.resource_version(), deadline);
        }
    }
}

void ControllerLoop::deleted(
    const ResourceType& type, const NamespacedName& object, const Uid& uid, const ObjectMeta* remaining
) {
    const MonotonicTime deadline = around_.clock.monotonic() + kOwnWriteLimit;
    for (const ControllerSpec::Source& source : spec_.sources) {
        const bool is_primary = &source == &spec_.sources.front();
        if (!(is_primary || source.is_owned) || !same_type(source.cache->type(), type)) continue;
        // Whose it was is known from what remains, or from the cache.
        const CacheStore::Entry* cached = source.cache->get(object);
        const ObjectMeta* metadata = remaining != nullptr ? remaining : cached != nullptr ? cached->metadata : nullptr;
        if (metadata == nullptr) continue;
        for (const NamespacedName& key : keys_written_for(source, *metadata)) {
            if (remaining != nullptr && remaining->deletionTimestamp) {
                ledger_.await_version(key, *source.cache, remaining->resource_version(), deadline);
            } else {
                ledger_.await_deletion(key, *source.cache, object, uid, deadline);
            }
        }
    }
}

ControllerDebugState ControllerLoop::debug_state() const {
    std::map<NamespacedName, KeyDebugState> keys;
    const auto at = [&](const NamespacedName& key) -> KeyDebugState& {
        KeyDebugState& state = keys[key];
        state.key = key;
        return state;
    };
    for (const auto& [key, waits_for] : waits_for_) at(key).waits_for = waits_for;
    for (const auto& [key, error] : last_errors_) at(key).last_error = error;
    for (const WorkQueue::Waiting& waiting : queue_.waiting()) {
        KeyDebugState& state = at(waiting.key);
        const bool is_held = held_.contains(waiting.key);
        state.state = is_held ? KeyDebugState::State::Held : KeyDebugState::State::Waiting;
        state.due = waiting.due;
        if (is_held) state.waits_for = ledger_.waits_for(waiting.key);
    }
    for (const auto& [key, flight] : in_flight_) {
        KeyDebugState& state = at(key);
        state.state = KeyDebugState::State::InFlight;
        state.running = around_.clock.monotonic() - flight.since;
        state.waits_for.clear();
    }
    ControllerDebugState result{
        .name = spec_.name, .reconciles_in_flight_max = spec_.reconciles_in_flight_max, .keys = {}
    };
    for (auto& [key, state] : keys) {
        state.failures_in_a_row = queue_.failures(key);
        result.keys.push_back(std::move(state));
    }
    return result;
}

std::optional<std::string> ControllerLoop::unrest(const BarrierQuestion& question) const {
    const auto concerns = [&](const NamespacedName& key) {
        return question.namespace_.empty() || key.namespace_ == question.namespace_;
    };
    if (!is_started_) return fmt::format("{} has not started yet", spec_.name);
    const MonotonicTime now = around_.clock.monotonic();
    for (const auto& [key, flight] : in_flight_) {
        if (!concerns(key)) continue;
        return fmt::format("{}: the pass of {} is in flight", spec_.name, to_string(key));
    }
    for (const auto& [key, due] : queue_.waiting()) {
        if (!concerns(key)) continue;
        const auto poll = polls_.find(key);
        const bool is_poll = poll != polls_.end() && due >= poll->second && due > now;
        if (is_poll && due - now >= question.polls_within) continue;
        std::string why = is_poll ? "due soon" : held_.contains(key) ? "held for " + ledger_.waits_for(key) : "queued";
        if (const auto failed = last_errors_.find(key); failed != last_errors_.end()) {
            why = fmt::format("to be tried again after {} failures: {}", queue_.failures(key), failed->second);
        }
        return fmt::format("{}: {} is {}", spec_.name, to_string(key), why);
    }
    if (const auto key = ledger_.first_held(question.namespace_, now)) {
        return fmt::format("{}: {} waits to see its {}", spec_.name, to_string(*key), ledger_.waits_for(*key));
    }
    return std::nullopt;
}

bool ControllerLoop::listens_to(const CacheStore& cache) const {
    return std::ranges::any_of(spec_.sources, [&](const ControllerSpec::Source& source) {
        return source.cache.get() == &cache;
    });
}

void ControllerLoop::wake_all() {
    if (!is_started_) return;
    for (const CacheStore::Entry& entry : spec_.primary_cache->list({})) queue_.add(entry.metadata->key());
}

void ControllerLoop::update_instruments() {
    Instruments& to = *instruments_;
    to.workers.set(to.controller, static_cast<double>(in_flight_.size()));
    to.queue_depth.set(to.depth, static_cast<double>(queue_.depth()));
    to.queue_adds.add(to.queue, static_cast<double>(queue_.adds() - std::exchange(to.counted_adds, queue_.adds())));
    to.queue_retries.add(
        to.queue, static_cast<double>(queue_.retries() - std::exchange(to.counted_retries, queue_.retries()))
    );
    MonotonicTime::duration sum{};
    MonotonicTime::duration longest{};
    for (const auto& [key, flight] : in_flight_) {
        const auto running = around_.clock.monotonic() - flight.since;
        sum += running;
        longest = std::max(longest, running);
    }
    to.unfinished.set(to.queue, seconds(sum));
    to.longest.set(to.queue, seconds(longest));
}

}  // namespace kube::detail
