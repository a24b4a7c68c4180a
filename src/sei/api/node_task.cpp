#include "sei/api/node_task.hpp"

#include "kube/json/codec.hpp"

template kube::json::Value kube::json::to_json(const sei::api::SeiNodeTask&);
template sei::api::SeiNodeTask kube::json::from_json(const kube::json::Value&);
template kube::json::Value kube::json::to_json(const sei::api::SeiNodeTaskSpec&);
template sei::api::SeiNodeTaskSpec kube::json::from_json(const kube::json::Value&);
template kube::json::Value kube::json::to_json(const sei::api::SeiNodeTaskStatus&);
template sei::api::SeiNodeTaskStatus kube::json::from_json(const kube::json::Value&);
