// What a plan is for.
#pragma once

#include <string_view>

#include "sei/api/node.hpp"

namespace sei::plan {

/// What a plan is for; told from its tasks, so that plans of other operators are known too (spec 02 §23).
enum class PlanKind { Init, NodeUpdate, MarkReady, Unknown };
[[nodiscard]] PlanKind kind_of(const api::TaskPlan& plan);
/// "init", "node-update", "mark-ready-reapply", "unknown": the `plan_type` of metrics.
[[nodiscard]] std::string_view to_string(PlanKind kind);

}  // namespace sei::plan
