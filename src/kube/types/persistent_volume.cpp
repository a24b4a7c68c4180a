#include "kube/types/persistent_volume.hpp"

#include "kube/json/codec.hpp"

template kube::json::Value kube::json::to_json(const kube::PersistentVolume&);
template kube::PersistentVolume kube::json::from_json(const kube::json::Value&);
template kube::json::Value kube::json::to_json(const kube::PersistentVolumeStatus&);
template kube::PersistentVolumeStatus kube::json::from_json(const kube::json::Value&);
