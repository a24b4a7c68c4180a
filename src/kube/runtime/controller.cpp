#include "kube/runtime/controller.hpp"

namespace kube::detail {

std::vector<NamespacedName> owner_keys(const ObjectMeta& metadata, const ResourceType& owner) {
    const OwnerReference* controller = metadata.controller();
    if (controller == nullptr || controller->kind != owner.kind) return {};
    const std::size_t slash = controller->apiVersion.find('/');
    const std::string_view group =
        slash == std::string::npos ? std::string_view{} : std::string_view{controller->apiVersion}.substr(0, slash);
    if (group != owner.group) return {};
    return {{owner.is_namespaced ? metadata.namespace_ : std::string{}, controller->name}};
}

}  // namespace kube::detail
