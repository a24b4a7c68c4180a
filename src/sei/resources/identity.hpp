// Whom the objects of one node belong to, and how they find each other.
#pragma once

#include "kube/meta/names.hpp"
#include "kube/meta/object_meta.hpp"
#include "sei/api/node.hpp"

namespace sei::resources {

/// `sei.io/node` alone: what selectors use, since a selector can never change (spec 05 §4.3).
[[nodiscard]] kube::StringMap selector_labels(const api::SeiNode& node);
/// The pod labels that the user asked for, overwritten by the operator's: node, chain and role.
[[nodiscard]] kube::StringMap resource_labels(const api::SeiNode& node);
/// Of everything that exists only while the node is bootstrapped.
[[nodiscard]] kube::StringMap bootstrap_labels(const api::SeiNode& node);

/// Metadata of an object that the node controls (spec 05 §2).
[[nodiscard]] kube::ObjectMeta owned_metadata(
    const api::SeiNode& node, kube::NamespacedName key, kube::StringMap labels
);

}  // namespace sei::resources
