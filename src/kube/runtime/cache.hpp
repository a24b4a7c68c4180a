// The local copy of a kind, kept up to date by a reflector.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kube/client/snapshot.hpp"

namespace kube {

namespace detail {
/// The untyped half; see cache.cpp. Objects are held as shared_ptr<const void> beside a pointer to their metadata.
class CacheStore {
public:
    struct Entry {
        std::shared_ptr<const void> object;
        const ObjectMeta* metadata = nullptr;
    };
    using IndexFunction = std::function<std::vector<std::string>(const void* object)>;
    /// An object appeared (`before` is null), changed, or went away (`after` is null). When a name changes its
    /// identity, the old object goes away first.
    using Changed = std::function<void(const Entry* before, const Entry* after)>;

    explicit CacheStore(const ResourceType& type);
    ~CacheStore();
    [[nodiscard]] const Entry* get(const NamespacedName& key) const;
    [[nodiscard]] std::vector<Entry> list(std::string_view namespace_) const;
    [[nodiscard]] std::vector<Entry> by_index(std::string_view index, std::string_view value) const;
    void add_index(std::string name, IndexFunction keys_of);
    /// Told at once of every change, after it took place. Not called for an entry that is put again at the same
    /// version.
    void on_change(Changed changed);
    /// Told whenever `seen_version` has moved.
    void on_progress(std::function<void()> progressed);
    void put(Entry entry);
    void erase(const NamespacedName& key);
    /// What a list says: `entries` are there, and nothing else but `kept` (objects that could not be decoded).
    void replace(std::vector<Entry> entries, const std::set<NamespacedName>& kept);
    [[nodiscard]] std::size_t size() const;
    /// Has the first list arrived?
    [[nodiscard]] bool is_synced() const;
    void set_synced(ResourceVersion version);
    /// What the server said when it refused the list (403); empty after a list that it answered in another way.
    [[nodiscard]] const std::string& list_refusal() const;
    void set_list_refusal(std::string message);
    /// The newest version that the reflector has seen, of an object, a list or a bookmark: every change of this kind
    /// up to it is in the cache.
    [[nodiscard]] const ResourceVersion& seen_version() const;
    void set_seen_version(ResourceVersion version);
    [[nodiscard]] const ResourceType& type() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};
}  // namespace detail

/// What is known of the objects of one kind. It lags behind the API server, by little and without a bound: what is
/// destroyed is confirmed by an uncached read first.
///
/// Answers are snapshots in the order of their keys; they stay valid when the cache moves on.
template <Kind K>
class Cache {
public:
    explicit Cache(std::shared_ptr<detail::CacheStore> store) : store_{std::move(store)} {}

    [[nodiscard]] std::optional<Snapshot<K>> get(const NamespacedName& key) const {
        const auto* entry = store_->get(key);
        if (entry == nullptr) return std::nullopt;
        return Snapshot<K>{std::static_pointer_cast<const K>(entry->object)};
    }
    /// Of one namespace; of all where it is empty.
    [[nodiscard]] std::vector<Snapshot<K>> list(std::string_view namespace_ = {}) const {
        return typed(store_->list(namespace_));
    }
    /// The objects for which the index function named `value`.
    [[nodiscard]] std::vector<Snapshot<K>> by_index(std::string_view index, std::string_view value) const {
        return typed(store_->by_index(index, value));
    }
    /// Before the manager starts.
    void add_index(std::string name, std::function<std::vector<std::string>(const K&)> keys_of) {
        store_->add_index(std::move(name), [keys_of = std::move(keys_of)](const void* object) {
            return keys_of(*static_cast<const K*>(object));
        });
    }
    [[nodiscard]] bool is_synced() const { return store_->is_synced(); }
    /// Why this process may not list the kind, in the server's words: who lacks which verb on which resource. Empty: it
    /// may, or the server does not serve the kind.
    [[nodiscard]] const std::string& list_refusal() const { return store_->list_refusal(); }
    [[nodiscard]] const std::shared_ptr<detail::CacheStore>& store() const { return store_; }

private:
    [[nodiscard]] static std::vector<Snapshot<K>> typed(std::vector<detail::CacheStore::Entry> entries) {
        std::vector<Snapshot<K>> snapshots;
        snapshots.reserve(entries.size());
        for (auto& entry : entries)
            snapshots.push_back(Snapshot<K>{std::static_pointer_cast<const K>(std::move(entry.object))});
        return snapshots;
    }
    std::shared_ptr<detail::CacheStore> store_;
};

}  // namespace kube
