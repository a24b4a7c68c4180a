// One pass over one living node: what is done to it, in which order. It ends in a changed status, not in a write.
#pragma once

#include <optional>

#include "kube/async/async.hpp"
#include "kube/runtime/requeue.hpp"
#include "sei/node/cached_objects.hpp"
#include "sei/node/node_conditions.hpp"
#include "sei/node/node_metrics.hpp"
#include "sei/plan/node_plan.hpp"
#include "sei/plan/spec_problem.hpp"
#include "sei/plan/task_id.hpp"
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

    [[nodiscard]] const std::optional<EndedPlan>& ended_plan() const { return ended_plan_; }

private:
    /// Nullopt: go on.
    [[nodiscard]] kube::Async<std::optional<kube::Requeue>> keep_workload();
    [[nodiscard]] kube::Async<> replace_outdated_pods_while_initializing();
    void observe_unrecorded_image();
    /// Is a failed update plan to be left in place for now?
    [[nodiscard]] std::optional<kube::Requeue> damped_failure() const;
    [[nodiscard]] kube::Async<kube::Requeue> resolve_plan();
    /// Replaces an active plan that no longer serves the spec, at the next point where the sidecar is not busy with it
    /// (spec 08 2.1). Nullopt: go on with the plan.
    [[nodiscard]] kube::Async<std::optional<kube::Requeue>> supersede();
    [[nodiscard]] std::optional<api::TaskPlan> successor();
    [[nodiscard]] std::optional<tasks::SidecarDrift> sidecar_drift() const;
    [[nodiscard]] bool is_update_due() const;
    /// What is wrong with the spec, its configuration included.
    [[nodiscard]] std::optional<plan::SpecProblem> spec_problem() const;
    /// The plan that the node needs now, or none.
    [[nodiscard]] std::optional<api::TaskPlan> build_plan();
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
};

}  // namespace sei::node
