// How far a template has got: from being applied to containers that run its image (spec 08 3.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kube/client/snapshot.hpp"
#include "kube/types/pod.hpp"
#include "kube/types/stateful_set.hpp"

namespace sei::tasks {

/// Of the spec only the images of seid and its sidecar, which is all that is read here: rollouts are judged by them.
/// The rest is most of what the StatefulSets and pods of a fleet weigh in memory.
[[nodiscard]] kube::PodSpec images_of(const kube::PodSpec& spec);
/// Likewise of a StatefulSet: replicas, selector and the images of the template. What was just applied and what a cache
/// shows go through this both, so that nobody can read what only one of them has.
[[nodiscard]] kube::StatefulSetSpec read_part_of(const kube::StatefulSetSpec& spec);

/// What is seen of a StatefulSet and its pods.
struct Rollout {
    enum class State {
        /// The StatefulSet controller has not seen the newest template yet.
        NotObserved,
        /// A pod of an older template is there.
        PodsOutdated,
        /// No outdated pod, but the new one does not run yet.
        Starting,
        /// The image of the template runs.
        Started,
    };
    State state = State::NotObserved;
    /// For people: what is waited for, or what is in the way ("pod n0-0: ImagePullBackOff").
    std::string waits_for;
    /// The image of the seid container in the template.
    std::string image;
    /// The pods to replace, of this StatefulSet, in the order of their names.
    std::vector<kube::Snapshot<kube::Pod>> outdated;
};

/// Has its controller seen the newest template?
[[nodiscard]] bool has_been_observed(const kube::StatefulSet& stateful_set);

/// Decides by the revision label of each pod, never by comparing the StatefulSet's two revisions (spec 08 3.4).
///
/// Started: either a pod of the newest revision runs the template's image, or the StatefulSet reports, for its current
/// generation, all replicas updated and ready. Readiness of the pod is not asked for (spec 08 3.2).
[[nodiscard]] Rollout observe_rollout(
    const kube::StatefulSet& stateful_set, const std::vector<kube::Snapshot<kube::Pod>>& pods
);

/// Does the sidecar of this pod run, whatever it is doing?
[[nodiscard]] bool is_sidecar_running(const kube::Pod& pod);

/// The sidecar of a living pod runs another image than it should (spec 08 3.7).
struct SidecarDrift {
    std::string wanted;
    std::string running;
};
/// Nullopt when they are the same, and when there is no pod to tell: what was not observed is no drift (spec 08 2.6).
[[nodiscard]] std::optional<SidecarDrift> sidecar_drift(
    const kube::StatefulSet& stateful_set, const std::vector<kube::Snapshot<kube::Pod>>& pods, std::string wanted
);

/// That there is a pod may be known although none is seen to have started: its sidecar has just answered.
enum class PodIsKnown { FromCache, ByAnswer };
/// The image that the node's pods run: of a living pod whose seid has started. Where none is seen, that of the
/// template, if a pod has just answered and there never was another template, or if the StatefulSet reports for its
/// current generation all replicas updated and ready. Empty: not known, for the pod that runs may be of an earlier
/// template.
[[nodiscard]] std::string running_image(
    const kube::StatefulSet& stateful_set, const std::vector<kube::Snapshot<kube::Pod>>& pods, PodIsKnown known
);
/// Does the StatefulSet report a ready pod of its newest template, and is that one of this image? Without the image, a
/// cache that lags behind that of the nodes tells of the pod before the rollout.
[[nodiscard]] bool has_ready_pod(const kube::StatefulSet& stateful_set, const std::string& image);
/// A living pod of an older template whose seid image is not `wanted`: that image. Empty when there is none.
[[nodiscard]] std::string outdated_image(
    const kube::StatefulSet& stateful_set, const std::vector<kube::Snapshot<kube::Pod>>& pods, const std::string& wanted
);

}  // namespace sei::tasks
