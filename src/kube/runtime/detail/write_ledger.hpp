// What each key has to see in the caches before it is reconciled again (architecture §3.7).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "kube/async/clock.hpp"
#include "kube/runtime/cache.hpp"

namespace kube::detail {

/// Open waits of the keys of one controller. A key with an open wait is held; each wait ends when a cache has caught
/// up with a write, or at its deadline.
class WriteLedger {
public:
    /// Until `cache` has seen `version` or a newer one.
    void await_version(
        const NamespacedName& key, const CacheStore& cache, const ResourceVersion& version, MonotonicTime deadline
    );
    /// Until the object with this identity is gone from `cache`, or is shown there as going.
    void await_deletion(
        const NamespacedName& key,
        const CacheStore& cache,
        const NamespacedName& object,
        const Uid& uid,
        MonotonicTime deadline
    );
    /// Until `cache` has another version of the object than this one.
    void await_other_version(
        const NamespacedName& key,
        const CacheStore& cache,
        const NamespacedName& object,
        const ResourceVersion& version,
        MonotonicTime deadline
    );

    /// A cache has moved: ends waits, and returns the keys that have none left.
    [[nodiscard]] std::vector<NamespacedName> progressed(const CacheStore& cache);
    [[nodiscard]] std::vector<NamespacedName> changed(
        const CacheStore& cache, const CacheStore::Entry* before, const CacheStore::Entry* after
    );

    /// The last deadline of the key's open waits; nullopt when it is free.
    [[nodiscard]] std::optional<MonotonicTime> held_until(const NamespacedName& key) const;
    /// A key of the namespace (empty: of any) with a wait whose deadline has not come; nullopt when there is none.
    [[nodiscard]] std::optional<NamespacedName> first_held(const std::string& namespace_, MonotonicTime now) const;
    /// What the key waits for, for people.
    [[nodiscard]] std::string waits_for(const NamespacedName& key) const;
    /// Ends the key's waits whose deadline has come, and returns what they waited for.
    [[nodiscard]] std::vector<std::string> expire(const NamespacedName& key, MonotonicTime now);
    void forget(const NamespacedName& key);
    [[nodiscard]] std::size_t size() const { return waits_.size(); }

private:
    using WaitId = std::uint64_t;
    struct Older {
        bool operator()(const ResourceVersion& a, const ResourceVersion& b) const { return !a.is_at_least(b); }
    };
    enum class For { Version, Deletion, OtherVersion };
    struct Wait {
        NamespacedName key;
        const CacheStore* cache = nullptr;
        For what = For::Version;
        NamespacedName object;
        Uid uid;
        ResourceVersion version;
        MonotonicTime deadline;
    };
    using ByVersion = std::multimap<ResourceVersion, WaitId, Older>;
    using ObjectId = std::pair<const CacheStore*, NamespacedName>;

    void add(Wait wait);
    /// Returns true when the key has no open wait left.
    bool end(WaitId id);
    [[nodiscard]] static std::string text_of(const Wait& wait);

    std::map<WaitId, Wait> waits_;
    std::map<NamespacedName, std::set<WaitId>> by_key_;
    std::map<const CacheStore*, ByVersion> by_version_;
    std::map<ObjectId, std::set<WaitId>> by_object_;
    WaitId last_id_ = 0;
};

}  // namespace kube::detail
