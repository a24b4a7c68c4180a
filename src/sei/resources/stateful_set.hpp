// The workload of a node: one pod, replaced only when the operator says so (spec 05 §5).
#pragma once

#include <expected>

#include "kube/types/stateful_set.hpp"
#include "sei/api/node.hpp"
#include "sei/platform/platform.hpp"
#include "sei/resources/guards.hpp"

namespace sei::resources {

/// What is applied for this node: exactly the fields of spec 05 §5, with one replica, or none while it is paused.
///
/// A pure function of the node's name, namespace, uid and spec, and of the platform: status does not matter, equal
/// inputs give equal objects. Refuses a platform without the two images that every pod needs, and any pod in which a
/// key could reach the wrong container.
[[nodiscard]] std::expected<kube::StatefulSet, RenderError> render_stateful_set(
    const api::SeiNode& node, const platform::Platform& platform
);

}  // namespace sei::resources
