// Which of the platform's two footprints a node has (spec 05 §3.3).
#pragma once

#include "sei/api/node.hpp"
#include "sei/platform/platform.hpp"

namespace sei::resources {

/// Pool, requests and storage of this node's mode.
[[nodiscard]] inline const platform::Footprint& footprint_of(
    const api::SeiNode& node, const platform::Platform& platform
) {
    return node.spec.archive ? platform.archive : platform.standard;
}

}  // namespace sei::resources
