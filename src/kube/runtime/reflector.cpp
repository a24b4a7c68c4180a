#include "kube/runtime/reflector.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

namespace kube::detail {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds kRetryDelayMin = 100ms;
constexpr std::chrono::milliseconds kRetryDelayMax = 5s;
/// While it fails, one line in this time.
constexpr auto kReportInterval = 30s;
/// The server ends each watch after a time between this and its double.
constexpr auto kWatchTimeMin = std::chrono::seconds{300};
/// How much later than that a watch is given up whose server says nothing any more.
constexpr auto kWatchTimeGrace = 30s;
/// A watch that ends in order sooner than this, without an event, counts as a failure: else it would be a busy loop.
constexpr auto kShortWatch = 1s;
/// After so many failures in a row at one version, without news, it lists again.
constexpr unsigned kFailuresAtVersionMax = 5;

bool is_cancellation(const boost::system::system_error& error) {
    return error.code() == asio::error::operation_aborted;
}

/// Nobody was there: nothing that is said about the version.
bool is_silence(const TransportError& error) {
    return error.kind() == TransportError::Kind::Connect || error.kind() == TransportError::Kind::Tls;
}

}  // namespace

Reflector::Reflector(Surroundings& around, std::shared_ptr<CacheStore> cache, Decode decode, UnreadMembers unread)
    : around_{around},
      cache_{std::move(cache)},
      decode_{std::move(decode)},
      unread_{unread},
      log_{around.log.named("reflector").with({{"kind", cache_->type().kind}})},
      labels_{{"kind", std::string{cache_->type().kind}}} {}

Async<> Reflector::run() {
    for (;;) {
        std::string failure;
        bool is_answered = true;
        const bool has_listed = must_list_;
        const MonotonicTime began = around_.clock.monotonic();
        try {
            if (must_list_) co_await list();
            must_list_ = false;
            if (co_await watch() == End::Expired) {
                log_.info("The watch's version has expired; listing again");
                must_list_ = true;
            }
        } catch (const boost::system::system_error& error) {
            if (is_cancellation(error)) throw;
            failure = error.what();
        } catch (const ApiError& error) {
            is_type_missing_ = error.is_type_not_served();
            if (error.code() == 410 || is_type_missing_) must_list_ = true;
            is_answered = error.code() != 429;
            failure = error.what();
        } catch (const TransportError& error) {
            is_answered = !is_silence(error);
            failure = error.what();
        } catch (const std::exception& error) {
            failure = error.what();
        }
        const bool was_short = around_.clock.monotonic() - began < kShortWatch;
        if (has_news_ || !was_short) failures_ = failures_at_version_ = 0;
        if (failure.empty()) {
            const bool must_list_after_resuming = must_list_ && !has_listed;
            if (has_news_ || !was_short || must_list_after_resuming) continue;
            failure = "the server ended the watch at once";
        }
        note_failure(failure);
        if (!must_list_ && is_answered && ++failures_at_version_ >= kFailuresAtVersionMax) {
            log_.info(
                "The watch fails again and again at one version; listing again",
                {{"resourceVersion", cache_->seen_version().value()}}
            );
            must_list_ = true;
        }
        auto delay = kRetryDelayMin;
        for (unsigned i = 1; i < failures_ && delay < kRetryDelayMax; ++i) delay *= 2;
        delay = around_.random.jittered(std::min(delay, kRetryDelayMax), 0.5);
        co_await around_.clock.sleep_for(delay);
    }
}

Async<> Reflector::list() {
    has_news_ = false;
    ListOptions options;
    options.unread = unread_;
    options.any_version = !cache_->is_synced() && !page_objects_max_;
    if (page_objects_max_) options.page_objects_max = *page_objects_max_;
    const unsigned asked = options.page_objects_max;
    try {
        co_await list_pages(std::move(options));
    } catch (const ApiError& error) {
        // What passes by itself is waited for: what would be said meanwhile of a kind that is there would be wrong.
        const bool is_forbidden = error.code() == 403;
        is_list_refused_ = is_list_refused_ || error.is_type_not_served() || is_forbidden;
        if (is_forbidden) cache_->set_list_refusal(error.message().empty() ? error.what() : error.message());
        if (error.is_type_not_served()) cache_->set_list_refusal({});
        throw;
    } catch (const TransportError& error) {
        if (error.kind() == TransportError::Kind::TooLarge) page_objects_max_ = std::max(asked / 2, 1u);
        throw;
    }
    is_type_missing_ = is_list_refused_ = false;
    cache_->set_list_refusal({});
    failures_at_version_ = 0;
}

Async<> Reflector::list_pages(ListOptions options) {
    Paging paging{around_.client, cache_->type(), std::move(options)};
    std::vector<CacheStore::Entry> entries;
    std::set<NamespacedName> undecodable_keys;
    ResourceVersion version;
    while (auto page = co_await paging.next()) {
        if (page->is_first) {
            entries.clear();
            undecodable_keys.clear();
        }
        for (Undecodable& bad : page->undecodable) {
            report(bad);
            undecodable_keys.insert(std::move(bad.key));
        }
        for (const json::Value& item : page->items()) {
            try {
                entries.push_back(decode_(item));
            } catch (const std::exception& error) {
                Undecodable bad = undecodable(item, error.what());
                report(bad);
                undecodable_keys.insert(std::move(bad.key));
            }
        }
        version = std::move(page->resource_version);
    }
    std::erase_if(undecodable_, [&](const auto& one) { return !undecodable_keys.contains(one.first); });
    cache_->replace(std::move(entries), undecodable_keys);
    cache_->set_synced(std::move(version));
}

Async<Reflector::End> Reflector::watch() {
    using namespace asio::experimental::awaitable_operators;
    has_news_ = false;
    ListOptions options;
    options.unread = unread_;
    options.watch_time_limit =
        kWatchTimeMin + std::chrono::seconds{static_cast<int>(around_.random.uniform() * kWatchTimeMin.count())};
    const MonotonicTime given_up_at = around_.clock.monotonic() + options.watch_time_limit + kWatchTimeGrace;
    const auto watch = co_await around_.client.watch(cache_->type(), std::move(options), cache_->seen_version());
    note_success();
    End end = End::InOrder;
    const auto first = co_await (follow(*watch, end) || around_.clock.sleep_until(given_up_at));
    if (first.index() == 1) throw std::runtime_error{"the server did not end the watch at its time"};
    if (std::get<0>(first)) std::rethrow_exception(std::get<0>(first));
    co_return end;
}

Async<std::exception_ptr> Reflector::follow(RawWatch& watch, End& end) {
    std::exception_ptr failure;
    try {
        while (const auto event = co_await watch.next()) {
            if (take(*event)) {
                end = End::Expired;
                break;
            }
            has_news_ = true;
        }
    } catch (...) {
        failure = std::current_exception();
    }
    co_return failure;
}

bool Reflector::take(const RawWatchEvent& event) {
    if (event.type == RawWatchEvent::Type::Error) {
        const json::Value* code = json::find(event.object(), {"code"});
        if (code != nullptr && code->is_int64() && code->as_int64() == 410) return true;
        throw std::runtime_error{
            fmt::format("the server ended the watch with an error: {}", json::find_string(event.object(), {"message"}))
        };
    }
    ResourceVersion version{std::string{json::find_string(event.object(), {"metadata", "resourceVersion"})}};
    switch (event.type) {
        case RawWatchEvent::Type::Added:
        case RawWatchEvent::Type::Modified:
            if (!event.undecodable.empty()) {
                report(undecodable(event.object(), event.undecodable));
                break;
            }
            try {
                CacheStore::Entry entry = decode_(event.object());
                if (!undecodable_.empty()) undecodable_.erase(entry.metadata->key());
                cache_->put(std::move(entry));
            } catch (const std::exception& error) {
                report(undecodable(event.object(), error.what()));
            }
            break;
        case RawWatchEvent::Type::Deleted: {
            const Undecodable named = undecodable(event.object(), {});
            undecodable_.erase(named.key);
            cache_->erase(named.key);
            break;
        }
        case RawWatchEvent::Type::Bookmark:
        case RawWatchEvent::Type::Error:
            break;
    }
    if (!version.empty()) cache_->set_seen_version(std::move(version));
    return false;
}

void Reflector::report(const Undecodable& object) {
    auto& reported = undecodable_[object.key];
    if (reported == object.resource_version && !reported.empty()) return;
    reported = object.resource_version;
    around_.metrics.counter("reflector_undecodable_objects_total", "Versions of objects that did not fit their type")
        .add(labels_);
    log_.error(
        "An object does not fit its type and is ignored until it changes",
        object.error,
        {{"namespace", object.key.namespace_},
         {"name", object.key.name},
         {"resourceVersion", object.resource_version.value()}}
    );
}

void Reflector::note_failure(const std::string& error) {
    ++failures_;
    around_.metrics.counter("reflector_failures_total", "Lists and watches that failed").add(labels_);
    const MonotonicTime now = around_.clock.monotonic();
    if (!failing_) failing_ = Failing{.since = now, .error = {}};
    failing_->error = error;
    if (reported_at_ && now - *reported_at_ < kReportInterval) return;
    // A watch that breaks is everyday life and mostly over at once; what lasts is reported.
    if (cache_->is_synced() && failures_ == 1 && !must_list_) {
        log_.debug("The watch broke; resuming", {{"error", error}});
        return;
    }
    reported_at_ = now;
    const std::string_view message = is_type_missing_ ? "The API server does not serve this kind; waiting for its "
                                                        "CustomResourceDefinition to be installed"
                                                      : "Cannot list or watch; trying again";
    log_.error(message, error, {{"attempts", failures_}});
}

void Reflector::note_success() {
    is_type_missing_ = false;
    if (reported_at_) {
        const MonotonicTime now = around_.clock.monotonic();
        const auto lasted = now - (failing_ ? failing_->since : now);
        log_.info(
            "Listing and watching works again",
            {{"milliseconds", std::chrono::duration_cast<std::chrono::milliseconds>(lasted).count()}}
        );
    }
    failing_.reset();
    reported_at_.reset();
}

}  // namespace kube::detail
