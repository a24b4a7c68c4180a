// metadata: what every object has.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "kube/meta/flat_map.hpp"
#include "kube/meta/names.hpp"
#include "kube/meta/resource_version.hpp"
#include "kube/meta/strong.hpp"
#include "kube/meta/time.hpp"

namespace kube {

/// Labels, annotations and their like.
using StringMap = FlatMap<std::string>;

/// metav1.OwnerReference.
struct OwnerReference {
    std::string apiVersion;
    std::string kind;
    std::string name;
    std::string uid;
    std::optional<bool> controller;
    std::optional<bool> blockOwnerDeletion;
    bool operator==(const OwnerReference&) const = default;
};
BOOST_DESCRIBE_STRUCT(OwnerReference, (), (apiVersion, kind, name, uid, controller, blockOwnerDeletion))

/// metav1.ObjectMeta, as far as it is read or written here. managedFields are not kept: they are large and nobody here
/// reads them.
struct ObjectMeta {
    std::string name;
    std::string generateName;
    std::string namespace_;
    std::string uid;
    std::string resourceVersion;
    std::int64_t generation = 0;
    std::optional<Time> creationTimestamp;
    std::optional<Time> deletionTimestamp;
    std::optional<std::int64_t> deletionGracePeriodSeconds;
    StringMap labels;
    StringMap annotations;
    std::vector<std::string> finalizers;
    std::vector<OwnerReference> ownerReferences;
    bool operator==(const ObjectMeta&) const = default;

    [[nodiscard]] NamespacedName key() const { return {namespace_, name}; }
    [[nodiscard]] ResourceVersion resource_version() const { return ResourceVersion{resourceVersion}; }
    [[nodiscard]] bool has_finalizer(std::string_view finalizer) const;
    /// The one owner reference whose `controller` is true; null when there is none.
    [[nodiscard]] const OwnerReference* controller() const;
    /// Is this object controlled by the object with this uid?
    [[nodiscard]] bool is_controlled_by(const Uid& owner) const;
};
BOOST_DESCRIBE_STRUCT(
    ObjectMeta,
    (),
    (name,
     generateName,
     namespace_,
     uid,
     resourceVersion,
     generation,
     creationTimestamp,
     deletionTimestamp,
     deletionGracePeriodSeconds,
     labels,
     annotations,
     finalizers,
     ownerReferences)
)

}  // namespace kube
