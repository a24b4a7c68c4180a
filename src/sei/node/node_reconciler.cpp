#include "sei/node/node_reconciler.hpp"

#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/this_coro.hpp>

#include "kube/runtime/finalizer.hpp"
#include "planted/planted.hpp"
#include "sei/api/conditions.hpp"
#include "sei/api/events.hpp"
#include "sei/api/labels.hpp"
#include "sei/api/node_queries.hpp"
#include "sei/node/announcements.hpp"
#include "sei/node/node_conditions.hpp"
#include "sei/node/node_pass.hpp"
#include "sei/plan/plan_kind.hpp"
#include "sei/plan/progress.hpp"
#include "sei/sidecar/answers.hpp"
#include "sei/tasks/still_due.hpp"

namespace sei::node {
namespace {

using kube::Requeue;
using NodeSnapshot = kube::Snapshot<api::SeiNode>;

/// Was the trouble with a task that is no longer to be done? Another operator may have completed it.
bool is_over(const tasks::Trouble& trouble, const std::optional<api::TaskPlan>& plan) {
    if (trouble.outlives_task) return !plan;
    if (!plan::is_active(plan)) return true;
    const auto current = plan::current_task(*plan);
    return !current || plan->tasks[*current].id != trouble.subject;
}

/// Is there something that is only done on request, and that no plan under way does?
bool awaits_request(const api::SeiNode& node) {
    const std::optional<plan::PlanKind> under_way =
        plan::is_active(node.status.plan) ? std::optional{plan::kind_of(*node.status.plan)} : std::nullopt;
    const kube::Condition* stalled = kube::find_condition(node.status.conditions, api::node_condition::kStalled);
    const bool lacks_claim = stalled != nullptr && stalled->status == kube::ConditionStatus::True &&
                             stalled->reason == api::reason::kDataVolumeMissing;
    if (under_way == plan::PlanKind::Init) {
        return lacks_claim && plan::has_completed(*node.status.plan, plan::TaskType::EnsureDataPvc);
    }
    const bool is_update_damped = node.status.plan && node.status.plan->phase == api::PlanPhase::Failed;
    return lacks_claim || is_update_damped || (under_way != plan::PlanKind::NodeUpdate && is_restart_pending(node));
}

/// How long the progress of an update may go untold: mostly the next step comes sooner, and its write tells of both.
constexpr std::chrono::milliseconds kProgressPatience{3000};

/// How long the status may still be left as it is stored; nullopt when it is to be written now.
std::optional<std::chrono::milliseconds> time_to_tell(
    tasks::NodeMemory& memory,
    const api::SeiNodeStatus& stored,
    const api::SeiNodeStatus& status,
    kube::MonotonicTime now
) {
    if (!status.plan || plan::kind_of(*status.plan) != plan::PlanKind::NodeUpdate) return std::nullopt;
    if (status == stored || !plan::is_mere_progress(stored, status)) return std::nullopt;
    if (!memory.progress_put_off_since) memory.progress_put_off_since = now;
    const auto left = kProgressPatience - (now - *memory.progress_put_off_since);
    if (left.count() <= 0) return std::nullopt;
    return std::chrono::ceil<std::chrono::milliseconds>(left);
}

/// The subject of troubles with what a pass writes first: the finalizer, and all of a deletion.
constexpr std::string_view kFirstWrites = "the finalizer";

}  // namespace

NodeReconciler::NodeReconciler(
    kube::Client& client,
    kube::Clock& clock,
    kube::EventRecorder& events,
    kube::Metrics& metrics,
    NodeCaches caches,
    NodeReconcilerDependencies dependencies
)
    : client_{client},
      clock_{clock},
      events_{events},
      metrics_{metrics},
      caches_{std::move(caches)},
      platform_{dependencies.platform},
      sidecars_{dependencies.sidecars},
      ids_{std::move(dependencies.random_bits)},
      log_{std::move(dependencies.log)},
      interruptions_{caches_.nodes} {}

kube::Async<Requeue> NodeReconciler::reconcile(NodeSnapshot node) {
    try {
        co_return co_await pass_over(node);
    } catch (const std::exception&) {
        metrics_.failed(node->metadata.namespace_);
        throw;
    }
}

kube::Async<Requeue> NodeReconciler::pass_over(NodeSnapshot node) {
    metrics_.observe(*node);
    const std::shared_ptr<tasks::NodeMemory> memory = memory_of(*node);
    std::exception_ptr failure;
    bool is_refused = false;
    std::string_view reason = api::reason::kReconcileFailed;
    try {
        if (node->metadata.deletionTimestamp) {
            reason = api::reason::kDeletionBlocked;
            co_return co_await finalize(node);
        }
        auto prepared = co_await prepare(node);
        if (!prepared) co_return std::move(prepared.error());
        node = *std::move(prepared);
    } catch (const kube::ApiError& error) {
        is_refused = error.is_refusal();
        failure = std::current_exception();
    } catch (const kube::TransportError&) {
        failure = std::current_exception();
    }
    if (failure) {
        const std::string text = sidecar::bounded_text(failure);
        tasks::note_trouble(*memory, clock_.monotonic(), kFirstWrites, reason, text, is_refused);
        co_return co_await tell(node, *memory, failure);
    }
    tasks::forget_trouble(*memory, kFirstWrites);
    co_return co_await advance(node, memory);
}

kube::Async<std::expected<NodeSnapshot, Requeue>> NodeReconciler::prepare(NodeSnapshot node) {
    auto finalized = co_await kube::with_finalizer(client_, node, api::kNodeFinalizer);
    if (!finalized) co_return finalized;
    node = *std::move(finalized);
    // A request is heeded once the plan for it is stored. What a changed spec asks for is not told yet.
    const bool is_requested = node->metadata.annotations.contains(std::string{api::kRetryAnnotation});
    const bool waits_for_plan = api::is_failed(*node) || awaits_request(*node) || spec_changed_since_last_pass(*node);
    if (is_requested && !waits_for_plan) {
        api::SeiNode heeded = *node;
        heeded.metadata.annotations.erase(std::string{api::kRetryAnnotation});
        auto written = co_await client_.patch(node, std::move(heeded));
        if (!written) co_return std::unexpected(kube::after_refusal(written.error(), node.resource_version()));
        node = *written;
    }
    co_return node;
}

kube::Async<Requeue> NodeReconciler::tell(
    NodeSnapshot node, const tasks::NodeMemory& memory, std::exception_ptr failure
) {
    api::SeiNodeStatus status = node->status;
    Conditions conditions{*node, status, kube::Time::of(clock_.now())};
    conditions.set_stalled(memory, clock_.monotonic());
    // Refused, too, or outdated: the failure is logged and retried all the same.
    static_cast<void>(co_await client_.write_status(node, std::move(status)));
    std::rethrow_exception(failure);
}

void NodeReconciler::forget(const kube::NamespacedName& key) {
    memories_.erase(key);
    sidecars_.forget(key);
    metrics_.forget(key);
}

std::shared_ptr<tasks::NodeMemory> NodeReconciler::memory_of(const api::SeiNode& node) {
    std::shared_ptr<tasks::NodeMemory>& memory = memories_[node.metadata.key()];
    if (!memory || memory->uid != node.metadata.uid) {
        memory = std::make_shared<tasks::NodeMemory>();
        memory->uid = node.metadata.uid;
    }
    return memory;
}

kube::Async<Requeue> NodeReconciler::advance(NodeSnapshot node, std::shared_ptr<tasks::NodeMemory> memory) {
    api::SeiNodeStatus status = node->status;
    const CachedObjects observed{*node, caches_};
    const std::unique_ptr<sidecar::Sidecar> sidecar =
        interruptible(sidecars_.sidecar_of(node.key()), interruptions_.begin(node.key()));
    tasks::TaskContext context{
        .node = node,
        .status = status,
        .client = client_,
        .observed = observed,
        .platform = platform_,
        .sidecar = *sidecar,
        .clock = clock_,
        .memory = *memory,
        .is_still_due = [&](std::string id) { return tasks::is_still_due(client_, node, std::move(id)); },
        .live_stateful_set = nullptr
    };
    Conditions conditions{*node, status, kube::Time::of(clock_.now())};
    NodePass pass{context, caches_, ids_, metrics_, conditions};

    Requeue wait = Requeue::on_change("");
    std::exception_ptr failure;
    std::string_view reason = api::reason::kReconcileFailed;
    bool is_ours = true;
    try {
        wait = co_await pass.run();
    } catch (const kube::ApiError& error) {
        failure = std::current_exception();
        reason = api::reason::kWorkloadNotApplied;
        is_ours = error.is_refusal();
    } catch (const kube::TransportError&) {
        failure = std::current_exception();
        is_ours = false;  // worth telling once it lasts
    } catch (const std::exception&) {
        failure = std::current_exception();
    }
    pass.keep_question();
    if (failure)
        tasks::note_trouble(*memory, clock_.monotonic(), "pass", reason, sidecar::bounded_text(failure), is_ours);
    if (!failure) tasks::forget_trouble(*memory, "pass");
    if (memory->trouble && is_over(*memory->trouble, status.plan)) memory->trouble.reset();
    conditions.set_stalled(*memory, clock_.monotonic());

    if (const auto left = failure ? std::nullopt : time_to_tell(*memory, node->status, status, clock_.monotonic())) {
        co_return Requeue::put_off(*left, wait.waits_for());
    }
    memory->progress_put_off_since.reset();

    const bool plan_is_new = status.plan && (!node->status.plan || node->status.plan->id != status.plan->id);
    if (planted::has(planted::Bug::EventBeforeWrite)) announce(*node, node->status, status);
    auto written = co_await client_.write_status(node, std::move(status));
    if (!written) co_return kube::after_refusal(written.error(), node.resource_version());
    const NodeSnapshot after = *written;
    if (pass.is_question_answered()) memory->is_plan_questioned = false;
    if (plan_is_new) memory->stored_plan = after->status.plan->id;

    const kube::Time now = kube::Time::of(clock_.now());
    metrics_.observe(*after);
    if (after->status.phase != node->status.phase) metrics_.phase_changed(*node, *after, now);
    if (const auto& ended = pass.ended_plan()) {
        metrics_.plan_ended(*after, ended->kind, ended->succeeded, ended->started, now);
        log_.info(
            "plan ended",
            {{"SeiNode", after.key()},
             {"namespace", after.key().namespace_},
             {"name", after.key().name},
             {"planType", plan::to_string(ended->kind)},
             {"outcome", ended->succeeded ? "complete" : "failed"}}
        );
    }
    if (plan_is_new) {
        log_.info(
            "plan built",
            {{"SeiNode", after.key()},
             {"namespace", after.key().namespace_},
             {"name", after.key().name},
             {"plan", after->status.plan->id},
             {"planType", plan::to_string(plan::kind_of(*after->status.plan))}}
        );
    }
    announce(*after, node->status, after->status);
    announce_adoption(*after, *memory);
    if (failure) std::rethrow_exception(failure);
    co_return wait;
}

void NodeReconciler::announce(
    const api::SeiNode& node, const api::SeiNodeStatus& before, const api::SeiNodeStatus& after
) {
    for (kube::Announcement& announcement : announcements(node.spec, before, after)) {
        events_.record(
            kube::reference_to(node), announcement.type, std::move(announcement.reason), std::move(announcement.message)
        );
    }
}

void NodeReconciler::announce_adoption(const api::SeiNode& node, tasks::NodeMemory& memory) {
    const std::string claim = std::exchange(memory.adopted_claim, {});
    if (claim.empty()) return;
    const kube::NamespacedName key = node.metadata.key();
    log_.info(
        "retained data claim adopted",
        {{"SeiNode", key}, {"namespace", key.namespace_}, {"name", key.name}, {"claim", claim}}
    );
    events_.record(
        kube::reference_to(node),
        kube::EventType::Normal,
        std::string{api::event::kDataAdopted},
        "PVC " + claim + " of an earlier SeiNode " + key.name + " is this node's now, with its data"
    );
}

}  // namespace sei::node
