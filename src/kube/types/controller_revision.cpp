#include "kube/types/controller_revision.hpp"

#include "kube/json/codec.hpp"

template kube::json::Value kube::json::to_json(const kube::ControllerRevision&);
template kube::ControllerRevision kube::json::from_json(const kube::json::Value&);
