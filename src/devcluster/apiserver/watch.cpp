// watch: the current state, then every change, until the time is up or the client goes.
#include <charconv>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include "devcluster/apiserver/metadata.hpp"
#include "devcluster/apiserver/selection.hpp"
#include "devcluster/apiserver/table.hpp"
#include "devcluster/apiserver/verbs.hpp"

namespace devcluster::apiserver {

namespace asio = boost::asio;

namespace {

using kube::json::Object;
using kube::json::Value;

/// Events that one turn sends together.
constexpr std::size_t kEventsPerWriteMax = 500;
constexpr std::chrono::seconds kBookmarkInterval{60};
constexpr std::chrono::minutes kWatchTimeMax{30};
constexpr std::string_view kInitialEventsEnd = "k8s.io/initial-events-end";

/// Wakes who waits for a signal at a time, too: one sleep for a minute, not one for each event that comes meanwhile.
class Alarm {
public:
    explicit Alarm(kube::Signal& signal) : state_{std::make_shared<State>(signal)} {}
    ~Alarm() { cancel_->emit(asio::cancellation_type::terminal); }
    Alarm(const Alarm&) = delete;
    Alarm& operator=(const Alarm&) = delete;

    /// Notifies the signal at `when`, or earlier, when that was asked for before.
    void set(const asio::any_io_executor& executor, kube::Clock& clock, kube::MonotonicTime when) {
        if (std::exchange(state_->is_set, true)) return;
        // Who sleeps needs the signal that cancels it to its end, which may come after that of the watch.
        const auto rings = [weak = std::weak_ptr{state_}, keep = cancel_](const std::exception_ptr& cancelled) {
            const auto state = weak.lock();
            if (!state || cancelled) return;
            state->is_set = false;
            state->signal.notify_all();
        };
        asio::co_spawn(executor, clock.sleep_until(when), asio::bind_cancellation_slot(cancel_->slot(), rings));
    }

private:
    struct State {
        explicit State(kube::Signal& of) : signal{of} {}
        kube::Signal& signal;
        bool is_set = false;
    };
    std::shared_ptr<State> state_;
    std::shared_ptr<asio::cancellation_signal> cancel_ = std::make_shared<asio::cancellation_signal>();
};

/// One running watch. Lives as long as its stream.
class Watch {
public:
    Watch(Core& core, const ResourceRequest& request, Selection selection)
        : core_{core},
          http_{request.http},
          query_{request.query},
          request_{request.resource, request.namespace_, request.name, {}, query_, http_, request.form},
          selection_{std::move(selection)},
          with_bookmarks_{request.query.flag("allowWatchBookmarks")},
          epoch_{core.store.watch_epoch()} {
        const auto seconds = request.query.integer("timeoutSeconds");
        ends_ = core.clock.monotonic() +
                (seconds && *seconds > 0 ? std::chrono::seconds{*seconds} : std::chrono::seconds{kWatchTimeMax});
    }

    /// The state at the beginning as ADDED events, and the bookmark that ends it where it was asked for.
    std::string begin(bool with_state, bool with_end_mark) {
        position_ = core_.store.revision();
        std::string out;
        if (with_state) {
            for (const auto& [key, object] : collection().objects()) {
                if (selection_.matches(*object)) append_line(out, "ADDED", *object);
            }
        }
        if (with_end_mark) out += bookmark(true);
        return out;
    }
    void begin_after(Revision revision) { position_ = revision; }

    kube::Async<> run(kube::ResponseWriter& writer, std::string first) {
        if (!first.empty()) co_await writer.write(std::move(first));
        const asio::any_io_executor executor = co_await asio::this_coro::executor;
        Alarm alarm{collection().changed()};
        kube::MonotonicTime next_bookmark = core_.clock.monotonic() + kBookmarkInterval;
        while (core_.store.watch_epoch() == epoch_ && is_served()) {
            std::string out = pending();
            const kube::MonotonicTime now = core_.clock.monotonic();
            if (out.empty() && now >= ends_) {
                if (with_bookmarks_) co_await writer.write(bookmark(false));
                co_return;
            }
            if (out.empty() && with_bookmarks_ && now >= next_bookmark) {
                out = bookmark(false);
                next_bookmark = now + kBookmarkInterval;
            }
            if (!out.empty()) {
                co_await writer.write(std::move(out));
                if (is_over_) co_return;
                continue;
            }
            alarm.set(executor, core_.clock, with_bookmarks_ ? std::min(ends_, next_bookmark) : ends_);
            co_await collection().changed().wait();
        }
    }

private:
    /// A custom resource may go while it is watched.
    [[nodiscard]] bool is_served() const {
        const Resource& resource = *request_.resource;
        return resource.is_builtin || core_.registry.find(resource.group, resource.version, resource.plural) != nullptr;
    }
    [[nodiscard]] Collection& collection() const { return *request_.resource->collection; }

    /// The events since the last call; an ERROR event when the history no longer reaches back that far.
    std::string pending() {
        if (position_ < collection().oldest()) {
            is_over_ = true;
            return error_line(expired(fmt::format("too old resource version: {} ({})", position_, collection().oldest())
            ));
        }
        std::string out;
        for (const StoreEvent& event : collection().events_after(position_, kEventsPerWriteMax)) {
            append_line_of(out, event);
            position_ = event.revision;
        }
        return out;
    }

    /// An object that begins or ceases to match appears or disappears, as far as this watch can tell.
    void append_line_of(std::string& out, const StoreEvent& event) {
        const bool matched = event.before && selection_.matches(*event.before);
        const bool matches = event.after && selection_.matches(*event.after);
        if (matches) return append_line(out, matched ? "MODIFIED" : "ADDED", *event.after);
        if (!matched) return;
        if (event.last) return append_line(out, "DELETED", *event.last);
        // It left the selection: what is shown is what matched, at the revision of the change.
        Object gone(event.before->object(), {});
        metadata_of(gone)["resourceVersion"] = std::to_string(event.revision);
        append_line(
            out, "DELETED", StoredObject{event.before->key(), std::move(gone), event.revision, event.before->owners()}
        );
    }

    void append_line(std::string& out, std::string_view type, const StoredObject& object) {
        const auto append = [&](const std::string& body) {
            constexpr std::size_t kAroundBody = 40;
            if (out.empty()) out.reserve(body.size() + kAroundBody);
            out += R"({"type":")";
            out += type;
            out += R"(","object":)";
            out += body;
            out += "}\n";
        };
        switch (request_.form) {
            case Form::Object:
                append(object.text(request_.resource->api_version()));
                break;
            case Form::PartialMetadata:
                append(boost::json::serialize(partial_metadata(object)));
                break;
            case Form::Table: {
                Object metadata{{"resourceVersion", std::to_string(object.revision())}};
                append(boost::json::serialize(
                    table_of(core_, request_, {&object}, std::move(metadata), !has_sent_columns_)
                ));
                has_sent_columns_ = true;
                break;
            }
        }
    }

    std::string bookmark(bool is_end_of_state) {
        Object metadata{{"resourceVersion", std::to_string(std::max(position_, core_.store.revision()))}};
        if (collection().has_events_after(position_)) metadata["resourceVersion"] = std::to_string(position_);
        if (is_end_of_state) metadata["annotations"] = Object{{std::string{kInitialEventsEnd}, "true"}};
        Object object{
            {"kind", request_.resource->kind},
            {"apiVersion", request_.resource->api_version()},
            {"metadata", std::move(metadata)}
        };
        if (request_.form == Form::Table) {
            Object table_metadata = object.at("metadata").as_object();
            object = table_of(core_, request_, {}, std::move(table_metadata), false);
        }
        return boost::json::serialize(Object{{"type", "BOOKMARK"}, {"object", std::move(object)}}) + "\n";
    }

    static std::string error_line(const StatusError& error) {
        return boost::json::serialize(Object{{"type", "ERROR"}, {"object", error.to_json()}}) + "\n";
    }

    Core& core_;
    kube::ServedRequest http_;
    Query query_;
    ResourceRequest request_;
    Selection selection_;
    bool with_bookmarks_;
    std::uint64_t epoch_;
    kube::MonotonicTime ends_;
    Revision position_ = 0;
    bool has_sent_columns_ = false;
    bool is_over_ = false;
};

kube::Async<> run_watch(std::shared_ptr<Watch> watch, std::string first, kube::ResponseWriter& writer) {
    co_await watch->run(writer, std::move(first));
}

}  // namespace

Reply watch_objects(Core& core, const ResourceRequest& request) {
    auto watch = std::make_shared<Watch>(core, request, Selection::of(request));
    const std::string_view version = request.query.get("resourceVersion");
    const bool sends_initial = request.query.flag("sendInitialEvents");
    if (request.query.has("sendInitialEvents") && request.query.get("resourceVersionMatch") != "NotOlderThan") {
        FieldErrors errors;
        errors.forbidden(
            "resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
        );
        errors.throw_if_any("meta.k8s.io", "ListOptions", "");
    }
    std::string first;
    if (sends_initial || (!request.query.has("sendInitialEvents") && (version.empty() || version == "0"))) {
        first = watch->begin(true, sends_initial && request.query.flag("allowWatchBookmarks"));
    } else if (version.empty() || version == "0") {
        first = watch->begin(false, false);
    } else {
        Revision revision = 0;
        const auto [end, error] = std::from_chars(version.data(), version.data() + version.size(), revision);
        if (error != std::errc{} || end != version.data() + version.size()) {
            throw bad_request(fmt::format("the resource version \"{}\" is no decimal number", version));
        }
        watch->begin_after(revision);
    }
    Reply reply;
    reply.stream = [watch, first = std::move(first)](kube::ResponseWriter& writer) mutable {
        return run_watch(watch, std::move(first), writer);
    };
    return reply;
}

}  // namespace devcluster::apiserver
