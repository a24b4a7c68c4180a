#include "sei/resources/identity.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "sei/api/labels.hpp"
#include "sei/api/node_queries.hpp"

namespace sei::resources {

kube::StringMap selector_labels(const api::SeiNode& node) {
    return {{std::string{api::kNodeLabel}, node.metadata.name}};
}

kube::StringMap resource_labels(const api::SeiNode& node) {
    kube::StringMap labels = node.spec.podLabels;
    labels[std::string{api::kNodeLabel}] = node.metadata.name;
    if (!node.spec.chainId.empty()) labels[std::string{api::kChainLabel}] = node.spec.chainId;
    if (const std::string_view role = api::role_of(node.spec); !role.empty()) {
        labels[std::string{api::kRoleLabel}] = role;
    }
    return labels;
}

kube::StringMap bootstrap_labels(const api::SeiNode& node) {
    kube::StringMap labels = selector_labels(node);
    labels[std::string{api::kComponentLabel}] = api::kBootstrapComponent;
    return labels;
}

kube::ObjectMeta owned_metadata(const api::SeiNode& node, kube::NamespacedName key, kube::StringMap labels) {
    kube::ObjectMeta metadata;
    metadata.name = std::move(key.name);
    metadata.namespace_ = std::move(key.namespace_);
    metadata.labels = std::move(labels);
    metadata.ownerReferences = {api::owner_reference_to(node)};
    return metadata;
}

}  // namespace sei::resources
