// Where a pod's files come from.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "kube/meta/boxed.hpp"
#include "kube/meta/quantity.hpp"

namespace kube {

/// One key of a Secret or ConfigMap, as a file.
struct KeyToPath {
    std::string key;
    std::string path;
    std::optional<std::int32_t> mode;
    static constexpr std::array required{"key", "path"};
    bool operator==(const KeyToPath&) const = default;
};
BOOST_DESCRIBE_STRUCT(KeyToPath, (), (key, path, mode))

struct ConfigMapVolume {
    std::string name;
    std::vector<KeyToPath> items;
    std::optional<std::int32_t> defaultMode;
    std::optional<bool> optional;
    bool operator==(const ConfigMapVolume&) const = default;
};
BOOST_DESCRIBE_STRUCT(ConfigMapVolume, (), (name, items, defaultMode, optional))

struct EmptyDirVolume {
    std::string medium;
    std::optional<Quantity> sizeLimit;
    bool operator==(const EmptyDirVolume&) const = default;
};
BOOST_DESCRIBE_STRUCT(EmptyDirVolume, (), (medium, sizeLimit))

struct PersistentVolumeClaimVolume {
    std::string claimName;
    bool readOnly = false;
    static constexpr std::array required{"claimName"};
    bool operator==(const PersistentVolumeClaimVolume&) const = default;
};
BOOST_DESCRIBE_STRUCT(PersistentVolumeClaimVolume, (), (claimName, readOnly))

struct SecretVolume {
    std::string secretName;
    std::vector<KeyToPath> items;
    /// A decimal of an octal mode: 0400 is 256.
    std::optional<std::int32_t> defaultMode;
    std::optional<bool> optional;
    bool operator==(const SecretVolume&) const = default;
};
BOOST_DESCRIBE_STRUCT(SecretVolume, (), (secretName, items, defaultMode, optional))

/// Exactly one source is set.
struct Volume {
    std::string name;
    Boxed<ConfigMapVolume> configMap;
    Boxed<EmptyDirVolume> emptyDir;
    Boxed<PersistentVolumeClaimVolume> persistentVolumeClaim;
    Boxed<SecretVolume> secret;
    static constexpr std::array required{"name"};
    bool operator==(const Volume&) const = default;
};
BOOST_DESCRIBE_STRUCT(Volume, (), (name, configMap, emptyDir, persistentVolumeClaim, secret))

}  // namespace kube
