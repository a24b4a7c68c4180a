// The kinds that are watched from outside of the operator.
#pragma once

#include <array>

#include "kube/meta/names.hpp"

namespace sim {

enum class WatchedKind { Node, StatefulSet, Pod, Claim, Service, ConfigMap, Revision, Event, Deployment, Job };

inline constexpr std::array kWatchedKinds{
    WatchedKind::Node,
    WatchedKind::StatefulSet,
    WatchedKind::Pod,
    WatchedKind::Claim,
    WatchedKind::Service,
    WatchedKind::ConfigMap,
    WatchedKind::Revision,
    WatchedKind::Event,
    WatchedKind::Deployment,
    WatchedKind::Job
};

[[nodiscard]] const kube::ResourceType& type_of(WatchedKind kind);

}  // namespace sim
