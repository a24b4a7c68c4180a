#include "kube/types/http_route.hpp"

#include "kube/json/codec.hpp"

template void kube::json::write_json(const kube::HttpRoute&, kube::json::Value&);
template kube::HttpRoute kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const kube::HttpRouteSpec&, kube::json::Value&);
template void kube::json::write_json(const kube::HttpRouteStatus&, kube::json::Value&);
