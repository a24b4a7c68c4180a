// A remembered pod template of a StatefulSet.
#pragma once

#include <array>
#include <cstdint>

#include <boost/describe.hpp>

#include "kube/json/json.hpp"
#include "kube/meta/names.hpp"
#include "kube/meta/object_meta.hpp"

namespace kube {

struct ControllerRevision {
    ObjectMeta metadata;
    json::Value data;
    std::int64_t revision = 0;
    static constexpr std::array required{"metadata", "revision"};
    bool operator==(const ControllerRevision&) const = default;
};
BOOST_DESCRIBE_STRUCT(ControllerRevision, (), (metadata, data, revision))

template <>
struct KindOf<ControllerRevision> {
    static constexpr ResourceType type{"apps", "v1", "ControllerRevision", "controllerrevisions"};
};

}  // namespace kube
