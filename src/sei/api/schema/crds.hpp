// The three CustomResourceDefinitions.
#pragma once

#include <string>
#include <vector>

#include "kube/json/json.hpp"

namespace sei::api {

struct CrdManifest {
    /// "sei.io_seinodes.yaml"
    std::string file_name;
    kube::json::Object crd;
};

/// In the order in which they are installed: nodes, deployments, tasks.
[[nodiscard]] std::vector<CrdManifest> crd_manifests();

/// A manifest as it is committed: YAML with a line on where it comes from.
[[nodiscard]] std::string manifest_text(const CrdManifest& manifest);

}  // namespace sei::api
