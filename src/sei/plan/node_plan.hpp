// The plans of a node: which tasks, in which order, with which parameters (spec 02 §18, §20, §21).
#pragma once

#include <optional>
#include <string>

#include "sei/api/node.hpp"
#include "sei/plan/config_intent.hpp"
#include "sei/plan/task_id.hpp"

namespace sei::plan {

/// What a plan is for; told from its tasks, so that plans of other operators are known too (spec 02 §23).
enum class PlanKind { Init, NodeUpdate, MarkReady, Unknown };
[[nodiscard]] PlanKind kind_of(const api::TaskPlan& plan);
/// "init", "node-update", "mark-ready-reapply", "unknown": the `plan_type` of metrics.
[[nodiscard]] std::string_view to_string(PlanKind kind);

/// The first plan of a node, by its mode: a ceremony's, one with a bootstrap Job, or the base plan (spec 02 §18.3,
/// §19). `problem_of(node)` has found nothing.
[[nodiscard]] api::TaskPlan init_plan(const api::SeiNode& node, UuidSource& ids);
/// Brings a running node to `spec.image`. The keys that are configured are checked before a pod is replaced (spec 08
/// 4.8).
[[nodiscard]] api::TaskPlan update_plan(const api::SeiNode& node, UuidSource& ids);
/// Opens the gate again after the sidecar restarted.
[[nodiscard]] api::TaskPlan mark_ready_plan(UuidSource& ids);

/// Do both ask for the same: the same tasks in the same order with the same parameters?
[[nodiscard]] bool is_same_work(const api::TaskPlan& a, const api::TaskPlan& b);

/// The configuration that a new node gets: the layers of spec 02 §21, later ones winning.
[[nodiscard]] ConfigIntent config_intent(const api::SeiNode& node);

}  // namespace sei::plan
