#include "kube/types/config_map.hpp"

#include "kube/json/codec.hpp"

template void kube::json::write_json(const kube::ConfigMap&, kube::json::Value&);
template kube::ConfigMap kube::json::from_json(const kube::json::Value&);
