// One pass over one living node: what is done to it, in which order. It ends in a changed status, not in a write.
#pragma once

#include <optional>
#include <string>

#include "kube/async/async.hpp"
#include "kube/runtime/requeue.hpp"
#include "sei/node/cached_objects.hpp"
#include "sei/node/node_conditions.hpp"
#include "sei/node/node_metrics.hpp"
#include "sei/plan/node_plan.hpp"
#include "sei/plan/spec_problem.hpp"
#include "sei/plan/task_id.hpp"
#include "sei/tasks/pod_health.hpp"
#include "sei/tasks/rollout.hpp"
#include "sei/tasks/task_context.hpp"

namespace sei::node {

/// A plan that ended in this pass, for the metrics after the write.
struct EndedPlan {
    plan::PlanKind kind = plan::PlanKind::Unknown;
    bool succeeded = false;
    std::optional<kube::Time> started;
};

/// The steps of spec 02 §3, from the snapshot to the status write, with the corrections of spec 08.
///
/// Order: Paused; a failed node waits for a changed spec; the StatefulSet, once the initial plan has reached it
/// (spec 08 4.1); a paused node waits; peers; outdated pods of a node that is still initializing (spec 08 2.2); a
/// terminal plan is put away; a missing plan is built, and then the pass ends, so that it is stored before its first
/// effect; an active one is executed, and put away in the same pass when it completes; the sidecar is probed.
class NodePass {
public:
    /// Everything outlives the pass.
    NodePass(
        tasks::TaskContext& context,
        const NodeCaches& caches,
        plan::UuidSource& ids,
        NodeMetrics& metrics,
        Conditions& conditions
    )
        : context_{context}, caches_{caches}, ids_{ids}, metrics_{metrics}, conditions_{conditions} {}

    /// Changes `context.status` in memory. ApiError and TransportError pass through; what was changed until then
    /// counts.
    [[nodiscard]] kube::Async<kube::Requeue> run();

    /// After a pass that ended before it could ask whether the plan serves the changed spec: says so in the status, as
    /// a restart of the operator would forget it.
    void keep_question();
    [[nodiscard]] const std::optional<EndedPlan>& ended_plan() const { return ended_plan_; }
    /// Has the pass made up its mind whether the plan serves the changed spec? What it decided is in the status.
    [[nodiscard]] bool is_question_answered() const { return is_question_answered_; }

private:
    /// Nullopt: go on.
    [[nodiscard]] kube::Async<std::optional<kube::Requeue>> keep_workload();
    /// Of the node's pod, as far as a pod tells it; one that is unready on purpose has a reason of its own.
    [[nodiscard]] std::optional<tasks::PodHealth> pod_health() const;
    /// Those that cannot make progress (spec 08 2.2).
    [[nodiscard]] kube::Async<> replace_outdated_pods_while_initializing();
    /// What runs is what later changes are compared with, where nothing was recorded (spec 08 2.6).
    void observe_unrecorded_image(tasks::PodIsKnown known);
    void adopt_configuration();
    /// A node whose data claim is gone, together with the pod that used it, begins anew with an empty one; a validator
    /// only when somebody asks for it. Nullopt: go on.
    [[nodiscard]] kube::Async<std::optional<kube::Requeue>> keep_claim();
    /// Is a failed update plan to be left in place for now?
    [[nodiscard]] std::optional<kube::Requeue> damped_failure() const;
    /// Did the last probe find that the sidecar has not been told to let seid start?
    [[nodiscard]] bool is_gate_closed() const;
    /// Does seid wait at a gate that may be opened, whatever keeps an update from being made?
    [[nodiscard]] bool is_gate_to_be_opened() const;
    /// An update that has failed is not tried again before its time, also when the gate was opened meanwhile.
    [[nodiscard]] bool is_update_put_off() const;
    /// The task that failed the stored plan; null when there is none.
    [[nodiscard]] api::PlannedTask* failed_task() const;
    /// Did the task fail while a changed spec waited for its end?
    [[nodiscard]] bool is_failure_of_earlier_spec() const;
    /// What somebody changed or asked for is a new attempt.
    void forgive_failed_update();
    [[nodiscard]] kube::Async<kube::Requeue> resolve_plan();
    /// Replaces an active plan that no longer serves the spec, at the next point where the sidecar is not busy with it
    /// (spec 08 2.1). Nullopt: go on with the plan.
    [[nodiscard]] kube::Async<std::optional<kube::Requeue>> supersede();
    [[nodiscard]] std::optional<api::TaskPlan> successor();
    /// Has the last task of the initial plan been done, or begun, without being recorded? Then seid runs, or is about
    /// to.
    [[nodiscard]] kube::Async<bool> is_gate_opened();
    /// The id of a task of the plan that the sidecar is doing, or may be: no second one of its kind begins beside it.
    [[nodiscard]] kube::Async<std::optional<std::string>> sidecar_busy_with();
    /// Was the plan questioned by a changed spec? The question is over with the write of this pass.
    [[nodiscard]] bool answer_question();
    [[nodiscard]] std::optional<tasks::SidecarDrift> sidecar_drift() const;
    /// Before the pod is replaced: the plan of a changed configuration or of other keys, or of one that waits for a
    /// sidecar which does not answer.
    [[nodiscard]] std::optional<api::TaskPlan> reconfigured(bool is_questioned);
    /// Has the sidecar of the pod that is to be replaced been silent for too long?
    [[nodiscard]] bool is_sidecar_given_up() const;
    /// At the gate: the plan of a pod that is to be replaced once more.
    [[nodiscard]] std::optional<api::TaskPlan> outdated_again(bool is_questioned);
    /// Has the pod a problem that time does not mend?
    [[nodiscard]] bool gets_nowhere(const kube::Snapshot<kube::Pod>& pod) const;
    /// There is a newer template, or an import that the template is not on yet, and a pod that is on neither has such a
    /// problem: nothing is lost by replacing it.
    [[nodiscard]] bool is_stuck_pod_outdated() const;
    /// A changed configuration that can be applied.
    [[nodiscard]] std::optional<plan::ConfigDrift> config_drift() const;
    /// A changed configuration that cannot.
    [[nodiscard]] std::optional<plan::SpecProblem> config_problem() const;
    /// The same, or what the next pod of a running node would not come up with: told, and in nothing's way.
    [[nodiscard]] std::optional<plan::SpecProblem> told_problem() const;
    /// The pods of an older template, and those that are not on a claim which the node imports.
    [[nodiscard]] std::vector<kube::Snapshot<kube::Pod>> outdated_pods() const;
    /// The name of one of them; empty: there is none.
    [[nodiscard]] std::string outdated_pod() const;
    /// The image of a living pod of an older template, where it is not that of the spec; empty: there is none.
    [[nodiscard]] std::string outdated_image() const;
    [[nodiscard]] bool is_update_due() const;
    [[nodiscard]] bool is_retry_requested() const;
    /// Somebody asks for what was put off until the next restart.
    [[nodiscard]] bool is_restart_due() const;
    [[nodiscard]] plan::ReachablePeers reachable_peers() const;
    [[nodiscard]] plan::UpdateOptions update_options() const;
    /// Tells what waits for a restart, once it can be told.
    void judge_restart();
    /// The node as the pass has changed its status so far.
    [[nodiscard]] api::SeiNode working_copy() const;
    /// What keeps any plan from being made: the spec, and for a node that is to be initialized its configuration.
    [[nodiscard]] std::optional<plan::SpecProblem> spec_problem() const;
    /// The plan that the node needs now, or none. It begins nothing beside what the sidecar may still run of the plan
    /// that is there, or was until this pass.
    [[nodiscard]] std::optional<api::TaskPlan> build_plan();
    [[nodiscard]] std::optional<api::TaskPlan> planned();
    [[nodiscard]] kube::Async<kube::Requeue> execute();
    void put_plan_away();
    [[nodiscard]] kube::Async<> probe();
    /// Nothing but the passing of time asks for a probe: one that found the sidecar ready a moment ago will do.
    [[nodiscard]] kube::Async<> probe_unless_fresh();
    [[nodiscard]] bool is_probe_due() const;
    [[nodiscard]] kube::Requeue at_rest() const;
    [[nodiscard]] kube::Time now() const { return kube::Time::of(context_.clock.now()); }
    [[nodiscard]] bool is_running() const { return context_.status.phase == api::NodePhase::Running; }

    tasks::TaskContext& context_;
    const NodeCaches& caches_;
    plan::UuidSource& ids_;
    NodeMetrics& metrics_;
    Conditions& conditions_;
    std::optional<EndedPlan> ended_plan_;
    /// The terminal plan that this pass has put away.
    std::optional<api::TaskPlan> put_away_;
    bool is_question_answered_ = false;
};

}  // namespace sei::node
