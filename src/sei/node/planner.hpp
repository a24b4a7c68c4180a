// Which plan a node gets, what becomes of one that has ended, and when an update that failed is tried again.
#pragma once

#include <chrono>
#include <optional>

#include "kube/meta/time.hpp"
#include "kube/runtime/requeue.hpp"
#include "sei/node/needs.hpp"
#include "sei/node/node_conditions.hpp"
#include "sei/plan/plan_kind.hpp"
#include "sei/plan/task_id.hpp"
#include "sei/tasks/task_context.hpp"

namespace sei::node {

/// A plan that ended in this pass, for the metrics after the write.
struct EndedPlan {
    plan::PlanKind kind = plan::PlanKind::Unknown;
    bool succeeded = false;
    std::optional<kube::Time> started;
};

class Planner {
public:
    /// Everything outlives it.
    Planner(tasks::TaskContext& context, const Needs& needs, Conditions& conditions, plan::UuidSource& ids)
        : context_{context}, needs_{needs}, conditions_{conditions}, ids_{ids} {}

    /// The plan that the node needs now, or none. It begins nothing beside what the sidecar may still run of the plan
    /// that is there, or was until this pass.
    [[nodiscard]] std::optional<api::TaskPlan> build_plan();
    /// An initial plan for a volume that is empty: of what an earlier one held nothing is left.
    [[nodiscard]] api::TaskPlan plan_for_empty_volume();
    /// The plan, if there is one, has come to its end.
    void put_plan_away();
    /// The one that has ended in this pass.
    [[nodiscard]] const std::optional<EndedPlan>& ended_plan() const { return ended_plan_; }

    /// The task that failed the stored plan; null when there is none.
    [[nodiscard]] api::PlannedTask* failed_task() const;
    /// The plan has come to its end in this pass; one that has failed may stay.
    void note_end();
    /// An update has failed: stores when the next attempt may begin. Returns how long that is.
    [[nodiscard]] std::chrono::milliseconds put_update_off();
    /// Is a failed update plan to be left in place for now?
    [[nodiscard]] std::optional<kube::Requeue> damped_failure() const;
    /// An update that has failed is not tried again before its time, also when the gate was opened meanwhile.
    [[nodiscard]] bool is_update_put_off() const;
    /// What somebody changed or asked for is a new attempt.
    void forgive_failed_update();
    /// Does seid wait at a gate that may be opened, whatever keeps an update from being made?
    [[nodiscard]] bool is_gate_to_be_opened() const;

private:
    [[nodiscard]] std::optional<api::TaskPlan> planned();
    [[nodiscard]] kube::Time now() const { return kube::Time::of(context_.clock.now()); }

    tasks::TaskContext& context_;
    const Needs& needs_;
    Conditions& conditions_;
    plan::UuidSource& ids_;
    std::optional<EndedPlan> ended_plan_;
    /// The terminal plan that this pass has put away.
    std::optional<api::TaskPlan> put_away_;
};

}  // namespace sei::node
