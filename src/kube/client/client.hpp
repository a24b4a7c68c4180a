// The typed client: Reader, Writer, and both as Client.
//
// Every method is one request (list: one for each page) with a deadline. Outcomes that each caller must expect are in
// the return type; everything else is an ApiError (the server refused) or a TransportError (there was no answer).
//
// There is no way to write a status, a finalizer list or a part of an object without the Snapshot that the change was
// computed from: the request always carries its resourceVersion. There is no delete without the identity of what is
// deleted.
#pragma once

#include <chrono>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kube/async/async.hpp"
#include "kube/client/api_error.hpp"
#include "kube/client/field_owners.hpp"
#include "kube/client/snapshot.hpp"
#include "kube/http/transport.hpp"
#include "kube/json/json.hpp"
#include "kube/meta/names.hpp"
#include "kube/meta/object_meta.hpp"

namespace kube {

/// Why a write did not happen although nothing is broken: the object is gone, or it is no longer the version that was
/// read.
enum class WriteRefusal { Absent, Conflict };
template <class T>
using WriteResult = std::expected<T, WriteRefusal>;

/// A create found an object of that name.
struct AlreadyExists {};

enum class Force { No, Yes };
enum class Propagation { Background, Foreground, Orphan };

/// An identity that was read from somewhere: it has no default, so that it cannot be left out.
class KnownUid : public Uid {
public:
    KnownUid(Uid uid) : Uid{std::move(uid)} {}  // NOLINT(google-explicit-constructor): any Uid that there is will do
};

/// What a delete may hit: one identity, and, where given, only this version of it.
struct DeletePrecondition {
    KnownUid uid;
    std::optional<ResourceVersion> resource_version;
};

enum class DeleteOutcome {
    /// Gone, or going: finalizers or grace may keep it for a while.
    Accepted,
    /// There was nothing of that name.
    Absent,
    /// The name belongs to another identity or version now; nothing was deleted.
    PreconditionFailed,
};

/// Names of members that a reader of a kind does not look at. Where such a member is a list or an object, it is read as
/// an empty one, wherever in an object it stands; parsing what is thrown away at once is most of the work of a watch.
/// What it refers to outlives each list and watch.
using UnreadMembers = std::span<const std::string_view>;

struct ListOptions {
    /// Empty: all namespaces.
    std::string namespace_;
    std::string label_selector;
    std::string field_selector;
    /// Objects per page; the client asks for page after page.
    unsigned page_objects_max = 500;
    /// Asks for "0" (any version, from the server's watch cache), as a reflector's first list does. Else the newest.
    bool any_version = false;
    /// Watches only: the server ends the watch after this time (timeoutSeconds); zero leaves it to the server.
    std::chrono::seconds watch_time_limit{0};
    UnreadMembers unread;
};

/// An object of a list or watch that does not fit its type. It is reported, and does not hide the others (spec 01
/// §20.5).
struct Undecodable {
    NamespacedName key;
    ResourceVersion resource_version;
    std::string error;
};

template <Kind K>
struct List {
    std::vector<Snapshot<K>> items;
    std::vector<Undecodable> undecodable;
    ResourceVersion resource_version;
};

/// One event of a watch, before decoding. `object` of a Bookmark has only its version; of an Error it is a Status.
struct RawWatchEvent {
    enum class Type { Added, Modified, Deleted, Bookmark, Error };
    Type type = Type::Added;
    /// As it came: {"type":…,"object":{…}}.
    json::Tree event;
    /// Why the object could not be parsed: then it has neither spec nor status here. Empty as a rule.
    std::string undecodable = {};

    [[nodiscard]] const json::Value& object() const { return event->get_object().at("object"); }
};

/// A running watch.
class RawWatch {
public:
    virtual ~RawWatch() = default;
    /// The next event; nullopt when the server ended the watch in order (resume from the last version).
    /// TransportError when the connection broke; std::runtime_error when the server sent what is no event.
    [[nodiscard]] virtual Async<std::optional<RawWatchEvent>> next() = 0;
};

/// What the server sends back of an object that was written: all of it, or its metadata (PartialObjectMetadata), which
/// costs both sides a fraction.
enum class Answer { Object, Metadata };

/// Told of every object that a write of this client returned: what the caches must have seen before a key is reconciled
/// again.
class WriteObserver {
public:
    virtual ~WriteObserver() = default;
    /// After a successful create, patch or apply. `metadata` is that of the object as the server returned it.
    virtual void written(const ResourceType& type, const ObjectMeta& metadata) = 0;
    /// After an accepted delete. `remaining` is the object's metadata when the server returned it, else null.
    virtual void deleted(
        const ResourceType& type, const NamespacedName& key, const Uid& uid, const ObjectMeta* remaining
    ) = 0;
};

struct ClientOptions {
    /// The manager of creates and merge patches (spec 01 §17.5: `manager`).
    FieldManager field_manager{"manager"};
    std::chrono::milliseconds time_limit{30'000};
    WriteObserver* observer = nullptr;
};

class Reader;

namespace detail {
/// The precondition of a write that was computed from `read`. std::logic_error when that has no version: it was never
/// read from an API server, and the write would be blind.
[[nodiscard]] std::string version_of(const ObjectMeta& read);

/// The requests, without types. One .cpp; the templates below only encode and decode.
class RawClient {
public:
    RawClient(Transport& transport, ClientOptions options);
    [[nodiscard]] Async<std::optional<json::Tree>> get(const ResourceType& type, NamespacedName key);
    [[nodiscard]] Async<std::optional<FieldOwners>> get_field_owners(const ResourceType& type, NamespacedName key);
    struct Page {
        json::Tree list;
        std::string continue_token;
        ResourceVersion resource_version;
        /// Of a list or of a list that began again: what came before this page is void.
        bool is_first = true;
        /// Items that could not be parsed; they are not in `list`.
        std::vector<Undecodable> undecodable = {};

        [[nodiscard]] std::span<const json::Value> items() const;
    };
    /// One page. ApiError 410 when the continue token has expired: the list begins again.
    [[nodiscard]] Async<Page> list_page(const ResourceType& type, ListOptions options, std::string continue_token);
    [[nodiscard]] Async<std::unique_ptr<RawWatch>> watch(
        const ResourceType& type, ListOptions options, ResourceVersion since
    );
    /// `body` is the object, serialised.
    [[nodiscard]] Async<std::expected<json::Tree, AlreadyExists>> create(
        const ResourceType& type, std::string namespace_, std::string body, Answer answer = Answer::Object
    );
    [[nodiscard]] Async<std::expected<json::Tree, AlreadyExists>> create(
        const ResourceType& type, std::string namespace_, json::Object object, Answer answer = Answer::Object
    ) {
        return create(type, std::move(namespace_), boost::json::serialize(object), answer);
    }
    /// JSON merge patch; `patch` carries metadata.resourceVersion.
    [[nodiscard]] Async<WriteResult<json::Tree>> merge_patch(
        const ResourceType& type,
        NamespacedName key,
        std::string_view subresource,
        json::Object patch,
        Answer answer = Answer::Object
    );
    /// `body` is the object, serialised.
    [[nodiscard]] Async<json::Tree> apply(
        const ResourceType& type,
        NamespacedName key,
        std::string body,
        FieldManager manager,
        Force force,
        Answer answer = Answer::Object
    );
    [[nodiscard]] Async<DeleteOutcome> delete_object(
        const ResourceType& type, NamespacedName key, DeletePrecondition precondition, Propagation propagation
    );
    void observe(const ResourceType& type, const ObjectMeta& metadata) const;

private:
    Transport& transport_;
    ClientOptions options_;
};

/// Page after page of one list. When the continue token expires on the way (410), the list begins again: then a later
/// page is a first one too.
class Paging {
public:
    Paging(RawClient& client, const ResourceType& type, ListOptions options)
        : client_{client}, type_{type}, options_{std::move(options)} {}
    /// Nullopt after the last page.
    [[nodiscard]] Async<std::optional<RawClient::Page>> next();

private:
    RawClient& client_;
    const ResourceType& type_;
    ListOptions options_;
    std::string continue_token_;
    bool is_started_ = false;
    unsigned restarts_ = 0;
};

[[nodiscard]] Undecodable undecodable(const json::Value& item, std::string error);

/// Of an object or a PartialObjectMetadata. json::DecodeError when it has none that fits.
[[nodiscard]] ObjectMeta metadata_of(const json::Value& value);

/// The merge patch that sets managedFields, with its preconditions.
[[nodiscard]] json::Object patch_of(FieldOwners changed);

/// std::logic_error where something is to be applied with finalizers, which an apply changes whatever became of them.
void refuse_finalizers(const ObjectMeta& applied);

/// What is sent of an object: its type, and all of it but its status.
[[nodiscard]] std::string body_text(const ResourceType& type, const json::Value& object);

/// The requests below the typed ones, whose writes nothing keeps from being blind: for what stands in for a cluster or
/// for its users. Operators have no use for it, and the tidy test looks for it there.
[[nodiscard]] RawClient& unguarded(Reader& client);
}  // namespace detail

/// Reads of the API server itself, past every cache.
class Reader {
public:
    Reader(Transport& transport, ClientOptions options) : raw_{transport, std::move(options)} {}

    template <Kind K>
    [[nodiscard]] Async<std::optional<Snapshot<K>>> get(NamespacedName key) {
        auto value = co_await raw_.get(KindOf<K>::type, std::move(key));
        if (!value) co_return std::nullopt;
        co_return Snapshot<K>{json::from_json<K>(**value)};
    }

    /// Who owns which fields of the object, as it is now.
    template <Kind K>
    [[nodiscard]] Async<std::optional<FieldOwners>> get_field_owners(NamespacedName key) {
        return raw_.get_field_owners(KindOf<K>::type, std::move(key));
    }

    /// All pages.
    template <Kind K>
    [[nodiscard]] Async<List<K>> list(ListOptions options);

private:
    friend class Client;
    friend detail::RawClient& detail::unguarded(Reader& client);

    /// Not for heirs: its writes are guarded by nobody.
    detail::RawClient raw_;
};

inline detail::RawClient& detail::unguarded(Reader& client) {
    return client.raw_;
}

/// Reads and writes.
class Client final : public Reader {
public:
    using Reader::Reader;

    /// Creates `object` (metadata.name or generateName, and namespace_, are set).
    template <Kind K>
    [[nodiscard]] Async<std::expected<Snapshot<K>, AlreadyExists>> create(K object) {
        std::string namespace_ = object.metadata.namespace_;
        auto created = co_await raw_.create(KindOf<K>::type, std::move(namespace_), body_of(std::move(object)));
        if (!created) co_return std::unexpected(AlreadyExists{});
        co_return observed<K>(**created);
    }

    /// The same for one who does not look at what was made: its metadata alone comes back.
    template <Kind K>
    [[nodiscard]] Async<std::expected<ObjectMeta, AlreadyExists>> create_returning_metadata(K object) {
        std::string namespace_ = object.metadata.namespace_;
        auto created =
            co_await raw_.create(KindOf<K>::type, std::move(namespace_), body_of(std::move(object)), Answer::Metadata);
        if (!created) co_return std::unexpected(AlreadyExists{});
        co_return observed_metadata<K>(**created);
    }

    /// Writes `status` over that of `base`: the smallest JSON merge patch on /status, with the version of `base` as its
    /// precondition. Nothing is sent when nothing changed, and `base` comes back; else `base` with this status and the
    /// metadata of the new version, which is all that such a write can have changed.
    template <Kind K>
    [[nodiscard]] Async<WriteResult<Snapshot<K>>> write_status(Snapshot<K> base, decltype(K::status) status) {
        json::Object changes = changes_of(base->status, status);
        if (changes.empty()) co_return base;
        json::Object patch;
        patch["metadata"] = json::Object{{"resourceVersion", detail::version_of(base->metadata)}};
        patch["status"] = std::move(changes);
        auto written =
            co_await raw_.merge_patch(KindOf<K>::type, base.key(), "status", std::move(patch), Answer::Metadata);
        if (!written) co_return std::unexpected(written.error());
        K now = *base;
        now.metadata = observed_metadata<K>(**written);
        now.status = std::move(status);
        co_return Snapshot<K>{std::move(now)};
    }

    /// Replaces the finalizers of `base`, with its version and uid as preconditions. `base` comes back with the
    /// metadata of the new version.
    template <Kind K>
    [[nodiscard]] Async<WriteResult<Snapshot<K>>> write_finalizers(
        Snapshot<K> base, std::vector<std::string> finalizers
    ) {
        json::Object metadata{{"resourceVersion", detail::version_of(base->metadata)}, {"uid", base->metadata.uid}};
        metadata["finalizers"] = json::Array(finalizers.begin(), finalizers.end());
        json::Object patch;
        patch["metadata"] = std::move(metadata);
        auto written = co_await raw_.merge_patch(KindOf<K>::type, base.key(), {}, std::move(patch), Answer::Metadata);
        if (!written) co_return std::unexpected(written.error());
        K now = *base;
        now.metadata = observed_metadata<K>(**written);
        co_return Snapshot<K>{std::move(now)};
    }

    /// Replaces who owns which fields, with the version and uid of `changed` as preconditions; no field changes its
    /// value.
    template <Kind K>
    [[nodiscard]] Async<WriteResult<ObjectMeta>> write_field_owners(FieldOwners changed) {
        NamespacedName key = changed.metadata.key();
        auto written = co_await raw_.merge_patch(
            KindOf<K>::type, std::move(key), {}, detail::patch_of(std::move(changed)), Answer::Metadata
        );
        if (!written) co_return std::unexpected(written.error());
        co_return observed_metadata<K>(**written);
    }

    /// Writes the difference between `base` and `changed` (all but status) as a merge patch with the version of `base`.
    /// Nothing is sent when nothing changed.
    template <Kind K>
    [[nodiscard]] Async<WriteResult<Snapshot<K>>> patch(Snapshot<K> base, K changed) {
        json::Object changes = changes_of(*base, changed);
        changes.erase("status");
        if (changes.empty()) co_return base;
        json::Value& metadata = changes["metadata"];
        if (!metadata.is_object()) metadata = json::Object{};
        metadata.as_object()["resourceVersion"] = detail::version_of(base->metadata);
        auto written = co_await raw_.merge_patch(KindOf<K>::type, base.key(), {}, std::move(changes));
        if (!written) co_return std::unexpected(written.error());
        co_return observed<K>(**written);
    }

    /// Server-side apply of exactly the fields that `object` has, as `manager`.
    ///
    /// With Force::No a field that another manager owns is an ApiError with reason "Conflict". Finalizers are not
    /// applied, they have a write of their own (std::logic_error).
    template <Kind K>
    [[nodiscard]] Async<Snapshot<K>> apply(K object, FieldManager manager, Force force) {
        detail::refuse_finalizers(object.metadata);
        NamespacedName key = object.metadata.key();
        const json::Tree applied =
            co_await raw_.apply(KindOf<K>::type, std::move(key), body_of(std::move(object)), std::move(manager), force);
        co_return observed<K>(*applied);
    }

    /// The same for one who needs no more than identity, version and generation of what is there now.
    template <Kind K>
    [[nodiscard]] Async<ObjectMeta> apply_returning_metadata(K object, FieldManager manager, Force force) {
        detail::refuse_finalizers(object.metadata);
        NamespacedName key = object.metadata.key();
        const json::Tree applied = co_await raw_.apply(
            KindOf<K>::type, std::move(key), body_of(std::move(object)), std::move(manager), force, Answer::Metadata
        );
        co_return observed_metadata<K>(*applied);
    }

    /// Deletes the object with this identity, or nothing.
    template <Kind K>
    [[nodiscard]] Async<DeleteOutcome> delete_object(
        NamespacedName key, DeletePrecondition precondition, Propagation propagation = Propagation::Background
    ) {
        return raw_.delete_object(KindOf<K>::type, std::move(key), std::move(precondition), propagation);
    }

private:
    /// A function of its own, so that what it compares does not wait for the answer.
    template <class T>
    [[nodiscard]] static json::Object changes_of(const T& before, const T& after) {
        if constexpr (std::equality_comparable<T>) {
            if (before == after) return {};
        }
        return json::merge_patch(json::to_tree(before)->as_object(), json::to_tree(after)->as_object());
    }

    /// Consumes the object: nobody holds it while the request is under way.
    template <Kind K>
    [[nodiscard]] static std::string body_of(K object) {
        return detail::body_text(KindOf<K>::type, *json::to_tree(object));
    }

    template <Kind K>
    [[nodiscard]] Snapshot<K> observed(const json::Value& value) const {
        Snapshot<K> snapshot{json::from_json<K>(value)};
        raw_.observe(KindOf<K>::type, snapshot->metadata);
        return snapshot;
    }

    template <Kind K>
    [[nodiscard]] ObjectMeta observed_metadata(const json::Value& value) const {
        ObjectMeta metadata = detail::metadata_of(value);
        raw_.observe(KindOf<K>::type, metadata);
        return metadata;
    }
};

template <Kind K>
Async<List<K>> Reader::list(ListOptions options) {
    List<K> result;
    detail::Paging paging{raw_, KindOf<K>::type, std::move(options)};
    while (auto page = co_await paging.next()) {
        if (page->is_first) result = {};
        for (Undecodable& bad : page->undecodable) result.undecodable.push_back(std::move(bad));
        for (const json::Value& item : page->items()) {
            try {
                result.items.push_back(Snapshot<K>{json::from_json<K>(item)});
            } catch (const json::DecodeError& error) {
                result.undecodable.push_back(detail::undecodable(item, error.what()));
            }
        }
        result.resource_version = std::move(page->resource_version);
    }
    co_return result;
}

}  // namespace kube
