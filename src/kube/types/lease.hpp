// Who leads, and until when.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include <boost/describe.hpp>

#include "kube/meta/names.hpp"
#include "kube/meta/object_meta.hpp"

namespace kube {

struct LeaseSpec {
    /// Present and empty after a release.
    std::optional<std::string> holderIdentity;
    std::optional<std::int32_t> leaseDurationSeconds;
    std::optional<MicroTime> acquireTime;
    std::optional<MicroTime> renewTime;
    std::optional<std::int32_t> leaseTransitions;
    bool operator==(const LeaseSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(LeaseSpec, (), (holderIdentity, leaseDurationSeconds, acquireTime, renewTime, leaseTransitions))

struct Lease {
    ObjectMeta metadata;
    LeaseSpec spec;
    static constexpr std::array required{"metadata"};
    bool operator==(const Lease&) const = default;
};
BOOST_DESCRIBE_STRUCT(Lease, (), (metadata, spec))

template <>
struct KindOf<Lease> {
    static constexpr ResourceType type{"coordination.k8s.io", "v1", "Lease", "leases"};
};

}  // namespace kube
