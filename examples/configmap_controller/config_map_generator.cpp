// Its JSON, instantiated once.
#include "config_map_generator.hpp"

#include "kube/json/codec.hpp"

template kube::json::Value kube::json::to_json(const example::ConfigMapGenerator&);
template example::ConfigMapGenerator kube::json::from_json(const kube::json::Value&);
template kube::json::Value kube::json::to_json(const example::ConfigMapGeneratorStatus&);
