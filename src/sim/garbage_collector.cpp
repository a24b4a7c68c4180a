#include "sim/garbage_collector.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "kube/json/same.hpp"
#include "kube/types/job.hpp"
#include "kube/types/pod.hpp"
#include "sim/json_look.hpp"

namespace sim {
namespace {

using std::chrono::milliseconds;

const kube::json::Array& owners_of(const ObjectPtr& object, const kube::json::Array& none) {
    return array_at(object->value(), {"metadata", "ownerReferences"}, none);
}

}  // namespace

void GarbageCollector::found(const ObjectPtr& object) {
    living_uids_.insert(uid_of(object));
}

void GarbageCollector::changed(const Change& change) {
    if (!change.after) {
        living_uids_.erase(uid_of(change.before));
        for (const WatchedKind kind : kWatchedKinds) {
            for (const ObjectPtr& object : view_.all(kind)) collect(kind, object);
        }
        return;
    }
    if (!change.before) living_uids_.insert(uid_of(change.after));
    const kube::json::Array none;
    const bool has_new_owner =
        !change.before || !kube::json::same(owners_of(change.before, none), owners_of(change.after, none));
    if (has_new_owner) collect(change.kind, change.after);
    if (change.kind == WatchedKind::Job && change.before && !is_going(change.before) && is_going(change.after)) {
        scope_.spawn("garbage collector", delete_pods_first(change.key, kube::Uid{uid_of(change.after)}));
    }
}

bool GarbageCollector::is_orphan(const ObjectPtr& object) const {
    const kube::json::Array none;
    const kube::json::Array& owners = owners_of(object, none);
    return !owners.empty() && std::ranges::none_of(owners, [&](const kube::json::Value& owner) {
        return living_uids_.contains(std::string{kube::json::find_string(owner, {"uid"})});
    });
}

void GarbageCollector::collect(WatchedKind kind, const ObjectPtr& object) {
    if (is_going(object) || !is_orphan(object)) return;
    scope_.spawn("garbage collector", delete_orphan(kind, object->key(), kube::Uid{uid_of(object)}));
}

/// As the real one: what found an owner meanwhile stays, and the version that was judged is the one that goes.
kube::Async<> GarbageCollector::delete_orphan(WatchedKind kind, kube::NamespacedName key, kube::Uid uid) {
    co_await around_.clock.sleep_for(milliseconds{around_.random.next() % 2'000});
    for (;;) {
        const ObjectPtr object = view_.find(kind, key);
        if (!object || uid_of(object) != uid.value() || is_going(object) || !is_orphan(object)) co_return;
        const kube::ResourceVersion version{std::to_string(object->revision())};
        const auto outcome = co_await kube::detail::unguarded(client_).delete_object(
            type_of(kind), key, {.uid = uid, .resource_version = version}, kube::Propagation::Background
        );
        if (outcome != kube::DeleteOutcome::PreconditionFailed) co_return;
    }
}

kube::Async<> GarbageCollector::delete_pods_first(kube::NamespacedName job, kube::Uid uid) {
    constexpr milliseconds kLook{300};
    while (!is_stopping_) {
        co_await around_.clock.sleep_for(kLook);
        bool has_pods = false;
        for (const ObjectPtr& pod : view_.all(WatchedKind::Pod)) {
            if (controller_of(pod) != uid.value()) continue;
            has_pods = true;
            if (is_going(pod)) continue;
            const kube::DeletePrecondition precondition{.uid = kube::Uid{uid_of(pod)}, .resource_version = {}};
            static_cast<void>(co_await client_.delete_object<kube::Pod>(pod->key(), precondition));
        }
        if (has_pods) continue;
        const auto read = co_await client_.get<kube::Job>(job);
        if (!read || read->uid() != uid) co_return;
        std::vector<std::string> finalizers = (*read)->metadata.finalizers;
        if (std::erase(finalizers, "foregroundDeletion") == 0) co_return;
        if (co_await client_.write_finalizers(*read, std::move(finalizers))) co_return;
    }
}

}  // namespace sim
