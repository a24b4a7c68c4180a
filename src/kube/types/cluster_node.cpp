#include "kube/types/cluster_node.hpp"

#include "kube/json/codec.hpp"

template void kube::json::write_json(const kube::ClusterNode&, kube::json::Value&);
template kube::ClusterNode kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const kube::ClusterNodeStatus&, kube::json::Value&);
template kube::ClusterNodeStatus kube::json::from_json(const kube::json::Value&);
