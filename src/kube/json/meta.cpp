// metadata and conditions, which every kind has.
#include "kube/json/codec.hpp"
#include "kube/meta/condition.hpp"
#include "kube/meta/object_meta.hpp"

template void kube::json::write_json(const kube::ObjectMeta&, kube::json::Value&);
template kube::ObjectMeta kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const kube::Condition&, kube::json::Value&);
template kube::Condition kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const kube::OwnerReference&, kube::json::Value&);
template kube::OwnerReference kube::json::from_json(const kube::json::Value&);
