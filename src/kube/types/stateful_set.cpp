#include "kube/types/stateful_set.hpp"

#include "kube/json/codec.hpp"

template void kube::json::write_json(const kube::StatefulSet&, kube::json::Value&);
template kube::StatefulSet kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const kube::StatefulSetStatus&, kube::json::Value&);
template kube::StatefulSetStatus kube::json::from_json(const kube::json::Value&);
