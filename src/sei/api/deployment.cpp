#include "sei/api/deployment.hpp"

#include "kube/json/codec.hpp"

template kube::json::Value kube::json::to_json(const sei::api::SeiNodeDeployment&);
template sei::api::SeiNodeDeployment kube::json::from_json(const kube::json::Value&);
template kube::json::Value kube::json::to_json(const sei::api::SeiNodeDeploymentSpec&);
template sei::api::SeiNodeDeploymentSpec kube::json::from_json(const kube::json::Value&);
template kube::json::Value kube::json::to_json(const sei::api::SeiNodeDeploymentStatus&);
template sei::api::SeiNodeDeploymentStatus kube::json::from_json(const kube::json::Value&);
