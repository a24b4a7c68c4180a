// A pod and what the kubelet says of it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "kube/meta/names.hpp"
#include "kube/meta/object_meta.hpp"
#include "kube/types/pod_spec.hpp"
#include "kube/types/workload_condition.hpp"

namespace kube {

/// Not started (yet): "ContainerCreating", "ImagePullBackOff", "CrashLoopBackOff" …
struct ContainerStateWaiting {
    std::string reason;
    std::string message;
    bool operator==(const ContainerStateWaiting&) const = default;
};
BOOST_DESCRIBE_STRUCT(ContainerStateWaiting, (), (reason, message))

struct ContainerStateRunning {
    std::optional<Time> startedAt;
    bool operator==(const ContainerStateRunning&) const = default;
};
BOOST_DESCRIBE_STRUCT(ContainerStateRunning, (), (startedAt))

struct ContainerStateTerminated {
    std::int32_t exitCode = 0;
    std::int32_t signal = 0;
    std::string reason;
    std::string message;
    std::optional<Time> startedAt;
    std::optional<Time> finishedAt;
    static constexpr std::array required{"exitCode"};
    bool operator==(const ContainerStateTerminated&) const = default;
};
BOOST_DESCRIBE_STRUCT(ContainerStateTerminated, (), (exitCode, signal, reason, message, startedAt, finishedAt))

/// At most one is set; none means waiting.
struct ContainerState {
    std::optional<ContainerStateWaiting> waiting;
    std::optional<ContainerStateRunning> running;
    std::optional<ContainerStateTerminated> terminated;
    bool operator==(const ContainerState&) const = default;
};
BOOST_DESCRIBE_STRUCT(ContainerState, (), (waiting, running, terminated))

struct ContainerStatus {
    std::string name;
    std::optional<ContainerState> state;
    std::optional<ContainerState> lastState;
    bool ready = false;
    std::int32_t restartCount = 0;
    std::string image;
    std::string imageID;
    std::string containerID;
    std::optional<bool> started;
    static constexpr std::array required{"image", "imageID", "name", "ready", "restartCount"};
    bool operator==(const ContainerStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(
    ContainerStatus, (), (name, state, lastState, ready, restartCount, image, imageID, containerID, started)
)

struct PodIp {
    std::string ip;
    static constexpr std::array required{"ip"};
    bool operator==(const PodIp&) const = default;
};
BOOST_DESCRIBE_STRUCT(PodIp, (), (ip))

struct PodStatus {
    /// Pending, Running, Succeeded, Failed or Unknown.
    std::string phase;
    std::vector<WorkloadCondition> conditions;
    std::string message;
    std::string reason;
    std::string hostIP;
    std::string podIP;
    std::vector<PodIp> podIPs;
    std::optional<Time> startTime;
    std::vector<ContainerStatus> initContainerStatuses;
    std::vector<ContainerStatus> containerStatuses;
    std::string qosClass;
    bool operator==(const PodStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(
    PodStatus,
    (),
    (phase,
     conditions,
     message,
     reason,
     hostIP,
     podIP,
     podIPs,
     startTime,
     initContainerStatuses,
     containerStatuses,
     qosClass)
)

struct Pod {
    ObjectMeta metadata;
    PodSpec spec;
    PodStatus status;
    static constexpr std::array required{"metadata", "spec"};
    bool operator==(const Pod&) const = default;
};
BOOST_DESCRIBE_STRUCT(Pod, (), (metadata, spec, status))

template <>
struct KindOf<Pod> {
    static constexpr ResourceType type{"", "v1", "Pod", "pods"};
};

/// The status of the container with this name, init containers included; null when the kubelet has not told yet.
[[nodiscard]] const ContainerStatus* find_container_status(const PodStatus& status, std::string_view name);

}  // namespace kube
