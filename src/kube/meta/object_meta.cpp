#include "kube/meta/object_meta.hpp"

#include <algorithm>

namespace kube {

bool ObjectMeta::has_finalizer(std::string_view finalizer) const {
    return std::ranges::find(finalizers, finalizer) != finalizers.end();
}

const OwnerReference* ObjectMeta::controller() const {
    const auto found = std::ranges::find_if(ownerReferences, [](const OwnerReference& owner) {
        return owner.controller.value_or(false);
    });
    return found == ownerReferences.end() ? nullptr : &*found;
}

bool ObjectMeta::is_controlled_by(const Uid& owner) const {
    const OwnerReference* reference = controller();
    return reference != nullptr && reference->uid == owner.value();
}

}  // namespace kube
