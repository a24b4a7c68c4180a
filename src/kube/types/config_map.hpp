// Configuration as text.
#pragma once

#include <array>
#include <optional>

#include <boost/describe.hpp>

#include "kube/meta/names.hpp"
#include "kube/meta/object_meta.hpp"

namespace kube {

struct ConfigMap {
    ObjectMeta metadata;
    StringMap data;
    /// Base64.
    StringMap binaryData;
    std::optional<bool> immutable;
    static constexpr std::array required{"metadata"};
    bool operator==(const ConfigMap&) const = default;
};
BOOST_DESCRIBE_STRUCT(ConfigMap, (), (metadata, data, binaryData, immutable))

template <>
struct KindOf<ConfigMap> {
    static constexpr ResourceType type{"", "v1", "ConfigMap", "configmaps"};
};

}  // namespace kube
