#include "kube/runtime/cache.hpp"

#include <map>
#include <stdexcept>
#include <utility>

namespace kube::detail {

struct CacheStore::Impl {
    struct Index {
        IndexFunction keys_of;
        std::map<std::string, std::set<NamespacedName>, std::less<>> keys;
    };

    const ResourceType& type;
    std::map<NamespacedName, Entry> entries;
    std::map<std::string, Index, std::less<>> indexes;
    std::vector<Changed> changed;
    std::vector<std::function<void()>> progressed;
    ResourceVersion seen;
    bool is_synced = false;
    std::string list_refusal;

    void index(const NamespacedName& key, const Entry& entry) {
        for (auto& [name, one] : indexes) {
            for (std::string& value : one.keys_of(entry.object.get())) one.keys[std::move(value)].insert(key);
        }
    }
    void unindex(const NamespacedName& key, const Entry& entry) {
        for (auto& [name, one] : indexes) {
            for (const std::string& value : one.keys_of(entry.object.get())) {
                const auto found = one.keys.find(value);
                if (found == one.keys.end()) continue;
                found->second.erase(key);
                if (found->second.empty()) one.keys.erase(found);
            }
        }
    }
    void announce(const Entry* before, const Entry* after) const {
        for (const Changed& one : changed) one(before, after);
    }
};

CacheStore::CacheStore(const ResourceType& type) : impl_{std::make_unique<Impl>(type)} {}
CacheStore::~CacheStore() = default;

const CacheStore::Entry* CacheStore::get(const NamespacedName& key) const {
    const auto found = impl_->entries.find(key);
    return found == impl_->entries.end() ? nullptr : &found->second;
}

std::vector<CacheStore::Entry> CacheStore::list(std::string_view namespace_) const {
    std::vector<Entry> found;
    if (namespace_.empty()) {
        found.reserve(impl_->entries.size());
        for (const auto& [key, entry] : impl_->entries) found.push_back(entry);
        return found;
    }
    for (auto at = impl_->entries.lower_bound({std::string{namespace_}, {}});
         at != impl_->entries.end() && at->first.namespace_ == namespace_;
         ++at) {
        found.push_back(at->second);
    }
    return found;
}

std::vector<CacheStore::Entry> CacheStore::by_index(std::string_view index, std::string_view value) const {
    const auto one = impl_->indexes.find(index);
    if (one == impl_->indexes.end()) {
        throw std::logic_error{"the cache of " + std::string{impl_->type.kind} + " has no index " + std::string{index}};
    }
    std::vector<Entry> found;
    const auto keys = one->second.keys.find(value);
    if (keys == one->second.keys.end()) return found;
    found.reserve(keys->second.size());
    for (const NamespacedName& key : keys->second) found.push_back(impl_->entries.at(key));
    return found;
}

void CacheStore::add_index(std::string name, IndexFunction keys_of) {
    Impl::Index& one = impl_->indexes[std::move(name)];
    one = {std::move(keys_of), {}};
    for (const auto& [key, entry] : impl_->entries) {
        for (std::string& value : one.keys_of(entry.object.get())) one.keys[std::move(value)].insert(key);
    }
}

void CacheStore::on_change(Changed changed) {
    impl_->changed.push_back(std::move(changed));
}

void CacheStore::on_progress(std::function<void()> progressed) {
    impl_->progressed.push_back(std::move(progressed));
}

void CacheStore::put(Entry entry) {
    NamespacedName key = entry.metadata->key();
    const auto found = impl_->entries.find(key);
    if (found != impl_->entries.end() && found->second.metadata->uid != entry.metadata->uid) {
        erase(key);
        put(std::move(entry));
        return;
    }
    if (found == impl_->entries.end()) {
        const Entry& added = impl_->entries.emplace(key, std::move(entry)).first->second;
        impl_->index(key, added);
        const Entry after = added;
        impl_->announce(nullptr, &after);
        return;
    }
    impl_->unindex(key, found->second);
    const Entry before = std::exchange(found->second, std::move(entry));
    const Entry after = found->second;
    impl_->index(key, after);
    if (before.metadata->resourceVersion != after.metadata->resourceVersion) impl_->announce(&before, &after);
}

void CacheStore::erase(const NamespacedName& key) {
    const auto found = impl_->entries.find(key);
    if (found == impl_->entries.end()) return;
    const Entry before = std::move(found->second);
    impl_->unindex(found->first, before);
    impl_->entries.erase(found);
    impl_->announce(&before, nullptr);
}

void CacheStore::replace(std::vector<Entry> entries, const std::set<NamespacedName>& kept) {
    std::set<NamespacedName> listed = kept;
    for (const Entry& entry : entries) listed.insert(entry.metadata->key());
    std::vector<NamespacedName> gone;
    for (const auto& [key, entry] : impl_->entries) {
        if (!listed.contains(key)) gone.push_back(key);
    }
    for (const NamespacedName& key : gone) erase(key);
    for (Entry& entry : entries) put(std::move(entry));
}

std::size_t CacheStore::size() const {
    return impl_->entries.size();
}

bool CacheStore::is_synced() const {
    return impl_->is_synced;
}

void CacheStore::set_synced(ResourceVersion version) {
    impl_->is_synced = true;
    set_seen_version(std::move(version));
}

const std::string& CacheStore::list_refusal() const {
    return impl_->list_refusal;
}

void CacheStore::set_list_refusal(std::string message) {
    impl_->list_refusal = std::move(message);
}

const ResourceVersion& CacheStore::seen_version() const {
    return impl_->seen;
}

void CacheStore::set_seen_version(ResourceVersion version) {
    impl_->seen = std::move(version);
    for (const auto& one : impl_->progressed) one();
}

const ResourceType& CacheStore::type() const {
    return impl_->type;
}

}  // namespace kube::detail
