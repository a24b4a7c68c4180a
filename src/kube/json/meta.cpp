// metadata and conditions, which every kind has.
#include "kube/json/codec.hpp"
#include "kube/meta/condition.hpp"
#include "kube/meta/object_meta.hpp"

template kube::json::Value kube::json::to_json(const kube::ObjectMeta&);
template kube::ObjectMeta kube::json::from_json(const kube::json::Value&);
template kube::json::Value kube::json::to_json(const kube::Condition&);
template kube::Condition kube::json::from_json(const kube::json::Value&);
template kube::json::Value kube::json::to_json(const kube::OwnerReference&);
template kube::OwnerReference kube::json::from_json(const kube::json::Value&);
