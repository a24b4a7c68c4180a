// From a request to the verb that answers it.
#pragma once

#include "devcluster/apiserver/core.hpp"

namespace devcluster::apiserver {

/// A request, read but not yet answered.
struct Routed {
    Target target;
    /// Empty for paths that are no resources.
    RequestSummary summary;
    /// Null unless it points at a resource.
    ResourcePtr resource;
};

/// Reads the path. Never throws: what is wrong with it is found by `answer`.
[[nodiscard]] Routed route(const Core& core, const kube::ServedRequest& http);
/// Answers. Throws StatusError for refusals.
[[nodiscard]] Reply answer(Core& core, const Routed& routed, const kube::ServedRequest& http);
/// A refusal as an answer.
[[nodiscard]] Reply refusal(const StatusError& error);

}  // namespace devcluster::apiserver
