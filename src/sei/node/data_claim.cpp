#include "sei/node/data_claim.hpp"

#include <algorithm>

#include "kube/types/persistent_volume_claim.hpp"
#include "sei/api/conditions.hpp"
#include "sei/api/labels.hpp"
#include "sei/api/node_queries.hpp"
#include "sei/node/waits.hpp"
#include "sei/plan/plan_kind.hpp"
#include "sei/plan/progress.hpp"
#include "sei/plan/task_type.hpp"

namespace sei::node {
namespace {

using kube::Requeue;

constexpr std::string_view kSubject = "claim";

}  // namespace

kube::Async<std::optional<Requeue>> DataClaim::keep() {
    const api::SeiNode& node = *context_.node;
    const auto cached = context_.observed.data_volume_claim();
    const bool is_there = cached && !(*cached)->metadata.deletionTimestamp;
    if (is_there || !was_there() || !api::imported_pvc_name(node.spec).empty()) {
        forget();
        co_return std::nullopt;
    }
    const auto live = co_await context_.client.get<kube::PersistentVolumeClaim>(api::data_pvc_key(node));
    if (live && (*live)->metadata.deletionTimestamp) {
        note("is being deleted, and the data go with the node's pod");
        co_return wait_for_somebody();
    }
    if (live || !is_missed()) {
        forget();
        co_return std::nullopt;
    }
    if (node.spec.validator && !needs_.is_retry_requested()) {
        note(
            "is gone, and with it what keeps a validator from signing twice: bring it back, or annotate the node "
            "with " +
            std::string{api::kRetryAnnotation} + " to begin anew with an empty one"
        );
        co_return wait_for_somebody();
    }
    co_return begin_anew();
}

bool DataClaim::was_there() const {
    if (needs_.is_running()) return true;
    const api::SeiNodeStatus& status = context_.status;
    return status.phase == api::NodePhase::Initializing && status.plan &&
           plan::has_completed(*status.plan, plan::TaskType::EnsureDataPvc);
}

bool DataClaim::is_missed() const {
    const auto pods = context_.observed.pods();
    return std::ranges::any_of(pods, [](const auto& pod) { return pod->status.phase == "Pending"; }) &&
           std::ranges::none_of(pods, [](const auto& pod) { return pod->status.phase == "Running"; });
}

Requeue DataClaim::begin_anew() {
    api::SeiNodeStatus& status = context_.status;
    plan::set_phase(status, api::NodePhase::Initializing, kube::Time::of(context_.clock.now()));
    status.currentImage.clear();
    status.appliedConfig.reset();
    const std::optional<plan::SpecProblem> problem = needs_.spec_problem();
    conditions_.set_spec_problem(problem);
    if (problem) {
        // An initial plan tells what it left behind; of the others none can do anything now.
        const bool is_init = status.plan && plan::kind_of(*status.plan) == plan::PlanKind::Init;
        if (!is_init) status.plan.reset();
        return Requeue::after(kUnservableSpecPoll, "a spec that can be served");
    }
    status.plan = planner_.plan_for_empty_volume();
    return Requeue::after(std::chrono::milliseconds{0}, "the plan for an empty volume to be stored");
}

std::optional<Requeue> DataClaim::wait_for_somebody() const {
    if (!context_.node->spec.validator || needs_.is_running() || needs_.is_retry_requested()) return std::nullopt;
    return Requeue::after(kWorkloadPoll, "the data claim, or somebody to ask for an empty one");
}

void DataClaim::note(const std::string& what) {
    tasks::note_trouble(
        context_.memory,
        context_.clock.monotonic(),
        kSubject,
        api::reason::kDataVolumeMissing,
        "claim " + api::data_pvc_key(*context_.node).name + " " + what,
        true
    );
}

void DataClaim::forget() {
    tasks::forget_trouble(context_.memory, kSubject);
}

}  // namespace sei::node
