// A name and ports for a set of pods.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "kube/meta/boxed.hpp"
#include "kube/meta/int_or_string.hpp"
#include "kube/meta/names.hpp"
#include "kube/meta/object_meta.hpp"

namespace kube {

struct ServicePort {
    std::string name;
    std::string protocol;
    Boxed<std::string> appProtocol;
    std::int32_t port = 0;
    std::int32_t nodePort = 0;
    std::optional<IntOrString> targetPort;
    static constexpr std::array required{"port"};
    bool operator==(const ServicePort&) const = default;
};
BOOST_DESCRIBE_STRUCT(ServicePort, (), (name, protocol, appProtocol, port, targetPort, nodePort))

struct ServiceSpec {
    std::vector<ServicePort> ports;
    StringMap selector;
    /// "None" makes it headless.
    std::string clusterIP;
    std::string type;
    bool publishNotReadyAddresses = false;
    bool operator==(const ServiceSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(ServiceSpec, (), (ports, selector, clusterIP, type, publishNotReadyAddresses))

struct Service {
    ObjectMeta metadata;
    ServiceSpec spec;
    static constexpr std::array required{"metadata", "spec"};
    bool operator==(const Service&) const = default;
};
BOOST_DESCRIBE_STRUCT(Service, (), (metadata, spec))

template <>
struct KindOf<Service> {
    static constexpr ResourceType type{"", "v1", "Service", "services"};
};

}  // namespace kube
