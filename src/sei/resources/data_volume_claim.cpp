#include "sei/resources/data_volume_claim.hpp"

#include "sei/api/node_queries.hpp"
#include "sei/resources/footprint.hpp"
#include "sei/resources/identity.hpp"

namespace sei::resources {

std::optional<kube::PersistentVolumeClaim> render_data_volume_claim(
    const api::SeiNode& node, const platform::Platform& platform
) {
    if (!api::imported_pvc_name(node.spec).empty()) return std::nullopt;

    const platform::Footprint& footprint = footprint_of(node, platform);
    kube::PersistentVolumeClaim claim;
    claim.metadata = owned_metadata(node, api::data_pvc_key(node), resource_labels(node));
    claim.spec.accessModes = {"ReadWriteOnce"};
    claim.spec.storageClassName = footprint.storage_class;
    claim.spec.resources =
        kube::VolumeResourceRequirements{.requests = {{"storage", kube::Quantity{footprint.storage_size.canonical()}}}};
    return claim;
}

}  // namespace sei::resources
