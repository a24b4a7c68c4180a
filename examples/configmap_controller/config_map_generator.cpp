// Its JSON, instantiated once.
#include "config_map_generator.hpp"

#include "kube/json/codec.hpp"

template void kube::json::write_json(const example::ConfigMapGenerator&, kube::json::Value&);
template example::ConfigMapGenerator kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const example::ConfigMapGeneratorStatus&, kube::json::Value&);
