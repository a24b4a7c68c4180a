#include "kube/types/controller_revision.hpp"

#include "kube/json/codec.hpp"

template void kube::json::write_json(const kube::ControllerRevision&, kube::json::Value&);
template kube::ControllerRevision kube::json::from_json(const kube::json::Value&);
