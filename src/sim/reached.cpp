#include "sim/reached.hpp"

#include <algorithm>

#include "sei/api/conditions.hpp"
#include "sim/json_look.hpp"

namespace sim {
namespace {

using kube::HttpMethod;
using kube::json::find;
using kube::json::find_string;
using kube::json::Value;

constexpr std::string_view kConflict = "a status write met a conflict";
constexpr std::string_view kStatusUnanswered = "the answer to a status write was lost";
constexpr std::string_view kPlanUnanswered = "a plan was stored, and its author did not learn of it";
constexpr std::string_view kObjectUnanswered = "an object was made, and its author did not learn of it";
constexpr std::string_view kListedAgain = "an operator listed a kind once more";
constexpr std::string_view kLeaseMoved = "the lease went to the other operator";
constexpr std::string_view kTaskInherited = "an operator asked for a task that another life had handed over";
constexpr std::string_view kTaskForgotten = "a sidecar forgot a task that it had accepted";
constexpr std::string_view kTaskFailed = "a sidecar said that a task had failed";
constexpr std::string_view kTaskRetried = "a failed task got another attempt";
constexpr std::string_view kPlanFailed = "a plan failed";
constexpr std::string_view kPlanReplaced = "an active plan gave way to one for a newer spec";
constexpr std::string_view kPlanInherited = "a plan was ended by another life than had stored it";
constexpr std::string_view kTwoWriters = "two operators wrote one node in turn";
constexpr std::string_view kPausedInPlan = "a node was paused in the middle of a plan";
constexpr std::string_view kDeletedInPlan = "a node was deleted in the middle of a plan";
constexpr std::string_view kHeldByOthers = "a foreign finalizer held a node that we had let go";
constexpr std::string_view kMadeBeforeGone = "a node was made while the claim of its predecessor was going";
constexpr std::string_view kTrackedAnew = "a StatefulSet was gone, and another one is tracked";
constexpr std::string_view kImpostorGone = "the operator deleted a StatefulSet that was not the tracked one";
constexpr std::string_view kPodReplaced = "the operator deleted a pod of an older template";
constexpr std::string_view kRolloutSuperseded = "a rollout gave way to a newer one";
constexpr std::string_view kClaimOfNode = "a node waited for a claim that another node had";
constexpr std::string_view kClaimOfPod = "a node waited for a claim that a pod was on";
constexpr std::string_view kClaimGivenUp = "a node gave up a claim that it had been granted";
constexpr std::string_view kClaimWrong = "a plan failed by a claim that no node can be on";
constexpr std::string_view kClaimLeft = "a claim was left by its node";
constexpr std::string_view kClaimTaken = "a claim that was left was taken again";

constexpr std::array kSituations{kConflict,      kStatusUnanswered,  kPlanUnanswered, kObjectUnanswered, kListedAgain,
                                 kLeaseMoved,    kTaskInherited,     kTaskForgotten,  kTaskFailed,       kTaskRetried,
                                 kPlanFailed,    kPlanReplaced,      kPlanInherited,  kTwoWriters,       kPausedInPlan,
                                 kDeletedInPlan, kHeldByOthers,      kMadeBeforeGone, kTrackedAnew,      kImpostorGone,
                                 kPodReplaced,   kRolloutSuperseded, kClaimOfNode,    kClaimOfPod,       kClaimGivenUp,
                                 kClaimWrong,    kClaimLeft,         kClaimTaken};

bool is_operator(const Process* process) {
    return process != nullptr && process->is_operator;
}

std::string plan_of(const ObjectPtr& object, std::string_view field) {
    return text_at(object, {"status", "plan", field});
}

bool has_retries(const ObjectPtr& node) {
    const kube::json::Array none;
    return std::ranges::any_of(array_at(node->value(), {"status", "plan", "tasks"}, none), [](const Value& task) {
        const Value* count = find(task, {"retryCount"});
        return count != nullptr && count->is_int64() && count->get_int64() > 0;
    });
}

bool is_true(const ObjectPtr& object, std::initializer_list<std::string_view> path) {
    const Value* found = object ? find(object->value(), path) : nullptr;
    return found != nullptr && found->is_bool() && found->get_bool();
}

/// Null where there is none.
Value import_condition(const ObjectPtr& node) {
    const kube::json::Array none;
    for (const Value& condition : array_at(node->value(), {"status", "conditions"}, none)) {
        if (find_string(condition, {"type"}) == sei::api::node_condition::kImportPvcReady) return Value(condition, {});
    }
    return {};
}

std::size_t finalizers(const ObjectPtr& object) {
    const kube::json::Array none;
    return array_at(object->value(), {"metadata", "finalizers"}, none).size();
}

}  // namespace

std::vector<std::string_view> Reached::situations() {
    return {kSituations.begin(), kSituations.end()};
}

void Reached::exchanged(const Exchange& exchange) {
    const bool has_stored_plan = std::exchange(has_stored_plan_, false);
    const bool is_done = exchange.status >= 200 && exchange.status < 300;
    const bool is_status = exchange.method == HttpMethod::Patch && exchange.path.ends_with("/status");
    if (is_status && exchange.status == 409) reach(kConflict);
    if (is_status && is_done && !exchange.is_answered) reach(kStatusUnanswered);
    if (has_stored_plan && !exchange.is_answered) reach(kPlanUnanswered);
    if (exchange.status == 201 && !exchange.is_answered) reach(kObjectUnanswered);
    if (exchange.method == HttpMethod::Get && exchange.path.ends_with("/seinodes") &&
        !lists_.emplace(exchange.by.incarnation, exchange.path).second) {
        reach(kListedAgain);
    }
    if (exchange.is_write() && is_done && exchange.path.find("/leases") != std::string_view::npos) {
        if (!lease_holder_.empty() && lease_holder_ != exchange.by.name) reach(kLeaseMoved);
        lease_holder_ = exchange.by.name;
    }
}

void Reached::exchanged(const SidecarExchange& exchange) {
    if (exchange.task_id.empty()) return;
    if (exchange.is_submission) {
        if (exchange.status >= 200 && exchange.status < 300) submitters_[exchange.task_id] = exchange.by.incarnation;
        return;
    }
    const auto submitter = submitters_.find(exchange.task_id);
    if (submitter == submitters_.end()) return;
    if (submitter->second != exchange.by.incarnation) reach(kTaskInherited);
    if (exchange.status == 404) reach(kTaskForgotten);
    if (exchange.answer.find(R"("status":"failed")") != std::string::npos) reach(kTaskFailed);
}

void Reached::changed(const Change& change) {
    const bool is_ours = is_operator(change.by);
    const bool goes = change.before && !is_going(change.before) && (!change.after || is_going(change.after));
    if (change.kind == WatchedKind::Node) node_changed(change);
    if (change.kind == WatchedKind::Claim && change.before && change.after && is_ours) {
        const bool was_owned = !controller_of(change.before).empty();
        const bool is_owned = !controller_of(change.after).empty();
        if (was_owned && !is_owned) reach(kClaimLeft);
        if (!was_owned && is_owned) reach(kClaimTaken);
    }
    if (change.kind == WatchedKind::StatefulSet && goes && is_ours) reach(kImpostorGone);
    if (change.kind == WatchedKind::Pod && goes && is_ours) reach(kPodReplaced);
    if (change.kind == WatchedKind::Deployment && change.before && change.after) {
        const std::string before = text_at(change.before, {"status", "rollout", "targetHash"});
        const std::string after = text_at(change.after, {"status", "rollout", "targetHash"});
        if (!before.empty() && !after.empty() && before != after) reach(kRolloutSuperseded);
    }
}

void Reached::node_changed(const Change& change) {
    if (!change.after) return;
    if (!change.before) {
        const ObjectPtr claim = view().find(WatchedKind::Claim, {change.key.namespace_, "data-" + change.key.name});
        if (claim && is_going(claim)) reach(kMadeBeforeGone);
        return;
    }
    const std::string id_before = plan_of(change.before, "id");
    const std::string id_after = plan_of(change.after, "id");
    const bool was_active = plan_of(change.before, "phase") == "Active";
    const bool is_active = plan_of(change.after, "phase") == "Active";
    const bool goes = is_going(change.after);
    const bool was_going = is_going(change.before);
    if (goes && !was_going && is_active) reach(kDeletedInPlan);
    if (is_true(change.after, {"spec", "paused"}) && !is_true(change.before, {"spec", "paused"}) && is_active) {
        reach(kPausedInPlan);
    }
    if (!is_operator(change.by)) return;
    std::string& writer = last_writers_[change.key];
    if (!writer.empty() && writer != change.by->name) reach(kTwoWriters);
    writer = change.by->name;
    if (!id_after.empty() && id_after != id_before) {
        plan_authors_[id_after] = change.by->incarnation;
        has_stored_plan_ = true;
        if (was_active) reach(kPlanReplaced);
    }
    if (was_active && (!is_active || id_before != id_after)) {
        const auto author = plan_authors_.find(id_before);
        if (author != plan_authors_.end() && author->second != change.by->incarnation) reach(kPlanInherited);
    }
    if (plan_of(change.after, "phase") == "Failed" && was_active) reach(kPlanFailed);
    const Value import_before = import_condition(change.before);
    const Value import_after = import_condition(change.after);
    const std::string_view message = find_string(import_after, {"message"});
    if (find_string(import_after, {"status"}) == "False") {
        if (message.find("data volume of SeiNode") != message.npos) reach(kClaimOfNode);
        if (message.find("is mounted by pod") != message.npos) reach(kClaimOfPod);
        if (find_string(import_before, {"status"}) == "True") reach(kClaimGivenUp);
        const bool was_wrong = find_string(import_before, {"reason"}) == "PVCInvalid";
        if (find_string(import_after, {"reason"}) == "PVCInvalid" && !was_wrong) reach(kClaimWrong);
    }
    if (has_retries(change.after) && !has_retries(change.before)) reach(kTaskRetried);
    const std::string tracked_before = text_at(change.before, {"status", "statefulSet", "uid"});
    const std::string tracked_after = text_at(change.after, {"status", "statefulSet", "uid"});
    if (!tracked_before.empty() && tracked_before != tracked_after) reach(kTrackedAnew);
    if (goes && finalizers(change.after) > 0 && finalizers(change.after) < finalizers(change.before)) {
        reach(kHeldByOthers);
    }
}

}  // namespace sim
