#include "sim/plan_oracles.hpp"

#include <fmt/format.h>

#include "sim/json_look.hpp"

namespace sim {
namespace {

using kube::json::find;
using kube::json::find_string;
using kube::json::Value;

const kube::json::Array& tasks_of(const Value& plan, const kube::json::Array& none) {
    return array_at(plan, {"tasks"}, none);
}

const Value* active_plan(const ObjectPtr& node) {
    const Value* plan = find(node->value(), {"status", "plan"});
    return plan != nullptr && find_string(*plan, {"phase"}) == "Active" ? plan : nullptr;
}

}  // namespace

void NoPlanIsLost::changed(const Change& change) {
    if (change.kind != WatchedKind::Node || !change.before || !change.after) return;
    const Value* before = active_plan(change.before);
    if (before == nullptr) return;
    const Value* after = find(change.after->value(), {"status", "plan"});
    const std::string_view id = find_string(*before, {"id"});
    if (after == nullptr) {
        if (find_string(*before, {"targetPhase"}) != text_at(change.after, {"status", "phase"}) &&
            !find_string(*before, {"targetPhase"}).empty()) {
            violated(fmt::format(
                "plan {} of {} went away, and its target phase {} was not reached",
                id,
                change.key.name,
                find_string(*before, {"targetPhase"})
            ));
        }
        return;
    }
    if (find_string(*after, {"id"}) != id) {
        violated(fmt::format(
            "active plan {} of {} was replaced by plan {}", id, change.key.name, find_string(*after, {"id"})
        ));
        return;
    }
    const kube::json::Array none;
    const auto& tasks_before = tasks_of(*before, none);
    const auto& tasks_after = tasks_of(*after, none);
    if (tasks_before.size() != tasks_after.size()) {
        violated(fmt::format("plan {} of {} has other tasks than before", id, change.key.name));
        return;
    }
    for (std::size_t i = 0; i < tasks_before.size(); ++i) {
        if (find_string(tasks_before[i], {"id"}) != find_string(tasks_after[i], {"id"})) {
            violated(fmt::format("task {} of plan {} changed its identifier", i, id));
        } else if (find_string(tasks_before[i], {"status"}) == "Complete" &&
                   find_string(tasks_after[i], {"status"}) != "Complete") {
            violated(fmt::format("task {} of plan {} of {} is complete no more", i, id, change.key.name));
        }
    }
}

void PlanBeforeEffect::changed(const Change& change) {
    if (change.kind != WatchedKind::Node || !change.after) return;
    const Value* plan = find(change.after->value(), {"status", "plan"});
    if (plan == nullptr) return;
    const kube::json::Array none;
    for (const Value& task : tasks_of(*plan, none)) stored_.emplace(find_string(task, {"id"}));
}

void PlanBeforeEffect::exchanged(const SidecarExchange& exchange) {
    if (!exchange.is_submission || exchange.status < 200 || exchange.status >= 300) return;
    if (!stored_.contains(exchange.task_id)) {
        violated(fmt::format(
            "task {} was handed to the sidecar of {} and stands in no stored plan", exchange.task_id, exchange.node.name
        ));
    }
}

void SubmittedOnce::exchanged(const SidecarExchange& exchange) {
    if (exchange.task_id.empty()) return;
    const std::pair key{exchange.by.incarnation, exchange.task_id};
    if (exchange.is_submission) {
        if (exchange.status < 200 || exchange.status >= 300) return;
        if (!accepted_.insert(key).second) {
            violated(fmt::format(
                "{} handed task {} to the sidecar of {} twice", exchange.by.name, exchange.task_id, exchange.node.name
            ));
        }
        return;
    }
    const bool is_unknown = exchange.status == 404;
    const bool has_failed = exchange.status == 200 && exchange.answer.find(R"("status":"failed")") != std::string::npos;
    if (is_unknown || has_failed) accepted_.erase(key);
}

}  // namespace sim
