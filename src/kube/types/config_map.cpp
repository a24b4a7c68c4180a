#include "kube/types/config_map.hpp"

#include "kube/json/codec.hpp"

template kube::json::Value kube::json::to_json(const kube::ConfigMap&);
template kube::ConfigMap kube::json::from_json(const kube::json::Value&);
