// An object as it was read, with the version that it was read at.
#pragma once

#include <memory>
#include <utility>

#include "kube/meta/names.hpp"
#include "kube/meta/object_meta.hpp"
#include "kube/meta/resource_version.hpp"

namespace kube {

template <Kind K>
class Snapshot;
class Reader;
class Client;
template <Kind K>
class Cache;
template <Kind K>
class ControllerBuilder;

}  // namespace kube

namespace testkit {

/// Defined for tests alone, in which nothing was read (src/testkit/snapshot_of.hpp).
template <kube::Kind K>
[[nodiscard]] kube::Snapshot<K> snapshot_of(K object);

}  // namespace testkit

namespace kube {

/// A cheap handle on an object as read from the API: the value cannot change any more, and it carries its
/// resourceVersion.
///
/// Writes that depend on what was read take a Snapshot, so that they can always send its version as their precondition.
/// Only the client and the caches make one: of a version that nobody has read, there is none.
template <Kind K>
class Snapshot {
public:
    [[nodiscard]] const K& operator*() const { return *object_; }
    [[nodiscard]] const K* operator->() const { return object_.get(); }
    [[nodiscard]] NamespacedName key() const { return object_->metadata.key(); }
    [[nodiscard]] Uid uid() const { return Uid{object_->metadata.uid}; }
    [[nodiscard]] ResourceVersion resource_version() const { return object_->metadata.resource_version(); }
    [[nodiscard]] const std::shared_ptr<const K>& shared() const { return object_; }

private:
    friend class Reader;
    friend class Client;
    friend class Cache<K>;
    friend class ControllerBuilder<K>;
    friend Snapshot testkit::snapshot_of<K>(K object);

    /// `object` has come from the API.
    explicit Snapshot(std::shared_ptr<const K> object) : object_{std::move(object)} {}
    explicit Snapshot(K object) : object_{std::make_shared<const K>(std::move(object))} {}

    std::shared_ptr<const K> object_;
};

}  // namespace kube
