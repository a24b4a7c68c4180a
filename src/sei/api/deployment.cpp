#include "sei/api/deployment.hpp"

#include "kube/json/codec.hpp"

template void kube::json::write_json(const sei::api::SeiNodeDeployment&, kube::json::Value&);
template sei::api::SeiNodeDeployment kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const sei::api::SeiNodeDeploymentSpec&, kube::json::Value&);
template sei::api::SeiNodeDeploymentSpec kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const sei::api::SeiNodeDeploymentStatus&, kube::json::Value&);
template sei::api::SeiNodeDeploymentStatus kube::json::from_json(const kube::json::Value&);
