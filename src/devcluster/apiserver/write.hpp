// How an object gets into the store: what create, update, patch and apply have in common.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "devcluster/apiserver/core.hpp"
#include "devcluster/apiserver/managed_fields.hpp"

namespace devcluster::apiserver {

/// The result of a write.
struct Written {
    ObjectPtr object;
    bool is_created = false;
};

/// Decodes an object of the request's kind: kind and version, unknown and repeated fields by `fieldValidation`
/// (Strict refuses, Warn adds warnings), types, pruning, defaults. Throws StatusError 400.
void decode_object(
    const ResourceRequest& request, kube::json::Object& object, const std::vector<std::string>& duplicates
);

/// Who writes through this request, now.
[[nodiscard]] ManagedEntry writer_of(const Core& core, const ResourceRequest& request, bool is_applied);

/// Stores a new object. `managed` are the owners of its fields. Throws StatusError: 404 or 403 for its namespace, 422
/// when it is invalid, 409 AlreadyExists.
[[nodiscard]] ObjectPtr commit_create(
    Core& core, const ResourceRequest& request, kube::json::Object object, ManagedFields managed
);

/// Takes what an endpoint may not change back from `before`: before tracking, so that nobody owns what was not written.
void keep_to_endpoint(
    const Resource& resource, Endpoint endpoint, kube::json::Object& object, const kube::json::Object& before
);

/// Stores a change of `before`. An update that changes nothing leaves the object, and its version, alone; one that
/// removes the last finalizer of a deleted object removes it. Throws StatusError 409 or 422.
[[nodiscard]] ObjectPtr commit_update(
    Core& core,
    const ResourceRequest& request,
    const ObjectPtr& before,
    kube::json::Object object,
    ManagedFields managed
);

/// Update: owners of the fields after a change that is no apply. `live` are the owners before it; null for a creation.
[[nodiscard]] ManagedFields tracked_update(
    const Core& core,
    const ResourceRequest& request,
    const kube::json::Object& before,
    const kube::json::Object& after,
    const ManagedFields* live
);

/// A stored object as clients of a version see it: itself where it is stored in that version, else a copy.
class InVersion {
public:
    InVersion(const StoredObject& object, const Resource& resource);
    [[nodiscard]] const kube::json::Object& object() const { return copy_ ? *copy_ : object_; }

private:
    const kube::json::Object& object_;
    std::optional<kube::json::Object> copy_;
};

/// Removes the object when nothing holds it any more, else stores it as being deleted.
[[nodiscard]] bool may_be_removed(const Resource& resource, const kube::json::Object& object);

/// Is a deletion of `metadata.namespace` under way, or does the namespace not exist? Throws 404 or 403.
void require_namespace(const Core& core, const ResourceRequest& request, std::string_view name);

/// Shown to watchers and returned for the first of the kind: what CRDs change in the registry is done here.
void after_write(Core& core, const Resource& resource, const StoredObject* before, const StoredObject* after);

}  // namespace devcluster::apiserver
