#include "kube/runtime/detail/write_ledger.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace kube::detail {

void WriteLedger::await_version(
    const NamespacedName& key, const CacheStore& cache, const ResourceVersion& version, MonotonicTime deadline
) {
    if (cache.seen_version().is_at_least(version)) return;
    add({.key = key, .cache = &cache, .what = For::Version, .version = version, .deadline = deadline});
}

void WriteLedger::await_deletion(
    const NamespacedName& key,
    const CacheStore& cache,
    const NamespacedName& object,
    const Uid& uid,
    MonotonicTime deadline
) {
    const auto* cached = cache.get(object);
    if (cached == nullptr || cached->metadata->uid != uid.value() || cached->metadata->deletionTimestamp) return;
    add({.key = key, .cache = &cache, .what = For::Deletion, .object = object, .uid = uid, .deadline = deadline});
}

void WriteLedger::await_other_version(
    const NamespacedName& key,
    const CacheStore& cache,
    const NamespacedName& object,
    const ResourceVersion& version,
    MonotonicTime deadline
) {
    const auto* cached = cache.get(object);
    if (cached == nullptr || cached->metadata->resourceVersion != version.value()) return;
    add(
        {.key = key,
         .cache = &cache,
         .what = For::OtherVersion,
         .object = object,
         .version = version,
         .deadline = deadline}
    );
}

std::vector<NamespacedName> WriteLedger::progressed(const CacheStore& cache) {
    std::vector<NamespacedName> free;
    const auto found = by_version_.find(&cache);
    if (found == by_version_.end()) return free;
    ByVersion& versions = found->second;
    while (!versions.empty() && cache.seen_version().is_at_least(versions.begin()->first)) {
        const WaitId id = versions.begin()->second;
        NamespacedName key = waits_.at(id).key;
        if (end(id)) free.push_back(std::move(key));
    }
    return free;
}

std::vector<NamespacedName> WriteLedger::changed(
    const CacheStore& cache, const CacheStore::Entry* before, const CacheStore::Entry* after
) {
    std::vector<NamespacedName> free;
    if (by_object_.empty()) return free;
    const ObjectMeta& metadata = *(after != nullptr ? after : before)->metadata;
    const auto found = by_object_.find({&cache, metadata.key()});
    if (found == by_object_.end()) return free;
    for (const WaitId id : std::set<WaitId>{found->second}) {
        const Wait& wait = waits_.at(id);
        const bool is_over = wait.what == For::OtherVersion
                                 ? after == nullptr || metadata.resourceVersion != wait.version.value()
                                 : after == nullptr || metadata.uid != wait.uid.value() || metadata.deletionTimestamp;
        if (!is_over) continue;
        NamespacedName key = wait.key;
        if (end(id)) free.push_back(std::move(key));
    }
    return free;
}

std::optional<MonotonicTime> WriteLedger::held_until(const NamespacedName& key) const {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return std::nullopt;
    MonotonicTime last = MonotonicTime::min();
    for (const WaitId id : found->second) last = std::max(last, waits_.at(id).deadline);
    return last;
}

std::optional<NamespacedName> WriteLedger::first_held(const std::string& namespace_, MonotonicTime now) const {
    for (const auto& [id, wait] : waits_) {
        if (wait.deadline > now && (namespace_.empty() || wait.key.namespace_ == namespace_)) return wait.key;
    }
    return std::nullopt;
}

std::string WriteLedger::waits_for(const NamespacedName& key) const {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? std::string{} : text_of(waits_.at(*found->second.begin()));
}

std::vector<std::string> WriteLedger::expire(const NamespacedName& key, MonotonicTime now) {
    std::vector<std::string> expired;
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return expired;
    for (const WaitId id : std::set<WaitId>{found->second}) {
        const Wait& wait = waits_.at(id);
        if (wait.deadline > now) continue;
        expired.push_back(text_of(wait));
        (void)end(id);
    }
    return expired;
}

void WriteLedger::forget(const NamespacedName& key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return;
    for (const WaitId id : std::set<WaitId>{found->second}) (void)end(id);
}

void WriteLedger::add(Wait wait) {
    const WaitId id = ++last_id_;
    by_key_[wait.key].insert(id);
    if (wait.what == For::Version) {
        by_version_[wait.cache].emplace(wait.version, id);
    } else {
        by_object_[{wait.cache, wait.object}].insert(id);
    }
    waits_.emplace(id, std::move(wait));
}

bool WriteLedger::end(WaitId id) {
    const auto found = waits_.find(id);
    const Wait& wait = found->second;
    if (wait.what == For::Version) {
        ByVersion& versions = by_version_.at(wait.cache);
        const auto [first, last] = versions.equal_range(wait.version);
        versions.erase(std::find_if(first, last, [id](const auto& one) { return one.second == id; }));
    } else {
        const auto object = by_object_.find({wait.cache, wait.object});
        object->second.erase(id);
        if (object->second.empty()) by_object_.erase(object);
    }
    const auto key = by_key_.find(wait.key);
    key->second.erase(id);
    const bool is_free = key->second.empty();
    if (is_free) by_key_.erase(key);
    waits_.erase(found);
    return is_free;
}

std::string WriteLedger::text_of(const Wait& wait) {
    const std::string_view kind = wait.cache->type().kind;
    switch (wait.what) {
        case For::Version:
            return fmt::format("own write of a {}, version {}", kind, wait.version.value());
        case For::Deletion:
            return fmt::format("own deletion of {} {}", kind, to_string(wait.object));
        case For::OtherVersion:
            return fmt::format("a newer version of {} {} than {}", kind, to_string(wait.object), wait.version.value());
    }
    return {};
}

}  // namespace kube::detail
