// An object as it was read, with the version that it was read at.
#pragma once

#include <memory>
#include <utility>

#include "kube/meta/names.hpp"
#include "kube/meta/object_meta.hpp"
#include "kube/meta/resource_version.hpp"

namespace kube {

/// A cheap handle on an object as read from the API: the value cannot change any more, and it carries its
/// resourceVersion.
///
/// Writes that depend on what was read take a Snapshot, so that they can always send its version as their precondition.
/// Only the client and the caches make one.
template <Kind K>
class Snapshot {
public:
    /// For clients, caches and tests: `object` must have come from the API.
    explicit Snapshot(std::shared_ptr<const K> object) : object_{std::move(object)} {}
    explicit Snapshot(K object) : object_{std::make_shared<const K>(std::move(object))} {}

    [[nodiscard]] const K& operator*() const { return *object_; }
    [[nodiscard]] const K* operator->() const { return object_.get(); }
    [[nodiscard]] NamespacedName key() const { return object_->metadata.key(); }
    [[nodiscard]] Uid uid() const { return Uid{object_->metadata.uid}; }
    [[nodiscard]] ResourceVersion resource_version() const { return object_->metadata.resource_version(); }
    [[nodiscard]] const std::shared_ptr<const K>& shared() const { return object_; }

private:
    std::shared_ptr<const K> object_;
};

}  // namespace kube
