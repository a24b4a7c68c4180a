// Kind Node, a machine of the cluster. A *node* is a SeiNode in this repository, hence the other name.
#pragma once

#include <array>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "kube/meta/names.hpp"
#include "kube/meta/object_meta.hpp"
#include "kube/types/container.hpp"
#include "kube/types/workload_condition.hpp"

namespace kube {

struct Taint {
    std::string key;
    std::string value;
    std::string effect;
    static constexpr std::array required{"effect", "key"};
    bool operator==(const Taint&) const = default;
};
BOOST_DESCRIBE_STRUCT(Taint, (), (key, value, effect))

struct ClusterNodeSpec {
    std::vector<Taint> taints;
    bool unschedulable = false;
    bool operator==(const ClusterNodeSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(ClusterNodeSpec, (), (taints, unschedulable))

struct ClusterNodeStatus {
    ResourceList capacity;
    ResourceList allocatable;
    std::vector<WorkloadCondition> conditions;
    bool operator==(const ClusterNodeStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(ClusterNodeStatus, (), (capacity, allocatable, conditions))

struct ClusterNode {
    ObjectMeta metadata;
    ClusterNodeSpec spec;
    ClusterNodeStatus status;
    static constexpr std::array required{"metadata", "spec"};
    bool operator==(const ClusterNode&) const = default;
};
BOOST_DESCRIBE_STRUCT(ClusterNode, (), (metadata, spec, status))

template <>
struct KindOf<ClusterNode> {
    static constexpr ResourceType type{"", "v1", "Node", "nodes", false};
};

}  // namespace kube
