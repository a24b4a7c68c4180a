// Answers as tables (meta.k8s.io/v1 Table) and as bare metadata, as kubectl asks for them.
#pragma once

#include <vector>

#include "devcluster/apiserver/core.hpp"

namespace devcluster::apiserver {

/// The table of these objects. `includeObject` (Metadata by default) decides what each row carries.
[[nodiscard]] kube::json::Object table_of(
    const Core& core,
    const ResourceRequest& request,
    const std::vector<const StoredObject*>& objects,
    kube::json::Object metadata,
    bool with_columns = true
);

/// The object's metadata alone, as PartialObjectMetadata.
[[nodiscard]] kube::json::Object partial_metadata(const StoredObject& object);

/// How long ago a time is, as kubectl shows it: "5s", "2m3s", "3h20m", "5d". "<unknown>" when it is no time.
[[nodiscard]] std::string age_of(std::string_view time, const kube::Clock& clock);

}  // namespace devcluster::apiserver
