// What the registry serves, in the terms of discovery and OpenAPI: groups in order, verbs, subresources.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "devcluster/apiserver/registry.hpp"

namespace devcluster::apiserver {

/// A group with its versions, the preferred one first. The core group has no name.
struct ServedGroup {
    std::string name;
    std::vector<std::string> versions;
};

/// All groups with a resource: the built-in ones in kube-apiserver's order of priority, then the others by name.
/// Clients resolve an ambiguous name ("events") to the group that comes first.
[[nodiscard]] std::vector<ServedGroup> served_groups(const Registry& registry);

/// Is version `a` preferred to `b`? Stable before beta before alpha, newer before older, "v1" and the like before
/// every other name (CRD versioning, "Version priority").
[[nodiscard]] bool is_preferred_version(std::string_view a, std::string_view b);

/// The resources of one group version, by plural.
[[nodiscard]] std::vector<ResourcePtr> resources_in(
    const Registry& registry, std::string_view group, std::string_view version
);

/// "v1", "apps/v1".
[[nodiscard]] std::string group_version(std::string_view group, std::string_view version);

/// What clients may do with a resource, in the order in which kube-apiserver lists it.
[[nodiscard]] std::span<const std::string_view> verbs_of(const Resource& resource);

/// A subresource: "status", "scale". The kind is that of what is read and written there; its group and version are
/// empty where they are those of the resource.
struct ServedSubresource {
    std::string name;
    std::string group;
    std::string version;
    std::string kind;
    std::span<const std::string_view> verbs;

    [[nodiscard]] bool has_verb(std::string_view verb) const;
};

/// By name.
[[nodiscard]] std::vector<ServedSubresource> subresources_of(const Resource& resource);

}  // namespace devcluster::apiserver
