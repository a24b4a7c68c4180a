#include "devcluster/apiserver/served_api.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>

namespace devcluster::apiserver {
namespace {

constexpr std::array<std::string_view, 20> kGroupsByPriority{
    "",
    "apps",
    "events.k8s.io",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "autoscaling",
    "batch",
    "certificates.k8s.io",
    "networking.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "storage.k8s.io",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "scheduling.k8s.io",
    "coordination.k8s.io",
    "node.k8s.io",
    "discovery.k8s.io",
    "resource.k8s.io",
    "flowcontrol.apiserver.k8s.io"
};

constexpr std::array<std::string_view, 8> kVerbs{
    "create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"
};
constexpr std::array<std::string_view, 7> kNamespaceVerbs{
    "create", "delete", "get", "list", "patch", "update", "watch"
};
constexpr std::array<std::string_view, 8> kCustomVerbs{
    "delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"
};
constexpr std::array<std::string_view, 1> kCreate{"create"};
constexpr std::array<std::string_view, 1> kGet{"get"};
constexpr std::array<std::string_view, 1> kUpdate{"update"};
constexpr std::array<std::string_view, 3> kChange{"get", "patch", "update"};

std::size_t group_priority(std::string_view group) {
    const auto* const it = std::ranges::find(kGroupsByPriority, group);
    return static_cast<std::size_t>(it - kGroupsByPriority.begin());
}

/// A version as "v2beta1" reads: major 2, stability 1 (0 alpha, 2 stable), minor 1.
struct KubeVersion {
    unsigned stability = 0;
    unsigned long major = 0;
    unsigned long minor = 0;
    auto operator<=>(const KubeVersion&) const = default;
};

/// Takes the number at the front; nullopt when there is none, or one that begins with a zero or is absurdly long.
std::optional<unsigned long> take_number(std::string_view& text) {
    unsigned long number = 0;
    std::size_t length = 0;
    while (length < text.size() && text[length] >= '0' && text[length] <= '9') {
        number = number * 10 + static_cast<unsigned long>(text[length] - '0');
        ++length;
    }
    if (length == 0 || length > 9 || text[0] == '0') return std::nullopt;
    text.remove_prefix(length);
    return number;
}

std::optional<KubeVersion> read_version(std::string_view text) {
    if (!text.starts_with('v')) return std::nullopt;
    text.remove_prefix(1);
    KubeVersion version{.stability = 2};
    const auto major = take_number(text);
    if (!major) return std::nullopt;
    version.major = *major;
    if (text.empty()) return version;
    if (text.starts_with("alpha")) {
        version.stability = 0;
        text.remove_prefix(5);
    } else if (text.starts_with("beta")) {
        version.stability = 1;
        text.remove_prefix(4);
    } else {
        return std::nullopt;
    }
    const auto minor = take_number(text);
    if (!minor || !text.empty()) return std::nullopt;
    version.minor = *minor;
    return version;
}

/// What is read and written at a subresource, where it is not the resource's own kind.
struct SubresourceKind {
    std::string_view name;
    std::string_view group;
    std::string_view version;
    std::string_view kind;
    std::span<const std::string_view> verbs;
};

constexpr std::array kSubresourceKinds{
    SubresourceKind{"binding", "", "", "Binding", kCreate},
    SubresourceKind{"ephemeralcontainers", "", "", "", kChange},
    SubresourceKind{"eviction", "policy", "v1", "Eviction", kCreate},
    SubresourceKind{"finalize", "", "", "", kUpdate},
    SubresourceKind{"log", "", "", "", kGet},
    SubresourceKind{"resize", "", "", "", kChange},
    SubresourceKind{"scale", "autoscaling", "v1", "Scale", kChange},
    SubresourceKind{"status", "", "", "", kChange},
    SubresourceKind{"token", "authentication.k8s.io", "v1", "TokenRequest", kCreate},
};

ServedSubresource subresource_named(const Resource& resource, std::string_view name) {
    const auto* const known = std::ranges::find(kSubresourceKinds, name, &SubresourceKind::name);
    if (known == kSubresourceKinds.end()) {
        throw std::logic_error{fmt::format("discovery does not know the subresource {}/{}", resource.plural, name)};
    }
    return ServedSubresource{
        .name = std::string{name},
        .group = std::string{known->group},
        .version = std::string{known->version},
        .kind = known->kind.empty() ? resource.kind : std::string{known->kind},
        .verbs = known->verbs
    };
}

}  // namespace

std::vector<ServedGroup> served_groups(const Registry& registry) {
    std::vector<ServedGroup> groups;
    for (const ResourcePtr& resource : registry.all()) {
        if (groups.empty() || groups.back().name != resource->group) groups.push_back({resource->group, {}});
        auto& versions = groups.back().versions;
        if (versions.empty() || versions.back() != resource->version) versions.push_back(resource->version);
    }
    std::ranges::sort(groups, {}, [](const ServedGroup& group) {
        return std::tuple{group_priority(group.name), std::string_view{group.name}};
    });
    for (ServedGroup& group : groups) std::ranges::sort(group.versions, is_preferred_version);
    return groups;
}

bool is_preferred_version(std::string_view a, std::string_view b) {
    const auto version_a = read_version(a);
    const auto version_b = read_version(b);
    if (version_a && version_b) return *version_a > *version_b;
    if (version_a.has_value() != version_b.has_value()) return version_a.has_value();
    return a < b;
}

std::vector<ResourcePtr> resources_in(const Registry& registry, std::string_view group, std::string_view version) {
    std::vector<ResourcePtr> out;
    for (const ResourcePtr& resource : registry.all()) {
        if (resource->group == group && resource->version == version) out.push_back(resource);
    }
    return out;
}

std::string group_version(std::string_view group, std::string_view version) {
    return group.empty() ? std::string{version} : fmt::format("{}/{}", group, version);
}

std::span<const std::string_view> verbs_of(const Resource& resource) {
    if (resource.is_review) return kCreate;
    if (!resource.is_builtin) return kCustomVerbs;
    if (resource.group.empty() && resource.plural == "namespaces") return kNamespaceVerbs;
    return kVerbs;
}

bool ServedSubresource::has_verb(std::string_view verb) const {
    return std::ranges::find(verbs, verb) != verbs.end();
}

std::vector<ServedSubresource> subresources_of(const Resource& resource) {
    std::vector<ServedSubresource> out;
    if (resource.has_status) out.push_back(subresource_named(resource, "status"));
    if (resource.scale) out.push_back(subresource_named(resource, "scale"));
    for (const std::string& name : resource.other_subresources) out.push_back(subresource_named(resource, name));
    // Served by the router itself: it is no form of the pod.
    if (resource.is_builtin && resource.plural == "pods") out.push_back(subresource_named(resource, "binding"));
    std::ranges::sort(out, {}, &ServedSubresource::name);
    return out;
}

}  // namespace devcluster::apiserver
