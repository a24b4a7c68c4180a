// Checks on finished pod specs: no key is given to a container that it is not meant for (spec 05 §15).
//
// What they hold is what is given to whom. It is no isolation: the containers of a pod share one process namespace, and
// one that is broken into can read what another has (spec 05 §19, 22).
//
// They look at the output and know nothing of how it was made, so that a mistake of a renderer cannot pass.
#pragma once

#include <expected>
#include <string>

#include "kube/types/pod_spec.hpp"
#include "sei/api/node.hpp"

namespace sei::resources {

/// Why a node cannot be rendered, as a sentence for a condition.
struct RenderError {
    std::string text;
    bool operator==(const RenderError&) const = default;
};
using Guarded = std::expected<void, RenderError>;

/// The operator keyring and its passphrase are the sidecar's alone (spec 05 §15.1). The first violation in the order
/// containers, init containers; checks volume mounts, env and envFrom of each.
[[nodiscard]] Guarded check_keyring_containment(const api::SeiNode& node, const kube::PodSpec& pod);

/// Signing key and node key are mounted in seid and nowhere else; every Secret of the pod is one that the node names,
/// and used by the one container that it is for (spec 05 §15.4 S1, §19 (23)).
[[nodiscard]] Guarded check_secret_use(const api::SeiNode& node, const kube::PodSpec& pod);

/// A bootstrap pod carries no credential of the validator (spec 05 §15.2).
[[nodiscard]] Guarded check_bootstrap_isolation(const api::SeiNode& node, const kube::PodSpec& pod);

/// Every amount that a container asks for is one: the API server refuses the pod otherwise, each time that it is sent
/// (spec 05 §19, 34).
[[nodiscard]] Guarded check_amounts(const api::SeiNode& node, const kube::PodSpec& pod);

}  // namespace sei::resources
