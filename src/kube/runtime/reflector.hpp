// Keeps one cache true: lists, then watches, for as long as the process lives.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "kube/async/clock.hpp"
#include "kube/client/client.hpp"
#include "kube/runtime/cache.hpp"
#include "kube/runtime/log.hpp"
#include "kube/runtime/metrics.hpp"
#include "kube/runtime/random.hpp"

namespace kube {
class Requeue;  // kube/runtime/requeue.hpp
}

namespace kube::detail {

/// What the parts of a manager share. All of it outlives them.
struct Surroundings {
    boost::asio::any_io_executor executor;
    Clock& clock;
    RawClient& client;  // reads and writes without the read-your-own-writes rule
    Random& random;
    Metrics& metrics;
    Logger log;
    std::function<bool(const Requeue&)> keeps_poll = {};  // ManagerOptions
};

/// Lists a kind, then watches it from the list's version, and does what the server's answers ask for:
///
///   * the watch ends in order, or its connection breaks: watch again from the last version seen;
///   * 410 (the version is too old): list again; what went away meanwhile is deleted from the cache;
///   * a watch that fails five times in a row without news, although the server answers: list again, its version may be
///     one that cannot be watched from;
///   * a page of the list is longer than a response may be: half as many objects in a page, and the newest version, as
///     a server that is asked for any version ("0") sends everything at once;
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
    /// The server has answered a list with an error, and no list has succeeded since.
    [[nodiscard]] bool is_list_refused() const { return is_list_refused_; }
    struct Failing {
        MonotonicTime since;
        /// Of the last attempt.
        std::string error;
    };
    /// Since when lists and watches have failed, without one that worked; nullopt when the last one did.
    [[nodiscard]] const std::optional<Failing>& failing() const { return failing_; }
    [[nodiscard]] const std::shared_ptr<CacheStore>& cache() const { return cache_; }

private:
    enum class End { InOrder, Expired };

    [[nodiscard]] Async<> list();
    /// All pages, into the cache.
    [[nodiscard]] Async<> list_pages(ListOptions options);
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
    bool is_list_refused_ = false;
    /// A list was longer than a response may be: from now on it comes in these smaller pages.
    std::optional<unsigned> page_objects_max_;
    bool has_news_ = false;  // the current watch has brought something
    unsigned failures_ = 0;
    /// Of watches from the version that was seen last, by a server that answers.
    unsigned failures_at_version_ = 0;
    std::optional<Failing> failing_;
    std::optional<MonotonicTime> reported_at_;
    std::map<NamespacedName, ResourceVersion> undecodable_;
};

}  // namespace kube::detail
