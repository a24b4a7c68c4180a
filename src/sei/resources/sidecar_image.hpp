// Which image a node's sidecar runs.
#pragma once

#include <string>

#include "sei/api/node.hpp"
#include "sei/platform/platform.hpp"

namespace sei::resources {

/// That of the node, else that of the platform.
[[nodiscard]] inline const std::string& sidecar_image(const api::SeiNode& node, const platform::Platform& platform) {
    const bool has_own_image = node.spec.sidecar && !node.spec.sidecar->image.empty();
    return has_own_image ? node.spec.sidecar->image : platform.sidecar_image;
}

}  // namespace sei::resources
