#include "kube/runtime/leader_elector.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/system/system_error.hpp>

namespace kube::detail {

namespace {

constexpr ResourceType kLeaseType{"coordination.k8s.io", "v1", "Lease", "leases"};
/// While it waits, a candidate tries again after the retry period and up to so much of it more.
constexpr double kAcquireJitter = 1.2;

std::int64_t integer_at(const json::Value& value, std::initializer_list<std::string_view> path) {
    const json::Value* found = json::find(value, path);
    return found != nullptr && found->is_int64() ? found->as_int64() : 0;
}

}  // namespace

LeaderElector::LeaderElector(
    Surroundings& around, RawClient& client, LeaderElectionOptions options, EventRecorder& events
)
    : around_{around},
      client_{client},
      options_{std::move(options)},
      events_{events},
      log_{around.log.named("leaderelection")
               .with(
                   {{"lease", NamespacedName{options_.lease_namespace, options_.lease_name}},
                    {"identity", options_.identity}}
               )},
      status_{around.metrics.gauge(
          "leader_election_master_status",
          "Gauge of if the reporting system is master of the relevant lease, 0 indicates backup, 1 indicates master. "
          "'name' is the string used to identify the lease."
      )} {
    set_leading(false);
}

Async<> LeaderElector::acquire() {
    log_.info("Attempting to acquire leader lease...");
    while (!co_await attempt()) {
        co_await around_.clock.sleep_for(around_.random.jittered(options_.retry_period, kAcquireJitter));
    }
    set_leading(true);
    log_.info("Successfully acquired lease");
    announce("became leader");
}

Async<> LeaderElector::hold() {
    using namespace boost::asio::experimental::awaitable_operators;
    for (;;) {
        // Whatever an attempt does: nobody leads for longer than the renew deadline after the last renewal.
        const MonotonicTime end = renewed_at_ + options_.renew_deadline;
        co_await around_.clock.sleep_until(std::min(around_.clock.monotonic() + options_.retry_period, end));
        const auto first = co_await (attempt() || around_.clock.sleep_until(end));
        if (first.index() == 0 && std::get<0>(first)) continue;
        const bool is_taken = seen_ && seen_->holder != options_.identity;
        if (!is_taken && around_.clock.monotonic() < end) continue;
        set_leading(false);
        is_undecided_ = false;
        log_.error("Leader lease lost", is_taken ? "held by " + seen_->holder : std::string{"not renewed in time"});
        announce("stopped leading");
        co_return;
    }
}

Async<> LeaderElector::release() {
    const bool was_leading = is_leading_ && seen_;
    if (!was_leading && !is_undecided_) co_return;
    if (was_leading) {
        set_leading(false);
        announce("stopped leading");
    }
    try {
        bool is_released = was_leading;
        if (is_released) is_released = co_await give_back();
        // What was cut off may have been stored all the same, as a version that was never seen here.
        bool is_ours = !is_released;
        if (is_ours) is_ours = co_await is_in_our_name();
        if (is_ours) is_released = co_await give_back();
        log_.info(is_released ? "Released leader lease" : "The leader lease was no longer ours to release");
    } catch (const std::exception& error) {
        log_.error("Cannot release the leader lease; it ends by itself", error.what());
    }
}

Async<bool> LeaderElector::give_back() {
    const std::string now = to_string(MicroTime{around_.clock.now()});
    json::Object spec{
        {"holderIdentity", ""},
        {"leaseDurationSeconds", 1},
        {"acquireTime", now},
        {"renewTime", now},
        {"leaseTransitions", seen_->transitions}
    };
    json::Object patch{{"metadata", json::Object{{"resourceVersion", seen_->resource_version}}}};
    patch["spec"] = std::move(spec);
    NamespacedName key{options_.lease_namespace, options_.lease_name};
    const auto written = co_await client_.merge_patch(kLeaseType, std::move(key), {}, std::move(patch));
    co_return written.has_value();
}

Async<bool> LeaderElector::is_in_our_name() {
    NamespacedName key{options_.lease_namespace, options_.lease_name};
    const auto lease = co_await client_.get(kLeaseType, std::move(key));
    if (!lease) co_return false;
    observe(**lease);
    co_return seen_->holder == options_.identity;
}

Async<bool> LeaderElector::attempt() {
    const MonotonicTime began = around_.clock.monotonic();
    try {
        if (!co_await take_or_renew()) {
            if (seen_ && seen_->holder != reported_holder_ && seen_->holder != options_.identity) {
                reported_holder_ = seen_->holder;
                log_.info("The leader lease is held by another", {{"holder", seen_->holder}});
            }
            co_return false;
        }
        renewed_at_ = began;  // from before the request: the server's time of it is not earlier
        co_return true;
    } catch (const boost::system::system_error& error) {
        if (error.code() == boost::asio::error::operation_aborted) throw;
        log_.error("Cannot reach the leader lease", error.what());
    } catch (const std::exception& error) {
        log_.error("Cannot read or write the leader lease", error.what());
    }
    co_return false;
}

Async<bool> LeaderElector::take_or_renew() {
    NamespacedName key{options_.lease_namespace, options_.lease_name};
    // A leader that knows its lease renews it without reading it first; the version tells when it was changed.
    if (!is_leading_ || !seen_) {
        const auto lease = co_await client_.get(kLeaseType, key);
        if (!lease) co_return co_await create_lease();
        observe(**lease);
    }
    const bool is_ours = seen_->holder == options_.identity;
    const bool is_over = seen_->holder.empty() || around_.clock.monotonic() >= seen_->changed_at + seen_->duration;
    if (!is_ours && !is_over) co_return false;
    json::Object patch{{"metadata", json::Object{{"resourceVersion", seen_->resource_version}}}};
    const std::string now = to_string(MicroTime{around_.clock.now()});
    patch["spec"] =
        is_ours ? holding_spec(seen_->transitions, seen_->acquired_at) : holding_spec(seen_->transitions + 1, now);
    is_undecided_ = true;
    const auto written = co_await client_.merge_patch(kLeaseType, key, {}, std::move(patch));
    is_undecided_ = false;
    if (written) {
        observe(**written);
        co_return true;
    }
    // Changed or deleted by somebody: look again, at once.
    const auto lease = co_await client_.get(kLeaseType, std::move(key));
    if (!lease) {
        seen_.reset();
        co_return false;
    }
    observe(**lease);
    co_return false;
}

Async<bool> LeaderElector::create_lease() {
    json::Object lease{{"apiVersion", kLeaseType.api_version()}, {"kind", kLeaseType.kind}};
    lease["metadata"] = json::Object{{"name", options_.lease_name}, {"namespace", options_.lease_namespace}};
    lease["spec"] = holding_spec(0, to_string(MicroTime{around_.clock.now()}));
    is_undecided_ = true;
    const auto created = co_await client_.create(kLeaseType, options_.lease_namespace, std::move(lease));
    is_undecided_ = false;
    if (!created) co_return false;
    observe(**created);
    co_return true;
}

json::Object LeaderElector::holding_spec(std::int64_t transitions, const std::string& acquired_at) const {
    const auto duration = std::chrono::duration_cast<std::chrono::seconds>(options_.lease_duration);
    return {
        {"holderIdentity", options_.identity},
        {"leaseDurationSeconds", duration.count()},
        {"acquireTime", acquired_at},
        {"renewTime", to_string(MicroTime{around_.clock.now()})},
        {"leaseTransitions", transitions}
    };
}

void LeaderElector::observe(const json::Value& lease) {
    Seen now;
    now.resource_version = json::find_string(lease, {"metadata", "resourceVersion"});
    now.holder = json::find_string(lease, {"spec", "holderIdentity"});
    now.duration = std::chrono::seconds{integer_at(lease, {"spec", "leaseDurationSeconds"})};
    now.acquired_at = json::find_string(lease, {"spec", "acquireTime"});
    now.renewed_at = json::find_string(lease, {"spec", "renewTime"});
    now.transitions = integer_at(lease, {"spec", "leaseTransitions"});
    now.changed_at = around_.clock.monotonic();
    now.object = {
        .apiVersion = kLeaseType.api_version(),
        .kind = std::string{kLeaseType.kind},
        .namespace_ = options_.lease_namespace,
        .name = options_.lease_name,
        .uid = std::string{json::find_string(lease, {"metadata", "uid"})},
        .resourceVersion = now.resource_version
    };
    // Only a change of the lease's own words counts: not a label that somebody sets on it.
    if (seen_ && seen_->holder == now.holder && seen_->renewed_at == now.renewed_at) now.changed_at = seen_->changed_at;
    seen_ = std::move(now);
}

void LeaderElector::announce(const std::string& what) {
    if (seen_) events_.record(seen_->object, EventType::Normal, "LeaderElection", options_.identity + " " + what);
}

void LeaderElector::set_leading(bool is_leading) {
    is_leading_ = is_leading;
    status_.set({{"name", options_.lease_name}}, is_leading ? 1 : 0);
}

}  // namespace kube::detail
