#include "kube/types/cluster_node.hpp"

#include "kube/json/codec.hpp"

template kube::json::Value kube::json::to_json(const kube::ClusterNode&);
template kube::ClusterNode kube::json::from_json(const kube::json::Value&);
template kube::json::Value kube::json::to_json(const kube::ClusterNodeStatus&);
template kube::ClusterNodeStatus kube::json::from_json(const kube::json::Value&);
