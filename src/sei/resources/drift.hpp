// What of a live object is not as it is rendered. Pure.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "kube/json/json.hpp"
#include "kube/types/config_map.hpp"
#include "kube/types/http_route.hpp"
#include "kube/types/service.hpp"

namespace sei::resources {

/// Has `live` every entry of `rendered`, with its value?
[[nodiscard]] bool has_entries(const kube::StringMap& live, const kube::StringMap& rendered);

/// Would a forced apply of `rendered` leave the fields of `live` as they are? What is atomic under server-side apply
/// has to be equal, defaults of the server aside: the selector of a Service (spec 05 §13.2), and all that a route has
/// in its spec. Of lists and maps with keys the entries that are rendered count: others may have theirs beside them.
[[nodiscard]] bool is_as_rendered(const kube::Service& live, const kube::Service& rendered);
[[nodiscard]] bool is_as_rendered(const kube::ConfigMap& live, const kube::ConfigMap& rendered);
[[nodiscard]] bool is_as_rendered(const kube::HttpRoute& live, const kube::HttpRoute& rendered);

/// Has `live` labels, ports or data that are not rendered? They are somebody else's, or left by an earlier rendering of
/// ours: which of the two, only an apply finds out.
[[nodiscard]] bool has_more_than_rendered(const kube::Service& live, const kube::Service& rendered);
[[nodiscard]] bool has_more_than_rendered(const kube::ConfigMap& live, const kube::ConfigMap& rendered);
[[nodiscard]] bool has_more_than_rendered(const kube::HttpRoute& live, const kube::HttpRoute& rendered);

/// An object as it was last applied, or found to need no apply.
struct KeptObject {
    /// Of the object; empty when nothing is known of it.
    std::string resource_version;
    std::size_t rendering_hash = 0;
};

template <class K>
[[nodiscard]] std::size_t hash_of_rendering(const K& rendered) {
    return std::hash<kube::json::Value>{}(*kube::json::to_tree(rendered));
}

/// Does applying `rendered`, whose hash is `rendering_hash`, change nothing? What we no longer render is gone, if
/// `kept` was of the same rendering, or if `live` has nothing but what is rendered. The version that an apply of ours
/// gave is never doubted: what differs there is a field that the server, or a webhook, sets its own way.
template <class K>
[[nodiscard]] bool needs_no_apply(
    const K& live, const K& rendered, std::size_t rendering_hash, const KeptObject& kept
) {
    const bool is_same_rendering = !kept.resource_version.empty() && kept.rendering_hash == rendering_hash;
    if (is_same_rendering && live.metadata.resourceVersion == kept.resource_version) return true;
    return is_as_rendered(live, rendered) && (is_same_rendering || !has_more_than_rendered(live, rendered));
}

}  // namespace sei::resources
