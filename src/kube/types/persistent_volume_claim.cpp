#include "kube/types/persistent_volume_claim.hpp"

#include "kube/json/codec.hpp"

template void kube::json::write_json(const kube::PersistentVolumeClaim&, kube::json::Value&);
template kube::PersistentVolumeClaim kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const kube::PersistentVolumeClaimStatus&, kube::json::Value&);
template kube::PersistentVolumeClaimStatus kube::json::from_json(const kube::json::Value&);
