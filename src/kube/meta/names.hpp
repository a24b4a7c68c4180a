// How objects and resource types are named.
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace kube {

/// The key of an object within its kind. `namespace_` is empty for a cluster-scoped kind.
struct NamespacedName {
    std::string namespace_;
    std::string name;
    auto operator<=>(const NamespacedName&) const = default;
};
/// "namespace/name", or "name" where there is no namespace.
[[nodiscard]] std::string to_string(const NamespacedName& key);

/// A resource type of the API: what `kind` is called, and where it is served.
struct ResourceType {
    std::string_view group;  // empty for the core group
    std::string_view version;
    std::string_view kind;
    std::string_view plural;
    bool is_namespaced = true;

    /// "v1" or "apps/v1", as in `apiVersion`.
    [[nodiscard]] std::string api_version() const;
    /// "/api/v1/namespaces/ns/pods" or "/apis/apps/v1/statefulsets"; an empty namespace means all of them.
    [[nodiscard]] std::string collection_path(std::string_view namespace_) const;
    /// The collection's path plus the (percent-encoded) name.
    [[nodiscard]] std::string object_path(const NamespacedName& key) const;
};

/// Every kind that the client handles says here which resource type it is:
///
///     template <> struct kube::KindOf<kube::Pod> { static constexpr ResourceType type{"", "v1", "Pod", "pods"}; };
template <class K>
struct KindOf;

template <class K>
concept Kind = requires(K object) {
    { KindOf<K>::type } -> std::convertible_to<const ResourceType&>;
    object.metadata;
};

}  // namespace kube

template <>
struct std::hash<kube::NamespacedName> {
    std::size_t operator()(const kube::NamespacedName& key) const {
        return std::hash<std::string>{}(key.namespace_) * 31 + std::hash<std::string>{}(key.name);
    }
};
