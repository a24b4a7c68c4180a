#include "kube/types/http_route.hpp"

#include "kube/json/codec.hpp"

template kube::json::Value kube::json::to_json(const kube::HttpRoute&);
template kube::HttpRoute kube::json::from_json(const kube::json::Value&);
template kube::json::Value kube::json::to_json(const kube::HttpRouteSpec&);
