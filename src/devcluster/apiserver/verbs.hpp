// The verbs, one file each.
#pragma once

#include "devcluster/apiserver/core.hpp"

namespace devcluster::apiserver {

[[nodiscard]] Reply get_object(Core& core, const ResourceRequest& request);
/// A list at one revision, with selectors, paging and resourceVersion semantics.
[[nodiscard]] Reply list_objects(Core& core, const ResourceRequest& request);
/// A stream of events.
[[nodiscard]] Reply watch_objects(Core& core, const ResourceRequest& request);
[[nodiscard]] Reply create_object(Core& core, const ResourceRequest& request);
[[nodiscard]] Reply update_object(Core& core, const ResourceRequest& request);
/// JSON patch, merge patch, strategic merge patch, server-side apply.
[[nodiscard]] Reply patch_object(Core& core, const ResourceRequest& request);
[[nodiscard]] Reply delete_object(Core& core, const ResourceRequest& request);
/// Deletes one stored object in the background, as far as its finalizers let it.
void delete_stored(Core& core, const Resource& resource, const ObjectPtr& object);
[[nodiscard]] Reply delete_collection(Core& core, const ResourceRequest& request);
/// GET, PUT and PATCH of the scale subresource.
[[nodiscard]] Reply scale_object(Core& core, const ResourceRequest& request);
/// POST of pods/binding.
[[nodiscard]] Reply bind_pod(Core& core, const ResourceRequest& request);
/// POST of a review (token, access): answered, not stored.
[[nodiscard]] Reply review(Core& core, const ResourceRequest& request);

}  // namespace devcluster::apiserver
