#include "sei/tasks/rollout.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "sei/api/labels.hpp"
#include "sei/resources/containers.hpp"

namespace sei::tasks {
namespace {

using PodSnapshot = kube::Snapshot<kube::Pod>;

std::string seid_image(const kube::PodSpec& spec) {
    const auto found = std::ranges::find(spec.containers, resources::kSeidContainer, &kube::Container::name);
    return found == spec.containers.end() ? std::string{} : found->image;
}

bool is_living_pod_of(const kube::StatefulSet& stateful_set, const kube::Pod& pod) {
    return pod.metadata.is_controlled_by(kube::Uid{stateful_set.metadata.uid}) && !pod.metadata.deletionTimestamp;
}

std::string revision_of(const kube::Pod& pod) {
    const auto label = pod.metadata.labels.find(std::string{api::kControllerRevisionHashLabel});
    return label == pod.metadata.labels.end() ? std::string{} : label->second;
}

/// Why the seid container does not run yet, or nothing when it does.
std::string obstacle_of(const kube::Pod& pod) {
    if (const kube::ContainerStatus* seid = kube::find_container_status(pod.status, resources::kSeidContainer)) {
        if (seid->state && seid->state->running) return {};
    }
    const auto waiting_reason = [](const kube::ContainerStatus& status) -> std::string {
        if (!status.state || !status.state->waiting) return {};
        const std::string& reason = status.state->waiting->reason;
        return reason == "PodInitializing" || reason == "ContainerCreating" ? std::string{} : reason;
    };
    for (const auto* statuses : {&pod.status.initContainerStatuses, &pod.status.containerStatuses}) {
        for (const kube::ContainerStatus& status : *statuses) {
            if (const std::string reason = waiting_reason(status); !reason.empty()) {
                return "container " + status.name + " of pod " + pod.metadata.name + ": " + reason;
            }
        }
    }
    return "pod " + pod.metadata.name + " to start (phase " +
           (pod.status.phase.empty() ? "unknown" : pod.status.phase) + ")";
}

/// Of a StatefulSet that has been observed.
bool reports_all_updated(const kube::StatefulSet& stateful_set) {
    const std::int32_t replicas = *stateful_set.spec.replicas;
    return stateful_set.status.updatedReplicas >= replicas && stateful_set.status.readyReplicas >= replicas;
}

}  // namespace

bool has_been_observed(const kube::StatefulSet& stateful_set) {
    return stateful_set.status.observedGeneration >= stateful_set.metadata.generation &&
           !stateful_set.status.updateRevision.empty() && stateful_set.spec.replicas;
}

kube::PodSpec images_of(const kube::PodSpec& spec) {
    kube::PodSpec kept;
    for (const kube::Container& container : spec.containers) {
        if (container.name == resources::kSeidContainer) {
            kept.containers.push_back({.name = container.name, .image = container.image});
        }
    }
    for (const kube::Container& container : spec.initContainers) {
        if (container.name == resources::kSidecarContainer) {
            kept.initContainers.push_back({.name = container.name, .image = container.image});
        }
    }
    return kept;
}

kube::StatefulSetSpec read_part_of(const kube::StatefulSetSpec& spec) {
    kube::StatefulSetSpec kept;
    kept.replicas = spec.replicas;
    kept.selector = spec.selector;
    kept.template_.spec = images_of(spec.template_.spec);
    return kept;
}

Rollout observe_rollout(const kube::StatefulSet& stateful_set, const std::vector<PodSnapshot>& pods) {
    Rollout rollout;
    rollout.image = seid_image(stateful_set.spec.template_.spec);
    const std::string name = "StatefulSet " + stateful_set.metadata.name;
    if (!has_been_observed(stateful_set)) {
        rollout.waits_for =
            "the controller of " + name + " to observe generation " + std::to_string(stateful_set.metadata.generation);
        return rollout;
    }
    std::int32_t started = 0;
    std::string obstacle = "a pod of " + name;
    for (const PodSnapshot& pod : pods) {
        if (!is_living_pod_of(stateful_set, *pod)) continue;
        const std::string revision = revision_of(*pod);
        if (revision.empty()) continue;
        if (revision != stateful_set.status.updateRevision) {
            rollout.outdated.push_back(pod);
        } else if (std::string why = obstacle_of(*pod); !why.empty()) {
            obstacle = std::move(why);
        } else if (seid_image(pod->spec) == rollout.image) {
            ++started;
        }
    }
    if (!rollout.outdated.empty()) {
        rollout.state = Rollout::State::PodsOutdated;
        rollout.waits_for = "pod " + rollout.outdated.front()->metadata.name + " of an older template to go";
    } else if (started >= *stateful_set.spec.replicas || reports_all_updated(stateful_set)) {
        rollout.state = Rollout::State::Started;
    } else {
        rollout.state = Rollout::State::Starting;
        rollout.waits_for = obstacle;
    }
    return rollout;
}

bool is_sidecar_running(const kube::Pod& pod) {
    const kube::ContainerStatus* sidecar = kube::find_container_status(pod.status, resources::kSidecarContainer);
    return sidecar != nullptr && sidecar->state && sidecar->state->running;
}

std::optional<SidecarDrift> sidecar_drift(
    const kube::StatefulSet& stateful_set, const std::vector<PodSnapshot>& pods, std::string wanted
) {
    for (const PodSnapshot& pod : pods) {
        if (!is_living_pod_of(stateful_set, *pod)) continue;
        const auto& containers = pod->spec.initContainers;
        const auto sidecar = std::ranges::find(containers, resources::kSidecarContainer, &kube::Container::name);
        if (sidecar == containers.end() || sidecar->image == wanted) continue;
        return SidecarDrift{std::move(wanted), sidecar->image};
    }
    return std::nullopt;
}

std::string running_image(
    const kube::StatefulSet& stateful_set, const std::vector<PodSnapshot>& pods, PodIsKnown known
) {
    for (const PodSnapshot& pod : pods) {
        if (is_living_pod_of(stateful_set, *pod) && obstacle_of(*pod).empty()) return seid_image(pod->spec);
    }
    constexpr std::int64_t kFirstGeneration = 1;
    // A pod that is seen may be of a StatefulSet that this one took the place of, and this one may have none yet.
    const bool is_unchanged =
        known == PodIsKnown::ByAnswer && stateful_set.metadata.generation == kFirstGeneration &&
        std::ranges::all_of(pods, [&](const PodSnapshot& pod) { return is_living_pod_of(stateful_set, *pod); });
    const bool is_rolled = has_been_observed(stateful_set) && reports_all_updated(stateful_set);
    return is_unchanged || is_rolled ? seid_image(stateful_set.spec.template_.spec) : std::string{};
}

bool has_ready_pod(const kube::StatefulSet& stateful_set, const std::string& image) {
    return has_been_observed(stateful_set) && stateful_set.status.updatedReplicas > 0 &&
           stateful_set.status.readyReplicas > 0 && seid_image(stateful_set.spec.template_.spec) == image;
}

std::string outdated_image(
    const kube::StatefulSet& stateful_set, const std::vector<PodSnapshot>& pods, const std::string& wanted
) {
    for (const PodSnapshot& pod : observe_rollout(stateful_set, pods).outdated) {
        if (std::string image = seid_image(pod->spec); !image.empty() && image != wanted) return image;
    }
    return {};
}

}  // namespace sei::tasks
