#include "kube/types/event.hpp"

#include "kube/json/codec.hpp"

template kube::json::Value kube::json::to_json(const kube::Event&);
template kube::Event kube::json::from_json(const kube::json::Value&);
template kube::json::Value kube::json::to_json(const kube::ObjectReference&);
template kube::ObjectReference kube::json::from_json(const kube::json::Value&);
