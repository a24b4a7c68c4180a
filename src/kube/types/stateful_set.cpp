#include "kube/types/stateful_set.hpp"

#include "kube/json/codec.hpp"

template kube::json::Value kube::json::to_json(const kube::StatefulSet&);
template kube::StatefulSet kube::json::from_json(const kube::json::Value&);
template kube::json::Value kube::json::to_json(const kube::StatefulSetStatus&);
template kube::StatefulSetStatus kube::json::from_json(const kube::json::Value&);
