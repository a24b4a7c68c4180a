#include "sei/tasks/pod_health.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "sei/api/conditions.hpp"
#include "sei/resources/containers.hpp"

namespace sei::tasks {
namespace {

using kube::ConditionStatus;
namespace reason = api::reason;

/// A pod whose containers are not created for so long waits for a volume, a network or a large image.
constexpr std::chrono::seconds kCreationLimit{120};
/// The same when the kubelet says that it is not the image: volumes and network come first.
constexpr std::chrono::seconds kMountLimit{20};
/// A pod that runs may be unready for so long without a word: it was just started.
constexpr std::chrono::seconds kReadinessGrace{30};
constexpr std::array<std::string_view, 5> kPullReasons{
    "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable"
};
constexpr std::array<std::string_view, 4> kCreationReasons{
    "CreateContainerConfigError", "CreateContainerError", "RunContainerError", "PreStartHookError"
};

PodHealth problem(std::string_view why, std::string message) {
    return {ConditionStatus::False, why, std::move(message), true};
}

std::string image_of(const kube::Pod& pod, const kube::ContainerStatus& status) {
    for (const auto* containers : {&pod.spec.initContainers, &pod.spec.containers}) {
        const auto found = std::ranges::find(*containers, status.name, &kube::Container::name);
        if (found != containers->end()) return found->image;
    }
    return status.image;
}

bool ended_badly(const std::optional<kube::ContainerState>& state) {
    return state && state->terminated && state->terminated->exitCode != 0;
}

/// What is wrong with one container of a pod that is not ready.
std::optional<PodHealth> container_problem(
    const kube::Pod& pod, const kube::ContainerStatus& status, bool is_init_container
) {
    const std::string where = "container " + status.name + " of pod " + pod.metadata.name;
    const std::string waiting = status.state && status.state->waiting ? status.state->waiting->reason : std::string{};
    if (std::ranges::find(kPullReasons, waiting) != kPullReasons.end()) {
        return problem(reason::kImagePullFailed, where + ": image " + image_of(pod, status) + " cannot be pulled");
    }
    if (std::ranges::find(kCreationReasons, waiting) != kCreationReasons.end()) {
        return problem(reason::kContainerNotCreated, where + ": " + status.state->waiting->message);
    }
    // It serves metrics, and waits for seid's gRPC port for as long as a restore takes; its liveness probe ends it
    // again and again until then (spec 05 §19, 21). Its restarts say nothing of the node.
    if (status.name == resources::kExporterContainer) return std::nullopt;
    const bool is_done = status.state && status.state->terminated && status.state->terminated->exitCode == 0;
    if (waiting == "CrashLoopBackOff" || ended_badly(status.state) || (ended_badly(status.lastState) && !is_done)) {
        const auto& last = ended_badly(status.state) ? status.state : status.lastState;
        const std::string code = ended_badly(last) ? std::to_string(last->terminated->exitCode) : "unknown";
        return problem(
            is_init_container ? reason::kInitFailed : reason::kCrashLooping, where + " keeps ending with code " + code
        );
    }
    return std::nullopt;
}

bool was_before(const std::optional<kube::Time>& time, kube::Time now, std::chrono::seconds ago) {
    return time && now.at - time->at >= ago;
}

using Claim = std::optional<kube::Snapshot<kube::PersistentVolumeClaim>>;

/// What is wrong with the volume of a pod that does not run.
std::optional<PodHealth> volume_problem(const kube::Pod& pod, const Claim& claim) {
    if (pod.status.phase == "Running") return std::nullopt;
    const std::string of_pod = ", which pod " + pod.metadata.name + " needs";
    if (claim && (*claim)->status.phase == "Lost") {
        return problem(reason::kVolumeFailed, "the volume of claim " + (*claim)->metadata.name + of_pod + ", is lost");
    }
    if (claim && (*claim)->metadata.deletionTimestamp) {
        return problem(reason::kVolumeFailed, "claim " + (*claim)->metadata.name + of_pod + ", is being deleted");
    }
    return std::nullopt;
}

PodHealth health_of(const kube::Pod& pod, const Claim& claim, kube::Time now) {
    const std::string name = "pod " + pod.metadata.name;
    const kube::WorkloadCondition* ready = kube::find_condition(pod.status.conditions, "Ready");
    if (ready != nullptr && ready->status == "True") {
        return {ConditionStatus::True, reason::kReady, name + " is ready", false};
    }
    if (auto found = volume_problem(pod, claim)) return *std::move(found);
    const kube::WorkloadCondition* scheduled = kube::find_condition(pod.status.conditions, "PodScheduled");
    if (scheduled != nullptr && scheduled->status == "False") {
        return problem(reason::kUnschedulable, name + " cannot be scheduled: " + scheduled->message);
    }
    if (pod.status.phase == "Failed") {
        return problem(reason::kPodFailed, name + " has failed: " + pod.status.reason + " " + pod.status.message);
    }
    for (const auto& status : pod.status.initContainerStatuses) {
        if (auto found = container_problem(pod, status, true)) return *std::move(found);
    }
    for (const auto& status : pod.status.containerStatuses) {
        if (auto found = container_problem(pod, status, false)) return *std::move(found);
    }
    const bool has_started = pod.status.phase == "Running";
    const kube::WorkloadCondition* sandbox = kube::find_condition(pod.status.conditions, "PodReadyToStartContainers");
    if (!has_started && sandbox != nullptr && sandbox->status == "False" &&
        was_before(pod.status.startTime, now, kMountLimit)) {
        return problem(
            reason::kContainersNotStarted, name + " does not start: a volume cannot be mounted, or it has no network"
        );
    }
    if (!has_started && was_before(pod.status.startTime, now, kCreationLimit)) {
        return problem(reason::kContainersNotStarted, name + " does not start: a volume or the network is missing");
    }
    if (has_started && ready != nullptr && was_before(ready->lastTransitionTime, now, kReadinessGrace)) {
        return problem(reason::kNotReady, name + " runs and is not ready");
    }
    return {ConditionStatus::False, reason::kStarting, name + " is starting", false};
}

}  // namespace

std::optional<PodHealth> pod_health(
    const std::vector<kube::Snapshot<kube::Pod>>& pods, const Claim& claim, kube::Time now
) {
    const kube::Pod* newest = nullptr;
    for (const auto& pod : pods) {
        if (pod->metadata.deletionTimestamp || pod->status.phase == "Succeeded") continue;
        if (newest == nullptr || newest->metadata.creationTimestamp < pod->metadata.creationTimestamp) newest = &*pod;
    }
    if (newest == nullptr) return std::nullopt;
    return health_of(*newest, claim, now);
}

}  // namespace sei::tasks
