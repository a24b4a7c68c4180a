#include "sim/plan_oracles.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "kube/json/same.hpp"
#include "sim/json_look.hpp"

namespace sim {
namespace {

using kube::json::find;
using kube::json::find_string;
using kube::json::Value;

const kube::json::Array& tasks_of(const Value& plan, const kube::json::Array& none) {
    return array_at(plan, {"tasks"}, none);
}

const Value* active_plan(const ObjectPtr& object) {
    const Value* plan = find(object->value(), {"status", "plan"});
    return plan != nullptr && find_string(*plan, {"phase"}) == "Active" ? plan : nullptr;
}

/// Do both ask for the same? Whoever pauses asks for nothing else.
bool is_same_wish(const ObjectPtr& one, const ObjectPtr& other) {
    const auto wish_of = [](const ObjectPtr& object) {
        const Value* spec = find(object->value(), {"spec"});
        kube::json::Object wish;
        if (spec != nullptr && spec->is_object()) wish = {spec->get_object(), boost::json::storage_ptr{}};
        wish.erase("paused");
        return Value(std::move(wish));
    };
    return kube::json::same(wish_of(one), wish_of(other));
}

std::int64_t generation_of(const ObjectPtr& object) {
    const Value* found = find(object->value(), {"metadata", "generation"});
    return found != nullptr && found->is_int64() ? found->get_int64() : 0;
}

/// Did the labels that it has as sources of peers stand for nobody in one of the two, and for somebody in the other? A
/// pause that is over is a new generation: the operator asks whether the plan would be built in the same way again, and
/// without any source there is less to do.
bool has_other_sources(const ObjectPtr& built_for, const ObjectPtr& now) {
    const kube::json::Array none;
    const auto stand_for_nobody = [&](const ObjectPtr& node) {
        return array_at(node->value(), {"status", "resolvedPeers"}, none).empty();
    };
    return stand_for_nobody(built_for) != stand_for_nobody(now);
}

bool says_failed(const SidecarExchange& exchange) {
    return exchange.status == 200 && exchange.answer.find(R"("status":"failed")") != std::string::npos;
}

/// Did a rollout of a fleet end, for good or bad?
bool has_rollout_ended(const Change& change) {
    const std::string target = text_at(change.before, {"status", "rollout", "targetHash"});
    if (find(change.after->value(), {"status", "rollout"}) != nullptr) return false;
    if (text_at(change.after, {"status", "templateHash"}) == target) return true;
    const kube::json::Array none;
    for (const Value& condition : array_at(change.after->value(), {"status", "conditions"}, none)) {
        if (find_string(condition, {"type"}) == "RolloutInProgress") {
            return find_string(condition, {"reason"}) == "RolloutFailed";
        }
    }
    return false;
}

bool has_task(const Value& plan, std::string_view type) {
    const kube::json::Array none;
    return std::ranges::any_of(tasks_of(plan, none), [&](const Value& task) {
        return find_string(task, {"type"}) == type;
    });
}

/// Can no node be on a claim that asks for this? All that could be ask for the same.
bool is_wrong(const ObjectPtr& claim) {
    const kube::json::Array none;
    const kube::json::Array& modes = array_at(claim->value(), {"spec", "accessModes"}, none);
    const bool is_writable =
        std::ranges::any_of(modes, [](const Value& mode) { return mode.as_string() == "ReadWriteOnce"; });
    return !is_writable || find_string(claim->value(), {"spec", "resources", "requests", "storage"}) != "2000Gi";
}

bool only_gate_is_left(const Value& plan) {
    const kube::json::Array none;
    return std::ranges::all_of(tasks_of(plan, none), [](const Value& task) {
        const std::string_view type = find_string(task, {"type"});
        return find_string(task, {"status"}) == "Complete" || type == "mark-ready" || type == "snapshot-upload";
    });
}

}  // namespace

void FailedBootstraps::changed(const Change& change) {
    if (change.kind != WatchedKind::Job || !change.after) return;
    if (is_condition_true(change.after->value(), "Failed")) uids_.insert(controller_of(change.after));
}

bool FailedBootstraps::has(const ObjectPtr& node) const {
    return uids_.contains(uid_of(node));
}

void NoPlanIsLost::changed(const Change& change) {
    failed_bootstraps_.changed(change);
    if (change.kind != WatchedKind::Node && change.kind != WatchedKind::Deployment) return;
    if (!change.after) return;
    const Value* after = find(change.after->value(), {"status", "plan"});
    const Value* before = change.before ? active_plan(change.before) : nullptr;
    const unsigned by = change.by != nullptr ? change.by->incarnation : 0;
    if (after != nullptr) built_for_.emplace(find_string(*after, {"id"}), Beginning{change.after, by});
    if (before == nullptr) return;
    judged();
    const std::string id{find_string(*before, {"id"})};
    if (after == nullptr) {
        const std::string_view target = find_string(*before, {"targetPhase"});
        if (change.kind == WatchedKind::Deployment) {
            if (!has_rollout_ended(change)) {
                violated(fmt::format("plan {} of fleet {} went away without an end", id, change.key.name));
            }
        } else if (target != text_at(change.after, {"status", "phase"}) && !target.empty()) {
            violated(fmt::format(
                "plan {} of {} went away, and its target phase {} was not reached", id, change.key.name, target
            ));
        }
        return;
    }
    if (find_string(*after, {"id"}) != id) {
        // A plan serves the spec that it was built for: a changed spec may replace it, or a pod that never opens its
        // gate.
        const auto& [built_for, author] = built_for_.at(id);
        if (!is_same_wish(built_for, change.after)) return;
        // Of two operators each asks by itself, once for each generation.
        const bool is_asked = generation_of(built_for) != generation_of(change.after) || author != by;
        if (is_asked && has_other_sources(built_for, change.after)) return;
        if (only_gate_is_left(*before) && has_task(*after, "replace-pod")) return;
        // A bootstrap that was disrupted is begun anew.
        if (failed_bootstraps_.has(change.after) && has_task(*before, "await-bootstrap-complete")) return;
        violated(fmt::format(
            "active plan {} of {} was replaced by plan {}", id, change.key.name, find_string(*after, {"id"})
        ));
        return;
    }
    judge_tasks(*before, *after, change.key.name);
}

void NoPlanIsLost::judge_tasks(const Value& before, const Value& after, const std::string& whose) {
    const std::string_view id = find_string(before, {"id"});
    const kube::json::Array none;
    const auto& tasks_before = tasks_of(before, none);
    const auto& tasks_after = tasks_of(after, none);
    if (tasks_before.size() != tasks_after.size()) {
        violated(fmt::format("plan {} of {} has other tasks than before", id, whose));
        return;
    }
    for (std::size_t i = 0; i < tasks_before.size(); ++i) {
        if (find_string(tasks_before[i], {"id"}) != find_string(tasks_after[i], {"id"})) {
            // The gate of a bootstrap pod is opened once more after a restart of its sidecar, by a task of another id.
            const bool is_gate = find_string(tasks_before[i], {"type"}) == "mark-ready";
            if (is_gate && has_task(before, "await-bootstrap-complete")) continue;
            violated(fmt::format("task {} of plan {} changed its identifier", i, id));
        } else if (find_string(tasks_before[i], {"status"}) == "Complete" &&
                   find_string(tasks_after[i], {"status"}) != "Complete") {
            violated(fmt::format("task {} of plan {} of {} is complete no more", i, id, whose));
        }
    }
}

void NoPlanFailsByItself::exchanged(const SidecarExchange& exchange) {
    const bool is_refused = exchange.is_submission && exchange.status >= 400 && exchange.status < 500;
    if (is_refused || says_failed(exchange)) failed_tasks_.insert(exchange.task_id);
}

void NoPlanFailsByItself::changed(const Change& change) {
    failed_bootstraps_.changed(change);
    if (!change.after) return;
    if (change.kind == WatchedKind::Claim && is_wrong(change.after)) wrong_claims_.insert(change.key.name);
    if (change.kind != WatchedKind::Node) return;
    const auto has_failed = [](const ObjectPtr& node) {
        return text_at(node, {"status", "plan", "phase"}) == "Failed";
    };
    if (!has_failed(change.after) || has_failed(change.before)) return;
    judged();
    const bool has_wrong_claim =
        wrong_claims_.contains(text_at(change.after, {"spec", "dataVolume", "import", "pvcName"}));
    const kube::json::Array none;
    for (const Value& task : tasks_of(*find(change.after->value(), {"status", "plan"}), none)) {
        if (has_wrong_claim && find_string(task, {"type"}) == "ensure-data-pvc") continue;
        if (find_string(task, {"status"}) != "Failed" || failed_tasks_.contains(find_string(task, {"id"})) ||
            failed_bootstraps_.has(change.after)) {
            continue;
        }
        violated(fmt::format(
            "task {} of {} failed, and nobody said so: {}",
            find_string(task, {"type"}),
            change.key.name,
            find_string(task, {"error"})
        ));
    }
}

void PlanBeforeEffect::changed(const Change& change) {
    const bool is_ours = change.is_by_operator();
    if (change.kind == WatchedKind::Claim && !change.before && is_ours) {
        judged();
        const std::string owner = controller_of(change.after);
        if (!owner.empty() && !planned_.contains(owner)) {
            violated(fmt::format("{} made {} for a node without a stored plan", change.by->name, change.key.name));
        }
    }
    const bool has_plans = change.kind == WatchedKind::Node || change.kind == WatchedKind::Deployment;
    if (!has_plans || !change.after) return;
    const Value* plan = find(change.after->value(), {"status", "plan"});
    if (plan == nullptr) return;
    planned_.insert(uid_of(change.after));
    const kube::json::Array none;
    for (const Value& task : tasks_of(*plan, none)) stored_.emplace(find_string(task, {"id"}));
}

void PlanBeforeEffect::exchanged(const SidecarExchange& exchange) {
    if (!exchange.is_submission || exchange.status < 200 || exchange.status >= 300) return;
    judged();
    if (!stored_.contains(exchange.task_id)) {
        violated(fmt::format(
            "task {} was handed to the sidecar of {} and stands in no stored plan", exchange.task_id, exchange.node.name
        ));
    }
}

void OneTaskAtATime::exchanged(const SidecarExchange& exchange) {
    if (!exchange.is_submission || exchange.status < 200 || exchange.status >= 300) return;
    const ObjectPtr node = view().find(WatchedKind::Node, exchange.node);
    const Value* plan = node ? find(node->value(), {"status", "plan"}) : nullptr;
    givers_.erase(exchange.task_id);
    if (plan == nullptr) return;
    // An operator that is behind hands over what another one has replaced: the sidecar cannot tell, and who is at fault
    // would not be the one that is judged.
    const kube::json::Array none;
    const auto is_in_plan = [&](const std::string& id) {
        return std::ranges::any_of(tasks_of(*plan, none), [&](const Value& task) {
            return find_string(task, {"id"}) == id;
        });
    };
    if (!is_in_plan(exchange.task_id)) return;
    givers_[exchange.task_id] = &exchange.by;
    const std::vector<std::string> at_work = view().running_tasks(exchange.node);
    // One that is done already is accepted and not done again.
    if (std::ranges::find(at_work, exchange.task_id) == at_work.end()) return;
    judged();
    for (const std::string& running : at_work) {
        // In what order a plan does its own is another oracle's to judge.
        if (is_in_plan(running)) continue;
        // Whoever began with an old view may have handed over what no plan asked for anymore; and two operators that do
        // not know of each other both hand something over at one instant.
        const auto giver = givers_.find(running);
        if (giver == givers_.end() || (giver->second != &exchange.by && !giver->second->is_dead)) continue;
        violated(fmt::format(
            "task {} was handed to the sidecar of {} while it worked at {}",
            exchange.task_id,
            exchange.node.name,
            running
        ));
    }
}

void SubmittedOnce::exchanged(const SidecarExchange& exchange) {
    if (exchange.task_id.empty()) return;
    const std::pair key{exchange.by.incarnation, exchange.task_id};
    if (!exchange.is_submission) {
        if (!exchange.is_answered) return;  // it was told nothing
        if (exchange.status == 404 || says_failed(exchange)) {
            free_.insert(key);
        } else if (exchange.status == 200) {
            free_.erase(key);
        }
        return;
    }
    if (exchange.status < 200 || exchange.status >= 300) return;
    judged();
    const bool was_free = free_.erase(key) > 0;
    if (accepted_.insert(exchange.task_id).second || was_free) return;
    violated(fmt::format(
        "{} handed task {} to the sidecar of {} again", exchange.by.name, exchange.task_id, exchange.node.name
    ));
}

}  // namespace sim
