#include "kube/types/lease.hpp"

#include "kube/json/codec.hpp"

template kube::json::Value kube::json::to_json(const kube::Lease&);
template kube::Lease kube::json::from_json(const kube::json::Value&);
