// One pass over one living node: what is done to it, in which order. It ends in a changed status, not in a write.
#pragma once

#include <optional>

#include "kube/async/async.hpp"
#include "kube/runtime/requeue.hpp"
#include "sei/node/cached_objects.hpp"
#include "sei/node/data_claim.hpp"
#include "sei/node/needs.hpp"
#include "sei/node/node_conditions.hpp"
#include "sei/node/node_metrics.hpp"
#include "sei/node/planner.hpp"
#include "sei/node/supersession.hpp"
#include "sei/plan/task_id.hpp"
#include "sei/tasks/rollout.hpp"
#include "sei/tasks/task_context.hpp"

namespace sei::node {

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
        : context_{context},
          caches_{caches},
          metrics_{metrics},
          conditions_{conditions},
          needs_{context},
          planner_{context, needs_, conditions, ids},
          supersession_{context, needs_, planner_, conditions},
          claim_{context, needs_, planner_, conditions} {}
    NodePass(const NodePass&) = delete;
    NodePass& operator=(const NodePass&) = delete;

    /// Changes `context.status` in memory. ApiError and TransportError pass through; what was changed until then
    /// counts.
    [[nodiscard]] kube::Async<kube::Requeue> run();

    /// After a pass that ended before it could ask whether the plan serves the changed spec: says so in the status, as
    /// a restart of the operator would forget it.
    void keep_question() { supersession_.keep_question(); }
    [[nodiscard]] const std::optional<EndedPlan>& ended_plan() const { return planner_.ended_plan(); }
    /// Has the pass made up its mind whether the plan serves the changed spec? What it decided is in the status.
    [[nodiscard]] bool is_question_answered() const { return supersession_.is_question_answered(); }

private:
    /// Nullopt: go on.
    [[nodiscard]] kube::Async<std::optional<kube::Requeue>> keep_workload();
    /// Those that cannot make progress (spec 08 2.2).
    [[nodiscard]] kube::Async<> replace_outdated_pods_while_initializing();
    /// What runs is what later changes are compared with, where nothing was recorded (spec 08 2.6).
    void observe_unrecorded_image(tasks::PodIsKnown known);
    void adopt_configuration();
    [[nodiscard]] kube::Async<kube::Requeue> resolve_plan();
    [[nodiscard]] kube::Async<kube::Requeue> execute();
    [[nodiscard]] kube::Async<kube::Requeue> end_complete_plan();
    /// Tells what waits for a restart, once it can be told.
    void judge_restart();
    [[nodiscard]] kube::Async<> probe();
    /// Nothing but the passing of time asks for a probe: one that found the sidecar ready a moment ago will do.
    [[nodiscard]] kube::Async<> probe_unless_fresh();
    [[nodiscard]] bool is_probe_due() const;
    [[nodiscard]] kube::Requeue at_rest() const;

    tasks::TaskContext& context_;
    const NodeCaches& caches_;
    NodeMetrics& metrics_;
    Conditions& conditions_;
    Needs needs_;
    Planner planner_;
    Supersession supersession_;
    DataClaim claim_;
};

}  // namespace sei::node
