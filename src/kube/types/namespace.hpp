// A namespace.
#pragma once

#include <array>
#include <string>

#include <boost/describe.hpp>

#include "kube/meta/names.hpp"
#include "kube/meta/object_meta.hpp"

namespace kube {

struct NamespaceStatus {
    /// Active or Terminating.
    std::string phase;
    bool operator==(const NamespaceStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(NamespaceStatus, (), (phase))

struct Namespace {
    ObjectMeta metadata;
    NamespaceStatus status;
    static constexpr std::array required{"metadata"};
    bool operator==(const Namespace&) const = default;
};
BOOST_DESCRIBE_STRUCT(Namespace, (), (metadata, status))

template <>
struct KindOf<Namespace> {
    static constexpr ResourceType type{"", "v1", "Namespace", "namespaces", false};
};

}  // namespace kube
