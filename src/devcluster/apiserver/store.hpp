// The objects of the cluster, by resource and key, under one revision counter, with a bounded history to watch from.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "devcluster/apiserver/json_memory.hpp"
#include "kube/async/signal.hpp"
#include "kube/json/json.hpp"
#include "kube/meta/names.hpp"

namespace devcluster::apiserver {

class ManagedFields;
/// The owners of an object's fields, shared between its versions. Never null.
using OwnersPtr = std::shared_ptr<const ManagedFields>;

/// Counts every write to the cluster; an object's resourceVersion is the revision of its last write.
using Revision = std::int64_t;

/// An object as it was stored by one write. Never changes; its JSON text is made once and shared.
class StoredObject {
public:
    /// `value` without its managedFields, which `owners` are.
    StoredObject(kube::NamespacedName key, kube::json::Value value, Revision revision, OwnersPtr owners);
    /// The same; `expected_bytes`: how much memory its JSON takes, more or less.
    StoredObject(
        kube::NamespacedName key,
        kube::json::Value value,
        Revision revision,
        OwnersPtr owners,
        std::size_t expected_bytes
    );
    ~StoredObject();
    StoredObject(const StoredObject&) = delete;
    StoredObject& operator=(const StoredObject&) = delete;
    [[nodiscard]] const kube::NamespacedName& key() const { return key_; }
    /// Without managedFields: they are larger than all else, and hardly anybody looks at them. Lives in memory of this
    /// object alone: a copy names its own storage, `Object(stored.object(), {})`.
    [[nodiscard]] const kube::json::Value& value() const { return value_; }
    [[nodiscard]] const kube::json::Object& object() const { return value_.get_object(); }
    /// How much memory its JSON takes.
    [[nodiscard]] std::size_t json_bytes() const { return memory_.used_bytes(); }
    /// A copy with managedFields.
    [[nodiscard]] kube::json::Object whole() const;
    [[nodiscard]] Revision revision() const { return revision_; }
    /// Who owns which of its fields.
    [[nodiscard]] const ManagedFields& managed() const { return *owners_; }
    [[nodiscard]] const OwnersPtr& owners() const { return owners_; }
    /// An apply that was found to change nothing: repeating it on this version is answered at once. `request` tells
    /// all of it: manager, parameters, body.
    void remember_idle_apply(std::string request) const {
        idle_apply_ = std::make_shared<std::string>(std::move(request));
    }
    [[nodiscard]] bool is_idle_apply(std::string_view request) const { return idle_apply_ && *idle_apply_ == request; }
    /// For a version that differs from `before` in nothing that an apply looks at.
    void inherit_idle_apply(const StoredObject& before) const { idle_apply_ = before.idle_apply_; }
    /// The text with this apiVersion (versions differ in nothing else: conversion None).
    [[nodiscard]] const std::string& text(std::string_view api_version) const;

private:
    kube::NamespacedName key_;
    JsonMemory memory_;  ///< Of `value_`, which refers to it.
    kube::json::Value value_;
    Revision revision_;
    mutable std::map<std::string, std::string, std::less<>> texts_;
    OwnersPtr owners_;
    mutable std::shared_ptr<const std::string> idle_apply_;
};
using ObjectPtr = std::shared_ptr<const StoredObject>;

/// One write. `before` is null for a creation; `after` is null for a removal, and `last` is then the object as it went,
/// carrying the revision of its removal.
struct StoreEvent {
    Revision revision = 0;
    ObjectPtr before;
    ObjectPtr after;
    ObjectPtr last;
};

/// The objects of one resource ("statefulsets.apps"), whatever the version that they are read in.
class Collection {
public:
    using Objects = std::map<kube::NamespacedName, ObjectPtr>;
    explicit Collection(boost::asio::any_io_executor executor) : changed_{std::make_unique<kube::Signal>(executor)} {}

    /// Null when there is none.
    [[nodiscard]] ObjectPtr find(const kube::NamespacedName& key) const;
    [[nodiscard]] const Objects& objects() const { return objects_; }
    /// The objects as of `revision`, which must be at least `oldest()`.
    [[nodiscard]] Objects objects_at(Revision revision) const;
    /// The oldest revision from which the history is complete: a watch may start there.
    [[nodiscard]] Revision oldest() const { return oldest_; }
    /// Events newer than `revision`, oldest first; at most `count_max` of them.
    [[nodiscard]] std::vector<StoreEvent> events_after(Revision revision, std::size_t count_max) const;
    [[nodiscard]] bool has_events_after(Revision revision) const {
        return !history_.empty() && history_.back().revision > revision;
    }
    /// Notified after each write, and when watches shall look up (`Store::end_watches`).
    [[nodiscard]] kube::Signal& changed() { return *changed_; }

private:
    friend class Store;
    Objects objects_;
    std::deque<StoreEvent> history_;
    Revision oldest_ = 0;
    std::unique_ptr<kube::Signal> changed_;
};

/// All collections. One thread; every write is atomic and is seen by watchers in the order of revisions.
class Store {
public:
    explicit Store(boost::asio::any_io_executor executor, std::size_t history_events_max);

    [[nodiscard]] Revision revision() const { return revision_; }
    /// Made on first use; lives as long as the store.
    [[nodiscard]] Collection& collection(std::string_view group, std::string_view plural);
    /// Stores `value` under `key`, with a new resourceVersion in its metadata. Without `owners`, they stay.
    ObjectPtr put(
        Collection& collection, const kube::NamespacedName& key, kube::json::Value value, OwnersPtr owners = nullptr
    );
    /// Removes the object; the result carries the revision of the removal. `final_value` is what watchers see last.
    ObjectPtr remove(
        Collection& collection,
        const kube::NamespacedName& key,
        kube::json::Value final_value,
        OwnersPtr owners = nullptr
    );
    /// Forgets the history: watches from a revision before now get 410.
    void compact();
    /// Ends all watches that run now, as a restarting server would.
    void end_watches();

    /// What is stored now, without its history. Shares the objects.
    struct Contents {
        Revision revision = 0;
        std::map<std::pair<std::string, std::string>, Collection::Objects, std::less<>> objects;
    };
    [[nodiscard]] Contents contents() const;
    /// Goes back (or on) to `contents`, with no history: as if nothing else had ever been. Nobody may be watching.
    void restore(const Contents& contents);
    /// Counts `end_watches`: a watch ends when the count differs from the one that it began with.
    [[nodiscard]] std::uint64_t watch_epoch() const { return watch_epoch_; }

private:
    void record(Collection& collection, StoreEvent event);

    boost::asio::any_io_executor executor_;
    std::size_t history_events_max_;
    Revision revision_ = 0;
    std::uint64_t watch_epoch_ = 0;
    std::map<std::pair<std::string, std::string>, std::unique_ptr<Collection>, std::less<>> collections_;
};

}  // namespace devcluster::apiserver
