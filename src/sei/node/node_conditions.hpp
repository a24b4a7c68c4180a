// The conditions of a SeiNode, set in memory (spec 02 §11, 01 §15.1).
#pragma once

#include <string>

#include "kube/meta/time.hpp"
#include "sei/api/node.hpp"
#include "sei/plan/node_config.hpp"
#include "sei/plan/spec_problem.hpp"
#include "sei/sidecar/sidecar.hpp"
#include "sei/tasks/node_memory.hpp"
#include "sei/tasks/pod_health.hpp"
#include "sei/tasks/rollout.hpp"

namespace sei::node {

/// A working copy of a node's status, with what every condition written to it carries.
class Conditions {
public:
    Conditions(const api::SeiNode& node, api::SeiNodeStatus& status, kube::Time now)
        : node_{node}, status_{status}, now_{now} {}

    /// Always there, and first.
    void set_paused();
    void set_sidecar_ready(const sidecar::HealthOutcome& health);
    /// Names what drifted: the image of seid, that of the sidecar, the configuration. `outdated_image` runs although
    /// the status has the one of the spec; empty: nothing does.
    void set_update_started(
        const std::string& outdated_image,
        const std::optional<tasks::SidecarDrift>& sidecar,
        const std::optional<plan::ConfigDrift>& config
    );
    /// RestartPending appears with the first thing that reaches the node with its next pod only, and stays.
    /// `outdated_pod` is the name of a pod of an older template; empty: there is none.
    void set_restart_pending(const std::optional<plan::ConfigDrift>& config, const std::string& outdated_pod);
    /// Ends a NodeUpdateInProgress that is True; the plan in `status` is terminal.
    void end_update();
    /// PodReady appears with the first problem, then follows the pod; nullopt: there is no pod.
    void set_pod_ready(const std::optional<tasks::PodHealth>& health);
    /// SpecValid appears with the first problem, and stays.
    void set_spec_problem(const std::optional<plan::SpecProblem>& problem);
    /// Stalled appears when an attempt has come to nothing for 30 s, or at once where that was asked for. Of several
    /// troubles it tells the node's own before the task's, since no progress of a plan ends them, and of the node's own
    /// a missing claim before all: a request waits for that condition. While a plan that failed is there it keeps what
    /// it says.
    void set_stalled(const tasks::NodeMemory& memory, kube::MonotonicTime monotonic_now);

private:
    void set(std::string_view type, kube::ConditionStatus status, std::string_view reason, std::string message);
    const api::SeiNode& node_;
    api::SeiNodeStatus& status_;
    kube::Time now_;
};

/// Something was put off until the next restart of the pod.
[[nodiscard]] bool is_restart_pending(const api::SeiNode& node);

/// Has the spec changed since the pass whose status is stored? Every pass writes the generation that it saw.
[[nodiscard]] bool spec_changed_since_last_pass(const api::SeiNode& node);

}  // namespace sei::node
