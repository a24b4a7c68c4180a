// When a changed template is rolled out, and whose turn it is (spec 03 §10, spec 08 6.5, 6.6). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "kube/meta/time.hpp"
#include "sei/api/deployment.hpp"
#include "sei/deployment/fleet.hpp"

namespace sei::deployment {

struct RolloutDecision {
    enum class Kind {
        /// No rollout begins now; one that runs goes on.
        None,
        /// A new one begins.
        Start,
        /// One is under way to another target: it is replaced (spec 03 §10.2), also by a return to the baseline (H1).
        Supersede,
    };
    Kind kind = Kind::None;
    /// The baseline and the target.
    std::string from;
    std::string to;
    bool operator==(const RolloutDecision&) const = default;
};
/// Is a ceremony to come, under way, or failed, that these nodes take part in? One that not all of them do cannot begin
/// (H16d), and holds nothing up.
[[nodiscard]] bool is_ceremony_open(
    const api::SeiNodeDeploymentSpec& spec,
    const api::SeiNodeDeploymentStatus& status,
    const std::vector<NodeSnapshot>& wanted
);

/// `deployment.status` is what earlier passes stored. `wanted` are the nodes in ordinal order.
[[nodiscard]] RolloutDecision decide_rollout(
    const api::SeiNodeDeployment& deployment, const std::vector<NodeSnapshot>& wanted
);

/// How many nodes may be unavailable at once.
struct Bound {
    std::int32_t max_unavailable = 1;
    /// Nodes that are going, or gone until they are made again, with the new image.
    std::int32_t absent = 0;
    /// The names of the nodes whose pod is ready, or unready on purpose.
    std::set<std::string> serving;
};
/// The names of the nodes that may be brought to the images of the template now. All at once without a bound; with one,
/// in ordinal order, as many as keep the number of unavailable nodes within it. A node that is not available anyway
/// does not wait for itself, but never are more than the bound on their way to the new image, nodes that are absent
/// among them: a bad one spreads no further.
[[nodiscard]] std::set<std::string> nodes_to_roll(
    const std::vector<NodeSnapshot>& wanted, const api::NodeSpec& target, const std::optional<Bound>& bound
);

/// How a rollout stands, for its condition.
struct RolloutProgress {
    std::int32_t updated = 0;
    std::int32_t total = 0;
    /// "fleet-1: Stalled: ImagePullBackOff ..."; empty while nobody complains.
    std::string trouble;
    /// "fleet-1"; the first one that the rollout waits for, whether it complains or not. Empty: for none.
    std::string awaited;
};
/// Of a rollout with a bound a node that runs the target is waited for until it serves.
[[nodiscard]] RolloutProgress progress_of(
    const std::vector<NodeSnapshot>& wanted, const api::NodeSpec& target, const std::optional<Bound>& bound
);

/// Notes progress in `rollout`. The start time is never touched.
void record_progress(api::RolloutStatus& rollout, const RolloutProgress& progress, kube::Time now);
/// When a rollout without further progress is overdue.
[[nodiscard]] kube::Time progress_deadline(const api::RolloutStatus& rollout, const api::UpdateStrategy& strategy);

}  // namespace sei::deployment
