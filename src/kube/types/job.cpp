#include "kube/types/job.hpp"

#include "kube/json/codec.hpp"

template void kube::json::write_json(const kube::Job&, kube::json::Value&);
template kube::Job kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const kube::JobStatus&, kube::json::Value&);
template kube::JobStatus kube::json::from_json(const kube::json::Value&);
