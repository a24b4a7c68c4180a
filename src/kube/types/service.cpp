#include "kube/types/service.hpp"

#include "kube/json/codec.hpp"

template void kube::json::write_json(const kube::Service&, kube::json::Value&);
template kube::Service kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const kube::ServiceSpec&, kube::json::Value&);
