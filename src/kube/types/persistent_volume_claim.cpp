#include "kube/types/persistent_volume_claim.hpp"

#include "kube/json/codec.hpp"

template kube::json::Value kube::json::to_json(const kube::PersistentVolumeClaim&);
template kube::PersistentVolumeClaim kube::json::from_json(const kube::json::Value&);
template kube::json::Value kube::json::to_json(const kube::PersistentVolumeClaimStatus&);
template kube::PersistentVolumeClaimStatus kube::json::from_json(const kube::json::Value&);
