#include "kube/types/event.hpp"

#include "kube/json/codec.hpp"

template void kube::json::write_json(const kube::Event&, kube::json::Value&);
template kube::Event kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const kube::ObjectReference&, kube::json::Value&);
template kube::ObjectReference kube::json::from_json(const kube::json::Value&);
