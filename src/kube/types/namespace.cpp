#include "kube/types/namespace.hpp"

#include "kube/json/codec.hpp"

template void kube::json::write_json(const kube::Namespace&, kube::json::Value&);
template kube::Namespace kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const kube::NamespaceStatus&, kube::json::Value&);
template kube::NamespaceStatus kube::json::from_json(const kube::json::Value&);
