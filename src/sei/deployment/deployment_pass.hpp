// One pass over one living deployment: what is done, in which order. It ends in a changed status, not in a write.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kube/async/async.hpp"
#include "kube/runtime/requeue.hpp"
#include "sei/deployment/deployment_context.hpp"

namespace sei::deployment {

/// The steps of spec 03 §3, with the corrections of spec 08.
///
/// A deployment without a spec is told so, and has the conditions and the phase that each has; nothing else is done or
/// told of it.
///
/// Order: the always-present conditions; pause, in both directions; the internal Service; unless paused: a terminal
/// plan is put away, a changed template begins a rollout, and then the pass ends for nodes, so that the plan is stored
/// before the first of them changes (spec 08 6.5); nodes are made, kept and taken away; the plan in flight is driven;
/// last, whatever happened, networking, and the status computed from it all.
class DeploymentPass {
public:
    explicit DeploymentPass(DeploymentContext& context) : context_{context} {}

    /// Changes `context.status` in memory. ApiError and TransportError pass through; what was changed until then
    /// counts.
    [[nodiscard]] kube::Async<kube::Requeue> run();
    /// Completes the status with what follows from the nodes. To be called once, also after an exception of `run`.
    /// Returns what `run` waits for, or to look again sooner, where what was told changes with the time.
    [[nodiscard]] kube::Requeue finish(bool has_failed, kube::Requeue wait);

private:
    /// Nodes that are missing from a ceremony whose genesis is assembled, and are not made before its end.
    struct AbsentParticipants {
        /// They have a part in it and are gone, as the nodes of higher ordinals show.
        std::vector<std::string> lost;
        /// They have none, and join when it is over.
        std::vector<std::string> held;
    };

    [[nodiscard]] kube::Async<kube::Requeue> advance();
    [[nodiscard]] kube::Async<kube::Requeue> keep_fleet();
    [[nodiscard]] kube::Async<kube::Requeue> execute();
    void put_terminal_plan_away();
    void begin_rollout(const std::string& from, const std::string& to, bool is_from_known);
    /// By name, those of the rollout that is superseded included.
    [[nodiscard]] std::vector<std::string> nodes_to_be_rolled() const;
    /// And those that are to be made: a plan is for the whole fleet, also where its number changed with its image.
    [[nodiscard]] std::vector<std::string> with_newcomers(std::vector<std::string> names) const;
    /// On what the cache has under this name.
    [[nodiscard]] Claim claim_on_name(const std::string& name) const;
    void start_plan(api::TaskPlan plan);
    void complete_plan();
    void fail_plan(const std::string& why);
    /// May its plan begin now?
    [[nodiscard]] bool is_ceremony_due() const;
    /// Is there one that is neither complete nor failed?
    [[nodiscard]] bool is_ceremony_to_come() const;
    /// What no ceremony can begin with, while there is one to come.
    [[nodiscard]] std::optional<std::string> genesis_problem() const;
    /// What keeps participants from doing their part of a ceremony that is under way.
    void tell_of_participants();
    /// Participants of the ceremony that is under way which are too many.
    [[nodiscard]] std::vector<std::string> leaving_participants() const;
    /// Nobody is absent before the assembly, nor when the ceremony is over.
    [[nodiscard]] AbsentParticipants absent_participants() const;
    /// A ceremony that failed stays so until the spec changes.
    [[nodiscard]] const kube::Condition* failed_ceremony() const;
    [[nodiscard]] kube::Requeue sooner(kube::Requeue wait) const;

    DeploymentContext& context_;
    NetworkingOutcome networking_;
    bool is_networking_known_ = false;
};

}  // namespace sei::deployment
