#include "kube/types/secret.hpp"

#include "kube/json/codec.hpp"

template kube::json::Value kube::json::to_json(const kube::Secret&);
template kube::Secret kube::json::from_json(const kube::json::Value&);
