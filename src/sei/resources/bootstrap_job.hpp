// The Job that prepares a node's data with another image before the workload exists (spec 05 §10).
#pragma once

#include <expected>

#include "kube/types/job.hpp"
#include "sei/api/node.hpp"
#include "sei/platform/platform.hpp"
#include "sei/resources/guards.hpp"

namespace sei::resources {

/// Refuses a node whose snapshot source has no height to restore to and halt at, and any pod in which a key of the
/// validator would be.
[[nodiscard]] std::expected<kube::Job, RenderError> render_bootstrap_job(
    const api::SeiNode& node, const platform::Platform& platform
);

}  // namespace sei::resources
