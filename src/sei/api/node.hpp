// SeiNode: one node of a Sei chain (spec 01 §6).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "kube/meta/condition.hpp"
#include "kube/meta/names.hpp"
#include "kube/meta/object_meta.hpp"
#include "sei/api/node_spec.hpp"
#include "sei/api/phases.hpp"
#include "sei/api/plan.hpp"

namespace sei::api {

/// The identity of the StatefulSet that this node owns; a live one with another uid is foreign (spec 05 §12).
struct StatefulSetIdentity {
    std::string name;
    std::string uid;
    static constexpr std::array required{"name", "uid"};
    bool operator==(const StatefulSetIdentity&) const = default;
};
BOOST_DESCRIBE_STRUCT(StatefulSetIdentity, (), (name, uid))

/// The configuration that the operator gave the node last (an addition: spec 08 7.1).
struct AppliedConfig {
    std::string mode;
    /// The keys that the operator owns, of the spec and of its own.
    kube::StringMap overrides;
    /// The digest of the `spec.peers` that were looked up last; empty: none, or those of a ceremony; "none": the file
    /// was made anew, and has none yet; "unknown": those of another spec.
    std::string peers;
    /// It is on the volume, and the sidecar has not found it valid (yet): no pod is to start with it.
    bool unvalidated = false;
    static constexpr std::array required{"mode"};
    bool operator==(const AppliedConfig&) const = default;
};
BOOST_DESCRIBE_STRUCT(AppliedConfig, (), (mode, overrides, peers, unvalidated))

struct SeiNodeStatus {
    std::optional<NodePhase> phase;
    /// The seid image that was last seen rolled out.
    std::string currentImage;
    std::vector<kube::Condition> conditions;
    std::optional<kube::Time> phaseTransitionTime;
    std::optional<TaskPlan> plan;
    std::vector<std::string> resolvedPeers;
    /// Only read.
    std::string externalAddress;
    std::optional<StatefulSetIdentity> statefulSet;
    /// Unset: not known, which is no drift (spec 08 2.6).
    std::optional<AppliedConfig> appliedConfig;
    bool operator==(const SeiNodeStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(
    SeiNodeStatus,
    (),
    (phase,
     currentImage,
     conditions,
     phaseTransitionTime,
     plan,
     resolvedPeers,
     externalAddress,
     statefulSet,
     appliedConfig)
)

struct SeiNode {
    kube::ObjectMeta metadata;
    NodeSpec spec;
    SeiNodeStatus status;
    static constexpr std::array required{"metadata", "spec", "status"};
    bool operator==(const SeiNode&) const = default;
};
BOOST_DESCRIBE_STRUCT(SeiNode, (), (metadata, spec, status))

}  // namespace sei::api

template <>
struct kube::KindOf<sei::api::SeiNode> {
    static constexpr ResourceType type{"sei.io", "v1alpha1", "SeiNode", "seinodes"};
};
