// Which object is meant: of events and of bound volumes.
#pragma once

#include <string>

#include <boost/describe.hpp>

#include "kube/meta/names.hpp"

namespace kube {

/// core/v1 ObjectReference.
struct ObjectReference {
    std::string apiVersion;
    std::string kind;
    std::string namespace_;
    std::string name;
    std::string uid;
    std::string resourceVersion;
    std::string fieldPath;
    bool operator==(const ObjectReference&) const = default;
};
BOOST_DESCRIBE_STRUCT(ObjectReference, (), (apiVersion, kind, namespace_, name, uid, resourceVersion, fieldPath))

/// The full reference to an object as it was read.
template <Kind K>
[[nodiscard]] ObjectReference reference_to(const K& object) {
    return {
        .apiVersion = KindOf<K>::type.api_version(),
        .kind = std::string{KindOf<K>::type.kind},
        .namespace_ = object.metadata.namespace_,
        .name = object.metadata.name,
        .uid = object.metadata.uid,
        .resourceVersion = object.metadata.resourceVersion
    };
}

}  // namespace kube
