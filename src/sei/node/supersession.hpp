// Whether an active plan still serves its spec, and how one that does not makes way (spec 08 2.1).
#pragma once

#include <optional>
#include <string>

#include "kube/async/async.hpp"
#include "kube/runtime/requeue.hpp"
#include "sei/node/needs.hpp"
#include "sei/node/node_conditions.hpp"
#include "sei/node/planner.hpp"
#include "sei/tasks/task_context.hpp"

namespace sei::node {

/// A changed spec asks a question: does the plan serve it? It is asked until the answer is stored.
class Supersession {
public:
    /// Everything outlives it.
    Supersession(tasks::TaskContext& context, const Needs& needs, Planner& planner, Conditions& conditions)
        : context_{context}, needs_{needs}, planner_{planner}, conditions_{conditions} {}

    /// Replaces an active plan that no longer serves the spec, at the next point where the sidecar is not busy with it.
    /// Nullopt: go on with the plan.
    [[nodiscard]] kube::Async<std::optional<kube::Requeue>> supersede();

    /// After a pass that ended before it could ask: says so in the status, as a restart of the operator would forget
    /// it.
    void keep_question();
    /// The plan is built for the spec as it is.
    void answer_by_new_plan() { is_question_answered_ = true; }
    /// Has the pass made up its mind? What it decided is in the status.
    [[nodiscard]] bool is_question_answered() const { return is_question_answered_; }
    /// Did the task that failed the plan fail while a changed spec waited for its end?
    [[nodiscard]] bool is_failure_of_earlier_spec() const;

private:
    [[nodiscard]] std::optional<api::TaskPlan> successor();
    [[nodiscard]] std::optional<api::TaskPlan> successor_of_initial_plan();
    /// Before the pod is replaced: the plan of a changed configuration or of other keys, or of one that waits for a
    /// sidecar which does not answer.
    [[nodiscard]] std::optional<api::TaskPlan> reconfigured(bool is_questioned);
    /// Has the sidecar of the pod that is to be replaced been silent for too long?
    [[nodiscard]] bool is_sidecar_given_up() const;
    /// At the gate: the plan of a pod that is to be replaced once more.
    [[nodiscard]] std::optional<api::TaskPlan> outdated_again(bool is_questioned);
    /// Was the plan questioned by a changed spec? The question is over with the write of this pass.
    [[nodiscard]] bool answer_question();
    /// Has the last task of the initial plan been done, or begun, without being recorded? Then seid runs, or is about
    /// to.
    [[nodiscard]] kube::Async<bool> is_gate_opened();
    /// The id of a task of the plan that the sidecar is doing, or may be: no second one of its kind begins beside it.
    [[nodiscard]] kube::Async<std::optional<std::string>> sidecar_busy_with();
    [[nodiscard]] kube::Time now() const { return kube::Time::of(context_.clock.now()); }

    tasks::TaskContext& context_;
    const Needs& needs_;
    Planner& planner_;
    Conditions& conditions_;
    bool is_question_answered_ = false;
};

}  // namespace sei::node
