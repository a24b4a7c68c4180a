#include "kube/types/namespace.hpp"

#include "kube/json/codec.hpp"

template kube::json::Value kube::json::to_json(const kube::Namespace&);
template kube::Namespace kube::json::from_json(const kube::json::Value&);
template kube::json::Value kube::json::to_json(const kube::NamespaceStatus&);
template kube::NamespaceStatus kube::json::from_json(const kube::json::Value&);
