#include "kube/types/job.hpp"

#include "kube/json/codec.hpp"

template kube::json::Value kube::json::to_json(const kube::Job&);
template kube::Job kube::json::from_json(const kube::json::Value&);
template kube::json::Value kube::json::to_json(const kube::JobStatus&);
template kube::JobStatus kube::json::from_json(const kube::json::Value&);
