// What a node needs: what there is, compared with what its spec asks for. Nothing here changes anything.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sei/plan/node_config.hpp"
#include "sei/plan/node_plan.hpp"
#include "sei/plan/spec_problem.hpp"
#include "sei/tasks/pod_health.hpp"
#include "sei/tasks/rollout.hpp"
#include "sei/tasks/task_context.hpp"

namespace sei::node {

/// Looks at the pass's working copy each time it is asked, so that an answer follows what the pass has done so far.
class Needs {
public:
    /// It outlives this.
    explicit Needs(const tasks::TaskContext& context) : context_{context} {}

    [[nodiscard]] bool is_running() const { return context_.status.phase == api::NodePhase::Running; }
    /// The node as the pass has changed its status so far.
    [[nodiscard]] api::SeiNode working_copy() const;

    /// What keeps any plan from being made: the spec, and for a node that is to be initialized its configuration.
    [[nodiscard]] std::optional<plan::SpecProblem> spec_problem() const;
    /// A changed configuration that cannot be applied.
    [[nodiscard]] std::optional<plan::SpecProblem> config_problem() const;
    /// The same, or what the next pod of a running node would not come up with: told, and in nothing's way.
    [[nodiscard]] std::optional<plan::SpecProblem> told_problem() const;

    /// A changed configuration that can be applied.
    [[nodiscard]] std::optional<plan::ConfigDrift> config_drift() const;
    [[nodiscard]] std::optional<tasks::SidecarDrift> sidecar_drift() const;
    /// The name of a pod of an older template, or of one that is not on a claim which the node imports; empty: there is
    /// none.
    [[nodiscard]] std::string outdated_pod() const;
    /// The image of a living pod of an older template, where it is not that of the spec; empty: there is none.
    [[nodiscard]] std::string outdated_image() const;
    /// Of the node's pod, as far as a pod tells it; one that is unready on purpose has a reason of its own.
    [[nodiscard]] std::optional<tasks::PodHealth> pod_health() const;
    /// Has the pod a problem that time does not mend?
    [[nodiscard]] bool gets_nowhere(const kube::Snapshot<kube::Pod>& pod) const;

    [[nodiscard]] bool is_update_due() const;
    [[nodiscard]] bool is_retry_requested() const;
    /// Somebody asks for what was put off until the next restart.
    [[nodiscard]] bool is_restart_due() const;
    /// Did the last probe find that the sidecar has not been told to let seid start?
    [[nodiscard]] bool is_gate_closed() const;

    [[nodiscard]] plan::ReachablePeers reachable_peers() const;
    [[nodiscard]] plan::UpdateOptions update_options() const;

private:
    [[nodiscard]] std::vector<kube::Snapshot<kube::Pod>> outdated_pods() const;
    /// There is a newer template, or an import that the template is not on yet, and a pod that is on neither has such a
    /// problem: nothing is lost by replacing it.
    [[nodiscard]] bool is_stuck_pod_outdated() const;

    const tasks::TaskContext& context_;
};

}  // namespace sei::node
