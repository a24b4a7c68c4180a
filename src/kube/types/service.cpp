#include "kube/types/service.hpp"

#include "kube/json/codec.hpp"

template kube::json::Value kube::json::to_json(const kube::Service&);
template kube::Service kube::json::from_json(const kube::json::Value&);
template kube::json::Value kube::json::to_json(const kube::ServiceSpec&);
