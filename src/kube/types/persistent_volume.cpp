#include "kube/types/persistent_volume.hpp"

#include "kube/json/codec.hpp"

template void kube::json::write_json(const kube::PersistentVolume&, kube::json::Value&);
template kube::PersistentVolume kube::json::from_json(const kube::json::Value&);
template void kube::json::write_json(const kube::PersistentVolumeStatus&, kube::json::Value&);
template kube::PersistentVolumeStatus kube::json::from_json(const kube::json::Value&);
