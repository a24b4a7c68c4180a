// A kind of its own for the tests of the client: spec, status, metadata.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <boost/describe.hpp>

#include "kube/client/client.hpp"
#include "kube/meta/object_meta.hpp"

namespace kube::testing {

struct WidgetSpec {
    std::int64_t size = 0;
    std::string colour;
};
BOOST_DESCRIBE_STRUCT(WidgetSpec, (), (size, colour))

struct WidgetStatus {
    std::string phase;
    std::optional<std::int64_t> count;
};
BOOST_DESCRIBE_STRUCT(WidgetStatus, (), (phase, count))

struct Widget {
    ObjectMeta metadata;
    WidgetSpec spec;
    WidgetStatus status;
};
BOOST_DESCRIBE_STRUCT(Widget, (), (metadata, spec, status))

}  // namespace kube::testing

template <>
struct kube::KindOf<kube::testing::Widget> {
    static constexpr ResourceType type{"example.io", "v1", "Widget", "widgets"};
};
