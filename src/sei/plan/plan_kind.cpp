#include "sei/plan/plan_kind.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "sei/plan/task_type.hpp"

namespace sei::plan {

PlanKind kind_of(const api::TaskPlan& plan) {
    for (const api::PlannedTask& task : plan.tasks) {
        if (task.type == to_wire(TaskType::ObserveImage)) return PlanKind::NodeUpdate;
        if (task.type == to_wire(TaskType::EnsureDataPvc)) return PlanKind::Init;
    }
    constexpr std::array kReopening{
        TaskType::ConfigApply,
        TaskType::SetGenesisPeers,
        TaskType::DiscoverPeers,
        TaskType::ConfigValidate,
        TaskType::SnapshotUpload,
        TaskType::MarkReady
    };
    const bool only_reopens = std::ranges::all_of(plan.tasks, [&](const api::PlannedTask& task) {
        const auto type = parse_task_type(task.type);
        return type && std::ranges::find(kReopening, *type) != kReopening.end();
    });
    return only_reopens && !plan.tasks.empty() ? PlanKind::MarkReady : PlanKind::Unknown;
}

std::string_view to_string(PlanKind kind) {
    switch (kind) {
        case PlanKind::Init:
            return "init";
        case PlanKind::NodeUpdate:
            return "node-update";
        case PlanKind::MarkReady:
            return "mark-ready-reapply";
        case PlanKind::Unknown:
            return "unknown";
    }
    std::unreachable();
}

}  // namespace sei::plan
