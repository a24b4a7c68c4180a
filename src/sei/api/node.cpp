#include "sei/api/node.hpp"

#include "kube/json/codec.hpp"

template void kube::json::write_json(const sei::api::SeiNode&, kube::json::Value&);
template sei::api::SeiNode kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const sei::api::NodeSpec&, kube::json::Value&);
template sei::api::NodeSpec kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const sei::api::SeiNodeStatus&, kube::json::Value&);
template sei::api::SeiNodeStatus kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const sei::api::TaskPlan&, kube::json::Value&);
template sei::api::TaskPlan kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const sei::api::PlannedTask&, kube::json::Value&);
template sei::api::PlannedTask kube::json::from_json(const kube::json::Value&);
