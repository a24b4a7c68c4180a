#include "sei/resources/retained_data.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "sei/api/labels.hpp"
#include "sei/api/node_queries.hpp"

namespace sei::resources {
namespace {

/// Nullptr: there is none.
const std::string* annotation(const kube::ObjectMeta& claim, std::string_view key) {
    const auto found = claim.annotations.find(std::string{key});
    return found == claim.annotations.end() ? nullptr : &found->second;
}

/// "pacific-1/validator". No role has a slash in it.
std::string identity_of(const api::SeiNode& node) {
    return node.spec.chainId + "/" + std::string{api::role_of(node.spec)};
}

void disown(kube::ObjectMeta& claim, const api::SeiNode& node) {
    std::erase_if(claim.ownerReferences, [&](const kube::OwnerReference& owner) {
        return owner.uid == node.metadata.uid;
    });
}

}  // namespace

bool is_retained(const kube::ObjectMeta& claim) {
    return claim.controller() == nullptr && annotation(claim, api::kRetainedDataAnnotation) != nullptr;
}

bool is_retained_for(const kube::ObjectMeta& claim, const api::SeiNode& node) {
    return is_retained(claim) && *annotation(claim, api::kRetainedDataAnnotation) == identity_of(node);
}

bool has_data_of_run(const kube::ObjectMeta& claim) {
    return annotation(claim, api::kLastImageAnnotation) != nullptr;
}

void let_go(kube::PersistentVolumeClaim& claim, const api::SeiNode& node) {
    disown(claim.metadata, node);
    kube::StringMap& annotations = claim.metadata.annotations;
    annotations[std::string{api::kRetainedDataAnnotation}] = identity_of(node);
    annotations[std::string{api::kRetainedFromAnnotation}] = node.metadata.uid;
    const std::string& image = node.status.currentImage;
    if (!image.empty()) annotations[std::string{api::kLastImageAnnotation}] = image;
}

void take_again(kube::PersistentVolumeClaim& claim, const api::SeiNode& node) {
    disown(claim.metadata, node);
    claim.metadata.ownerReferences.push_back(api::owner_reference_to(node));
    claim.metadata.annotations.erase(std::string{api::kRetainedDataAnnotation});
    claim.metadata.annotations.erase(std::string{api::kRetainedFromAnnotation});
}

}  // namespace sei::resources
