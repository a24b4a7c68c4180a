// Keeps one cache true: lists, then watches, for as long as the process lives.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "kube/async/clock.hpp"
#include "kube/client/client.hpp"
#include "kube/runtime/cache.hpp"
#include "kube/runtime/log.hpp"
#include "kube/runtime/metrics.hpp"
#include "kube/runtime/random.hpp"

namespace kube::detail {

/// What the parts of a manager share. All of it outlives them.
struct Surroundings {
    boost::asio::any_io_executor executor;
    Clock& clock;
    RawClient& client;  // reads and writes without the read-your-own-writes rule
    Random& random;
    Metrics& metrics;
    Logger log;
};

/// Lists a kind, then watches it from the list's version, and does what the server's answers ask for:
///
///   * the watch ends in order, or its connection breaks: watch again from the last version seen;
///   * 410 (the version is too old): list again; what went away meanwhile is deleted from the cache;
///   * the server is away, answers errors or garbage: try again with a growing delay (100 ms to 5 s) and jitter, with
///     one log line now and then, and one when it is over;
///   * the type is not served (its CRD is not installed): the same, with a line that says so.
///
/// An object that does not fit its type is reported once and hides no other; a version of it that is in the cache
/// stays. The first list takes any version that the server has at hand ("0"), later ones the newest, so that the cache
/// never goes back in time.
class Reflector {
public:
    using Decode = std::function<CacheStore::Entry(const json::Value& object)>;
    Reflector(Surroundings& around, std::shared_ptr<CacheStore> cache, Decode decode, UnreadMembers unread = {});

    /// Until it is cancelled.
    [[nodiscard]] Async<> run();

    /// The server does not know the type, as of the last attempt.
    [[nodiscard]] bool is_type_missing() const { return is_type_missing_; }
    [[nodiscard]] const std::shared_ptr<CacheStore>& cache() const { return cache_; }

private:
    enum class End { InOrder, Expired };

    [[nodiscard]] Async<> list();
    [[nodiscard]] Async<End> watch();
    /// Reads events until the watch ends; what went wrong is returned, not thrown.
    [[nodiscard]] Async<std::exception_ptr> follow(RawWatch& watch, End& end);
    /// True when the watch has to begin again from a new list.
    [[nodiscard]] bool take(const RawWatchEvent& event);
    void report(const Undecodable& object);
    void note_failure(const std::string& error);
    void note_success();

    Surroundings& around_;
    std::shared_ptr<CacheStore> cache_;
    Decode decode_;
    UnreadMembers unread_;
    Logger log_;
    MetricLabels labels_;
    bool must_list_ = true;
    bool is_type_missing_ = false;
    bool has_news_ = false;  // the current watch has brought something
    unsigned failures_ = 0;
    std::optional<MonotonicTime> failing_since_;
    std::optional<MonotonicTime> reported_at_;
    std::map<NamespacedName, ResourceVersion> undecodable_;
};

}  // namespace kube::detail
