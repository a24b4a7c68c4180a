#include "kube/types/lease.hpp"

#include "kube/json/codec.hpp"

template void kube::json::write_json(const kube::Lease&, kube::json::Value&);
template kube::Lease kube::json::from_json(const kube::json::Value&);
