#include "kube/runtime/manager.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include "kube/async/scope.hpp"
#include "kube/async/signal.hpp"
#include "kube/runtime/controller.hpp"
#include "kube/runtime/detail/controller_loop.hpp"
#include "kube/runtime/detail/metrics_server.hpp"
#include "kube/runtime/event_broadcaster.hpp"
#include "kube/runtime/health_server.hpp"
#include "kube/runtime/leader_elector.hpp"
#include "kube/runtime/listen_address.hpp"
#include "kube/runtime/metered_transport.hpp"
#include "kube/runtime/metrics.hpp"
#include "kube/runtime/random.hpp"
#include "kube/runtime/reflector.hpp"

namespace kube {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto kHeartbeatInterval = 1s;
/// While something is not synced, one log line in this time says what.
constexpr auto kSyncReportInterval = 30s;
/// Of each request about the lease (spec 07 §7).
constexpr std::chrono::milliseconds kLeaseTimeLimit = 5s;
constexpr std::chrono::milliseconds kReviewTimeLimit = 10s;
/// After a lost lease. It is given up at the renew deadline, 5 s before another may take it (spec 07 §7): what does not
/// end in this time ends with the process, while nobody else acts yet.
constexpr std::chrono::milliseconds kStopLimitAfterLostLease = 3s;
/// For events that are still queued when everything else has stopped.
constexpr auto kEventFlushLimit = 2s;
/// A cache of a required kind that has been out of touch for longer makes the process unready: it acts on old news.
constexpr auto kUnreadyAfterFailing = 3min;

bool is_cancellation(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
        return error.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

}  // namespace

struct Manager::Impl final : WriteObserver {
    struct Kind {
        std::unique_ptr<detail::Reflector> reflector;
        KindNeed need = KindNeed::Required;
        /// Which C++ type: its decoder, untrimmed.
        DecodeEntry type = nullptr;
    };

    Impl(asio::any_io_executor executor, Clock& clock, Transport& inner, ManagerOptions with)
        : options{std::move(with)},
          random{options.seed},
          transport{inner, metrics, options.api_server_host},
          lease_transport{
              options.lease_transport != nullptr ? *options.lease_transport : inner, metrics, options.api_server_host
          },
          client{transport, {.field_manager = options.field_manager, .observer = this}},
          raw{transport, {.field_manager = options.field_manager}},
          review_client{transport, {.field_manager = options.field_manager, .time_limit = kReviewTimeLimit}},
          lease_client{lease_transport, {.field_manager = options.field_manager, .time_limit = kLeaseTimeLimit}},
          around{executor, clock, raw, random, metrics, options.log, options.keeps_poll},
          events{around},
          changed{executor},
          moved{executor},
          caches{executor, failed("cache")},
          controllers_scope{executor, failed("controller")},
          services{executor, failed("service")},
          stopper{executor, failed("stop")} {
        add_process_metrics(metrics);
        if (const auto address = parse_listen_address(options.health_address)) {
            health = std::make_unique<HealthServer>(clock, executor, *address, options.wedged_after);
        }
        if (options.leader_election) {
            elector = std::make_unique<detail::LeaderElector>(
                around, lease_client, *options.leader_election, events.recorder(options.leader_election->identity)
            );
        }
    }

    // ---- What the parts say ---------------------------------------------------------------------------------------

    void written(const ResourceType& type, const ObjectMeta& metadata) override {
        for (const auto& controller : controllers) controller->written(type, metadata);
    }
    void deleted(const ResourceType& type, const NamespacedName& key, const Uid& uid, const ObjectMeta* remaining)
        override {
        for (const auto& controller : controllers) controller->deleted(type, key, uid, remaining);
    }
    Scope::Failed failed(std::string what) {
        return [this, what = std::move(what)](const std::string& name, std::exception_ptr failure_) {
            fail(std::move(failure_), what + " " + name);
        };
    }
    /// The first failure ends the process; what follows from it is only logged.
    void fail(std::exception_ptr what, const std::string& where) {
        if (is_stopping && is_cancellation(what)) return;
        options.log.error("A part of the manager failed", what, {{"part", where}});
        if (!failure) failure = std::move(what);
        changed.notify_all();
    }

    // ---- The order of things --------------------------------------------------------------------------------------

    [[nodiscard]] bool is_over() const { return stop_requested || failure; }

    [[nodiscard]] static bool is_settled(const Kind& kind) {
        return kind.reflector->cache()->is_synced() ||
               (kind.need == KindNeed::Optional && kind.reflector->is_list_refused());
    }

    [[nodiscard]] bool is_synced() const {
        return std::ranges::all_of(kinds, [](const auto& one) { return is_settled(one.second); });
    }

    /// A line for each kind that keeps the process from being ready.
    [[nodiscard]] std::string why_not_ready() const {
        std::string why;
        for (const auto& [name, kind] : kinds) {
            const auto& failing = kind.reflector->failing();
            const auto lasted = failing ? around.clock.monotonic() - failing->since : MonotonicTime::duration{};
            const bool is_out_of_touch = kind.need == KindNeed::Required && lasted > kUnreadyAfterFailing;
            if (is_settled(kind) && !is_out_of_touch) continue;
            if (!why.empty()) why += "; ";
            why += name + (is_settled(kind) ? " is out of touch with the API server" : " is not listed yet");
            if (!failing) continue;
            why += fmt::format(
                ", failing for {} s: {}",
                std::chrono::duration_cast<std::chrono::seconds>(lasted).count(),
                failing->error
            );
        }
        return why;
    }

    void tell_health() { health->set_ready(why_not_ready()); }

    Async<> heartbeat() {
        for (;;) {
            health->beat();
            tell_health();
            co_await around.clock.sleep_for(kHeartbeatInterval);
        }
    }

    void start_servers() {
        if (health) {
            if (options.serves_barrier) {
                health->serve_barrier([this](std::string query, HealthServer::Reply reply) {
                    services.spawn("barrier", answer_barrier(std::move(query), std::move(reply)));
                });
            }
            health->start([this] { return json::serialize(debug_json()); });
            services.spawn("heartbeat", heartbeat());
            options.log.info("Serving health probes", {{"port", health->port()}});
        }
        if (const auto address = parse_listen_address(options.metrics_address)) {
            metrics_server = std::make_unique<detail::MetricsServer>(
                around.executor,
                *address,
                options.metrics_security,
                metrics,
                review_client,
                around.clock,
                options.log.named("metrics")
            );
            services.spawn("metrics server", metrics_server->serve());
            options.log.info("Serving metrics server", {{"port", metrics_server->port()}});
        }
        events.on_rest([this] { moved.notify_all(); });
        services.spawn("events", events.run());
    }

    Async<> start_caches() {
        for (auto& [name, kind] : kinds) {
            // Optional kinds decide by their first attempt whether they are missing.
            kind.reflector->cache()->on_progress([this] {
                if (!are_caches_started) changed.notify_all();
                moved.notify_all();
            });
            caches.spawn("reflector of " + name, kind.reflector->run());
        }
        const MonotonicTime began = around.clock.monotonic();
        MonotonicTime report_at = began + kSyncReportInterval;
        while (!is_synced() && !is_over()) {
            // Optional kinds that turn out to be missing make no progress: look again now and then.
            (void)co_await changed.wait_until(around.clock, std::min(report_at, around.clock.monotonic() + 100ms));
            if (around.clock.monotonic() < report_at) continue;
            report_at += kSyncReportInterval;
            for (const auto& [name, kind] : kinds) {
                if (!kind.reflector->cache()->is_synced()) {
                    options.log.info("Still waiting for the cache to sync", {{"kind", name}});
                }
            }
        }
        are_caches_started = true;
        if (is_over()) co_return;
        if (health) tell_health();
        const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(around.clock.monotonic() - began);
        options.log.info("Caches are synced", {{"kinds", kinds.size()}, {"milliseconds", took.count()}});
    }

    Async<> lead() {
        co_await elector->acquire();
        changed.notify_all();
        co_await elector->hold();
        lease_lost_at = around.clock.monotonic();
        throw std::runtime_error{"leader election lost"};
    }

    Async<> start_leading() {
        if (!elector) co_return;
        services.spawn("leader election", lead());
        while (!elector->is_leading() && !is_over()) co_await changed.wait();
    }

    void start_controllers() {
        for (const auto& controller : controllers) {
            const detail::ControllerSpec& spec = controller->spec();
            options.log.info(
                "Starting workers",
                {{"controller", spec.name},
                 {"controllerGroup", spec.primary->group},
                 {"controllerKind", spec.primary->kind},
                 {"worker count", spec.reconciles_in_flight_max}}
            );
            controllers_scope.spawn(spec.name, controller->run());
        }
        are_controllers_started = true;
        moved.notify_all();
    }

    /// The reverse order. Nothing is left when it returns.
    Async<> stop_all() {
        is_stopping = true;
        for (const auto& controller : controllers) controller->close();
        for (const auto& controller : controllers) co_await controller->stop();
        co_await controllers_scope.stop();
        co_await caches.stop();
        if (metrics_server) metrics_server->stop();
        co_await services.stop();
        // A lost lease is not ours to release, and a process that has lost it ends without another word.
        if (elector) co_await elector->release();
        if (!failure) co_await events.flush(around.clock.monotonic() + kEventFlushLimit);
        is_stopped = true;
        changed.notify_all();
    }

    Async<> stop_within_limit() {
        MonotonicTime deadline = around.clock.monotonic() + options.graceful_stop_limit;
        stopper.spawn("stop", stop_all());
        while (!is_stopped) {
            // It may be lost in the middle of a stop, too.
            if (lease_lost_at) deadline = std::min(deadline, *lease_lost_at + kStopLimitAfterLostLease);
            if (!co_await changed.wait_until(around.clock, deadline) && !is_stopped) {
                is_abandoned = true;
                if (lease_lost_at && failure) std::rethrow_exception(failure);
                throw std::runtime_error{fmt::format(
                    "failed waiting for all runnables to end within grace period of {}s",
                    std::chrono::duration<double>(options.graceful_stop_limit).count()
                )};
            }
        }
        co_await stopper.drained();
    }

    Async<> run() {
        if (has_run) throw std::logic_error{"a manager runs once"};
        has_run = true;
        std::exception_ptr cannot_start;
        try {
            start_servers();
        } catch (...) {
            cannot_start = std::current_exception();
        }
        if (cannot_start) {
            fail(std::move(cannot_start), "start of the servers");
        } else {
            co_await start_caches();
            if (!is_over()) co_await start_leading();
            if (!is_over()) start_controllers();
        }
        while (!is_over()) co_await changed.wait();
        if (!failure) options.log.info("Stopping and waiting for everything in flight");
        co_await stop_within_limit();
        if (health) {
            health->set_ready("it has stopped");
            health->stop();
        }
        if (failure) std::rethrow_exception(failure);
        options.log.info("Everything has stopped");
    }

    // ---- The barrier ----------------------------------------------------------------------------------------------

    [[nodiscard]] const detail::CacheStore* cache_of(const std::string& kind) const {
        for (const auto& [name, one] : kinds) {
            const detail::CacheStore& cache = *one.reflector->cache();
            if (name == kind || cache.type().kind == kind) return &cache;
        }
        return nullptr;
    }

    [[nodiscard]] BarrierAnswer at_barrier(const BarrierQuestion& question) const {
        BarrierAnswer answer;
        const detail::CacheStore* cache = nullptr;
        if (!question.kind.empty()) {
            cache = cache_of(question.kind);
            if (cache == nullptr) {
                answer.reason = "this process does not watch the kind " + question.kind;
                return answer;
            }
            answer.seen_version = cache->seen_version();
        }
        answer.reason = in_the_way(question, cache);
        answer.is_reached = answer.reason.empty();
        return answer;
    }

    /// Empty when nothing is. Changes become keys before the cache's version moves: whoever has seen a version has
    /// queued what it wakes.
    [[nodiscard]] std::string in_the_way(const BarrierQuestion& question, const detail::CacheStore* cache) const {
        if (cache != nullptr && !cache->is_synced()) return "the cache of " + question.kind + " is not filled yet";
        if (cache == nullptr && !is_synced()) return "the caches are not filled yet";
        if (cache != nullptr && !question.version.empty() && !cache->seen_version().is_at_least(question.version)) {
            return fmt::format(
                "the cache of {} has seen version {} and not yet {}",
                question.kind,
                cache->seen_version().value(),
                question.version.value()
            );
        }
        if (elector && !elector->is_leading()) return "this process does not lead: another one works";
        if (!controllers.empty() && !are_controllers_started) return "the controllers have not started yet";
        for (const auto& controller : controllers) {
            if (cache != nullptr && !controller->listens_to(*cache)) continue;
            if (auto unrest = controller->unrest(question)) return std::move(*unrest);
        }
        if (question.wants_events_delivered && events.undelivered() > 0) {
            return fmt::format("{} events are not delivered yet", events.undelivered());
        }
        return {};
    }

    Async<BarrierAnswer> reach_barrier(BarrierQuestion question, Deadline deadline) {
        for (;;) {
            BarrierAnswer answer = at_barrier(question);
            if (answer.is_reached || around.clock.monotonic() >= deadline.when()) co_return answer;
            // Whatever clears the way is a cache that moves on, the end of a pass, or a delivered event.
            (void)co_await moved.wait_until(around.clock, deadline.when());
        }
    }

    Async<> answer_barrier(std::string query, HealthServer::Reply reply) {
        auto request = parse_barrier_request(query);
        if (!request) {
            reply(400, json::serialize(json::Object{{"reached", false}, {"reason", request.error()}}));
            co_return;
        }
        const Deadline deadline = Deadline::after(around.clock, request->time_limit);
        const BarrierAnswer answer = co_await reach_barrier(std::move(request->question), deadline);
        reply(answer.is_reached ? 200 : 503, json::serialize(to_json(answer)));
    }

    [[nodiscard]] json::Value debug_json() const {
        json::Array all;
        for (const auto& controller : controllers) {
            all.push_back(to_json(controller->debug_state(), around.clock.monotonic()));
        }
        return all;
    }

    ManagerOptions options;
    Metrics metrics;
    Random random;
    MeteredTransport transport;
    MeteredTransport lease_transport;
    Client client;
    detail::RawClient raw;
    /// Of the metrics server: who reads, and may he?
    Client review_client;
    detail::RawClient lease_client;
    detail::Surroundings around;
    detail::EventBroadcaster events;
    Signal changed;
    /// A cache has moved on or a key has come to rest.
    Signal moved;
    std::map<std::string, Kind> kinds;
    std::vector<std::unique_ptr<detail::ControllerLoop>> controllers;
    std::unique_ptr<detail::LeaderElector> elector;
    std::unique_ptr<HealthServer> health;
    std::unique_ptr<detail::MetricsServer> metrics_server;
    Scope caches;
    Scope controllers_scope;
    Scope services;
    Scope stopper;
    std::exception_ptr failure;
    std::optional<MonotonicTime> lease_lost_at;
    bool has_run = false;
    bool are_caches_started = false;
    bool are_controllers_started = false;
    bool stop_requested = false;
    bool is_stopping = false;
    bool is_stopped = false;
    bool is_abandoned = false;
};

Manager::Manager(asio::any_io_executor executor, Clock& clock, Transport& transport, ManagerOptions options)
    : impl_{std::make_unique<Impl>(std::move(executor), clock, transport, std::move(options))} {}

Manager::~Manager() {
    // Coroutines that did not end in time still refer to it, and the process is about to end.
    if (impl_->is_abandoned) (void)impl_.release();
}

asio::any_io_executor Manager::executor() const {
    return impl_->around.executor;
}

Clock& Manager::clock() const {
    return impl_->around.clock;
}

Client& Manager::client() const {
    return impl_->client;
}

Metrics& Manager::metrics() const {
    return impl_->metrics;
}

EventRecorder& Manager::event_recorder(const std::string& component) {
    return impl_->events.recorder(component);
}

Async<> Manager::run() {
    return impl_->run();
}

void Manager::stop() {
    impl_->stop_requested = true;
    impl_->changed.notify_all();
}

bool Manager::is_ready() const {
    return why_not_ready().empty();
}

std::string Manager::why_not_ready() const {
    if (!impl_->has_run) return "it has not started";
    if (impl_->is_stopping) return "it stops";
    return impl_->why_not_ready();
}

bool Manager::is_leading() const {
    return !impl_->elector || impl_->elector->is_leading();
}

std::vector<ControllerDebugState> Manager::debug_state() const {
    std::vector<ControllerDebugState> all;
    for (const auto& controller : impl_->controllers) all.push_back(controller->debug_state());
    return all;
}

BarrierAnswer Manager::at_barrier(const BarrierQuestion& question) const {
    return impl_->at_barrier(question);
}

Async<BarrierAnswer> Manager::reach_barrier(BarrierQuestion question, Deadline deadline) {
    return impl_->reach_barrier(std::move(question), deadline);
}

void Manager::wake_all() {
    for (const auto& controller : impl_->controllers) controller->wake_all();
}

unsigned short Manager::health_port() const {
    return impl_->health ? impl_->health->port() : static_cast<unsigned short>(0);
}

unsigned short Manager::metrics_port() const {
    return impl_->metrics_server ? impl_->metrics_server->port() : static_cast<unsigned short>(0);
}

std::shared_ptr<detail::CacheStore> Manager::cache_store(
    const ResourceType& type, DecodeEntry decode, KindNeed need, std::function<void(void*)> trim, UnreadMembers unread
) {
    std::string name = fmt::format("{}{}{}", type.kind, type.group.empty() ? "" : ".", type.group);
    const auto found = impl_->kinds.find(name);
    if (found != impl_->kinds.end()) {
        if (found->second.type != decode) throw std::logic_error{"two C++ types claim the kind " + name};
        if (trim)
            throw std::logic_error{"the cache of " + name + " exists already: trim it where it is first asked for"};
        if (need == KindNeed::Required) found->second.need = KindNeed::Required;
        return found->second.reflector->cache();
    }
    if (impl_->has_run) throw std::logic_error{"the cache of " + name + " was asked for after the manager started"};
    auto store = std::make_shared<detail::CacheStore>(type);
    detail::Reflector::Decode decode_and_trim = [decode, trim = std::move(trim)](const json::Value& object) {
        return decode(object, trim);
    };
    auto reflector = std::make_unique<detail::Reflector>(impl_->around, store, std::move(decode_and_trim), unread);
    impl_->kinds.emplace(std::move(name), Impl::Kind{std::move(reflector), need, decode});
    return store;
}

void detail::add_controller(Manager& manager, ControllerSpec spec) {
    Manager::Impl& impl = manager.impl();
    if (impl.has_run) throw std::logic_error{"the controller " + spec.name + " was added after the manager started"};
    impl.controllers.push_back(std::make_unique<ControllerLoop>(impl.around, std::move(spec)));
    impl.controllers.back()->on_rest([&impl] { impl.moved.notify_all(); });
}

}  // namespace kube
