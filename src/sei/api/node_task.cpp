#include "sei/api/node_task.hpp"

#include "kube/json/codec.hpp"

template void kube::json::write_json(const sei::api::SeiNodeTask&, kube::json::Value&);
template sei::api::SeiNodeTask kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const sei::api::SeiNodeTaskSpec&, kube::json::Value&);
template sei::api::SeiNodeTaskSpec kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const sei::api::SeiNodeTaskStatus&, kube::json::Value&);
template sei::api::SeiNodeTaskStatus kube::json::from_json(const kube::json::Value&);
