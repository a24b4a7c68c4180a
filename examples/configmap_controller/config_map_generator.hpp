// The kind that this operator serves: a ConfigMapGenerator asks for a ConfigMap with its content.
#pragma once

#include <cstdint>
#include <string>

#include <boost/describe.hpp>

#include "kube/meta/names.hpp"
#include "kube/meta/object_meta.hpp"

namespace example {

struct ConfigMapGeneratorSpec {
    std::string content;
    bool operator==(const ConfigMapGeneratorSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(ConfigMapGeneratorSpec, (), (content))

struct ConfigMapGeneratorStatus {
    /// The ConfigMap that was made.
    std::string configMapName;
    /// The generation of the spec that it was made from.
    std::int64_t observedGeneration = 0;
    bool operator==(const ConfigMapGeneratorStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(ConfigMapGeneratorStatus, (), (configMapName, observedGeneration))

struct ConfigMapGenerator {
    kube::ObjectMeta metadata;
    ConfigMapGeneratorSpec spec;
    ConfigMapGeneratorStatus status;
};
BOOST_DESCRIBE_STRUCT(ConfigMapGenerator, (), (metadata, spec, status))

}  // namespace example

template <>
struct kube::KindOf<example::ConfigMapGenerator> {
    static constexpr ResourceType type{"example.io", "v1", "ConfigMapGenerator", "configmapgenerators"};
};
