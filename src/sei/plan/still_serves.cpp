#include "sei/plan/still_serves.hpp"

#include <algorithm>
#include <optional>
#include <ranges>

#include "sei/plan/key_checks.hpp"
#include "sei/plan/node_config.hpp"
#include "sei/plan/peer_sources.hpp"
#include "sei/plan/progress.hpp"
#include "sei/plan/task_type.hpp"

namespace sei::plan {
namespace {

/// Are the sources that the spec names now those of a task that is not done yet?
bool serves_peers(const api::TaskPlan& plan, const api::SeiNode& node) {
    return node.spec.peers.empty() || std::ranges::any_of(plan.tasks, [&](const api::PlannedTask& task) {
               return task.type == to_wire(TaskType::DiscoverPeers) && task.status == api::TaskStatus::Pending &&
                      (!task.submittedAt || names_sources(task.params, node));
           });
}

}  // namespace

bool serves_configuration(const api::TaskPlan& plan, const api::SeiNode& changed) {
    api::SeiNode node = changed;
    // What this plan has given, and is about to validate, is none of what a plan would be needed for.
    const api::PlannedTask* validation = find_task(plan, TaskType::ConfigValidate);
    if (node.status.appliedConfig && validation != nullptr && validation->status == api::TaskStatus::Pending) {
        node.status.appliedConfig->unvalidated = false;
    }
    const ConfigIntent wanted = config_intent(node);
    const auto last = std::ranges::find(
        plan.tasks.rbegin(), plan.tasks.rend(), to_wire(TaskType::ConfigApply), &api::PlannedTask::type
    );
    const std::optional<ConfigDrift> drift = config_drift(node);
    if (drift && drift->in_peers && !serves_peers(plan, node)) return false;
    if (last == plan.tasks.rend() || last->status == api::TaskStatus::Complete) return !drift || !drift->in_values;
    const boost::json::object* params = last->params.if_object();
    const boost::json::value* mode = params == nullptr ? nullptr : params->if_contains("mode");
    const boost::json::value* overrides = params == nullptr ? nullptr : params->if_contains("overrides");
    return mode != nullptr && *mode == boost::json::value(wanted.mode) && overrides != nullptr &&
           *overrides == boost::json::value(to_json(wanted.overrides));
}

bool serves_key_checks(const api::TaskPlan& plan, const api::SeiNode& node) {
    const auto is_check = [](const api::PlannedTask& task) { return is_key_check(task.type); };
    auto planned = plan.tasks | std::views::filter(is_check);
    return std::ranges::equal(planned, key_checks(node), [](const api::PlannedTask& task, const KeyCheck& check) {
        return task.type == to_wire(check.type) && task.params == boost::json::value(check.params);
    });
}

bool is_same_work(const api::TaskPlan& plan, const api::TaskPlan& next, const api::SeiNode& node) {
    return std::ranges::equal(plan.tasks, next.tasks, [&](const api::PlannedTask& x, const api::PlannedTask& y) {
        if (x.type != y.type) return false;
        return x.params == y.params || (x.type == to_wire(TaskType::DiscoverPeers) && names_sources(x.params, node));
    });
}

}  // namespace sei::plan
