// What a pod is made of, and the template that StatefulSets and Jobs make pods from.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "kube/meta/boxed.hpp"
#include "kube/meta/object_meta.hpp"
#include "kube/types/container.hpp"
#include "kube/types/label_selector.hpp"
#include "kube/types/volume.hpp"

namespace kube {

struct NodeSelectorTerm {
    std::vector<SelectorRequirement> matchExpressions;
    bool operator==(const NodeSelectorTerm&) const = default;
};
BOOST_DESCRIBE_STRUCT(NodeSelectorTerm, (), (matchExpressions))

struct NodeSelector {
    std::vector<NodeSelectorTerm> nodeSelectorTerms;
    static constexpr std::array required{"nodeSelectorTerms"};
    bool operator==(const NodeSelector&) const = default;
};
BOOST_DESCRIBE_STRUCT(NodeSelector, (), (nodeSelectorTerms))

struct NodeAffinity {
    std::optional<NodeSelector> requiredDuringSchedulingIgnoredDuringExecution;
    bool operator==(const NodeAffinity&) const = default;
};
BOOST_DESCRIBE_STRUCT(NodeAffinity, (), (requiredDuringSchedulingIgnoredDuringExecution))

struct Affinity {
    std::optional<NodeAffinity> nodeAffinity;
    bool operator==(const Affinity&) const = default;
};
BOOST_DESCRIBE_STRUCT(Affinity, (), (nodeAffinity))

/// An absent operator means Equal.
struct Toleration {
    std::string key;
    std::string operator_;
    std::string value;
    std::string effect;
    std::optional<std::int64_t> tolerationSeconds;
    bool operator==(const Toleration&) const = default;
};
BOOST_DESCRIBE_STRUCT(Toleration, (), (key, operator_, value, effect, tolerationSeconds))

struct PodSecurityContext {
    std::optional<std::int64_t> fsGroup;
    std::optional<std::string> fsGroupChangePolicy;
    std::optional<std::int64_t> runAsGroup;
    std::optional<bool> runAsNonRoot;
    std::optional<std::int64_t> runAsUser;
    std::optional<SeccompProfile> seccompProfile;
    bool operator==(const PodSecurityContext&) const = default;
};
BOOST_DESCRIBE_STRUCT(
    PodSecurityContext, (), (fsGroup, fsGroupChangePolicy, runAsGroup, runAsNonRoot, runAsUser, seccompProfile)
)

/// The cluster's own default for what is unset.
struct PodSpec {
    std::vector<Volume> volumes;
    std::vector<Container> initContainers;
    std::vector<Container> containers;
    std::string restartPolicy;
    std::optional<std::int64_t> terminationGracePeriodSeconds;
    StringMap nodeSelector;
    std::string serviceAccountName;
    std::optional<bool> automountServiceAccountToken;
    /// The machine that the scheduler chose.
    std::string nodeName;
    std::optional<bool> shareProcessNamespace;
    Boxed<PodSecurityContext> securityContext;
    std::string hostname;
    std::string subdomain;
    Boxed<Affinity> affinity;
    std::vector<Toleration> tolerations;
    static constexpr std::array required{"containers"};
    bool operator==(const PodSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(
    PodSpec,
    (),
    (volumes,
     initContainers,
     containers,
     restartPolicy,
     terminationGracePeriodSeconds,
     nodeSelector,
     serviceAccountName,
     automountServiceAccountToken,
     nodeName,
     shareProcessNamespace,
     securityContext,
     hostname,
     subdomain,
     affinity,
     tolerations)
)

struct PodTemplateSpec {
    ObjectMeta metadata;
    PodSpec spec;
    static constexpr std::array required{"spec"};
    bool operator==(const PodTemplateSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(PodTemplateSpec, (), (metadata, spec))

}  // namespace kube
