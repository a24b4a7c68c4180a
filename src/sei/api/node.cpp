#include "sei/api/node.hpp"

#include "kube/json/codec.hpp"

template kube::json::Value kube::json::to_json(const sei::api::SeiNode&);
template sei::api::SeiNode kube::json::from_json(const kube::json::Value&);
template kube::json::Value kube::json::to_json(const sei::api::NodeSpec&);
template sei::api::NodeSpec kube::json::from_json(const kube::json::Value&);
template kube::json::Value kube::json::to_json(const sei::api::SeiNodeStatus&);
template sei::api::SeiNodeStatus kube::json::from_json(const kube::json::Value&);
template kube::json::Value kube::json::to_json(const sei::api::TaskPlan&);
template sei::api::TaskPlan kube::json::from_json(const kube::json::Value&);
template kube::json::Value kube::json::to_json(const sei::api::PlannedTask&);
template sei::api::PlannedTask kube::json::from_json(const kube::json::Value&);
