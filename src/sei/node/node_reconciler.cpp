#include "sei/node/node_reconciler.hpp"

#include <exception>
#include <optional>
#include <utility>

#include "planted/planted.hpp"
#include "sei/api/conditions.hpp"
#include "sei/api/labels.hpp"
#include "sei/api/node_queries.hpp"
#include "sei/node/announcements.hpp"
#include "sei/node/node_conditions.hpp"
#include "sei/node/node_pass.hpp"
#include "sei/plan/progress.hpp"
#include "sei/sidecar/answers.hpp"

namespace sei::node {
namespace {

using kube::Requeue;
using NodeSnapshot = kube::Snapshot<api::SeiNode>;

/// Was the trouble with a task that is no longer to be done? Another operator may have completed it.
bool is_over(const tasks::Trouble& trouble, const std::optional<api::TaskPlan>& plan) {
    if (!trouble.is_about_task) return false;
    if (!plan::is_active(plan)) return true;
    const auto current = plan::current_task(*plan);
    return !current || plan->tasks[*current].id != trouble.subject;
}

/// Is it this node that the server refuses, rather than the server that is unwell?
bool concerns_the_node(const kube::ApiError& error) {
    return error.code() >= 400 && error.code() < 500 && error.code() != 429;
}

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
      log_{std::move(dependencies.log)} {}

kube::Async<Requeue> NodeReconciler::reconcile(NodeSnapshot node) {
    metrics_.observe(*node);
    if (node->metadata.deletionTimestamp) co_return co_await finalize(node);
    std::shared_ptr<tasks::NodeMemory> memory = memory_of(*node);
    if (!node->metadata.has_finalizer(api::kNodeFinalizer)) {
        std::vector<std::string> finalizers = node->metadata.finalizers;
        finalizers.emplace_back(api::kNodeFinalizer);
        auto written = co_await client_.write_finalizers(node, std::move(finalizers));
        if (!written) co_return kube::after_refusal(written.error(), node.resource_version());
        node = *written;
    }
    if (node->metadata.annotations.contains(std::string{api::kRetryAnnotation}) && !api::is_failed(*node)) {
        api::SeiNode heeded = *node;
        heeded.metadata.annotations.erase(std::string{api::kRetryAnnotation});
        auto written = co_await client_.patch(node, std::move(heeded));
        if (!written) co_return kube::after_refusal(written.error(), node.resource_version());
        node = *written;
        memory->failed_updates = 0;
        memory->next_update_not_before = {};
    }
    co_return co_await advance(node, std::move(memory));
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
    const std::unique_ptr<sidecar::Sidecar> sidecar = sidecars_.sidecar_of(node.key());
    tasks::TaskContext context{
        .node = node,
        .status = status,
        .client = client_,
        .observed = observed,
        .platform = platform_,
        .sidecar = *sidecar,
        .clock = clock_,
        .memory = *memory,
        .live_stateful_set = std::nullopt
    };
    Conditions conditions{*node, status, kube::Time::of(clock_.now())};
    NodePass pass{context, caches_, ids_, metrics_, conditions};

    Requeue wait = Requeue::on_change("");
    std::exception_ptr failure;
    try {
        wait = co_await pass.run();
    } catch (const kube::ApiError& error) {
        failure = std::current_exception();
        if (concerns_the_node(error)) {
            tasks::note_trouble(
                *memory,
                clock_.monotonic(),
                "pass",
                api::reason::kWorkloadNotApplied,
                sidecar::bounded_text(error.what()),
                true
            );
        }
    } catch (const kube::TransportError&) {
        failure = std::current_exception();
    }
    if (!failure && memory->trouble && memory->trouble->subject == "pass") memory->trouble.reset();
    if (memory->trouble && is_over(*memory->trouble, status.plan)) memory->trouble.reset();
    conditions.set_stalled(memory->trouble, clock_.monotonic());

    const bool plan_is_new = status.plan && (!node->status.plan || node->status.plan->id != status.plan->id);
    if (planted::has(planted::Bug::EventBeforeWrite)) announce(*node, node->status, status);
    auto written = co_await client_.write_status(node, std::move(status));
    if (!written) co_return kube::after_refusal(written.error(), node.resource_version());
    const NodeSnapshot after = *written;

    const kube::Time now = kube::Time::of(clock_.now());
    metrics_.observe(*after);
    if (after->status.phase != node->status.phase) metrics_.phase_changed(*node, *after, now);
    if (const auto& ended = pass.ended_plan()) {
        metrics_.plan_ended(*after, ended->kind, ended->succeeded, ended->started, now);
        log_.info(
            "plan ended",
            {{"SeiNode", after.key()},
             {"planType", plan::to_string(ended->kind)},
             {"outcome", ended->succeeded ? "complete" : "failed"}}
        );
    }
    if (plan_is_new) {
        log_.info(
            "plan built",
            {{"SeiNode", after.key()},
             {"plan", after->status.plan->id},
             {"planType", plan::to_string(plan::kind_of(*after->status.plan))}}
        );
    }
    announce(*after, node->status, after->status);
    if (failure) std::rethrow_exception(failure);
    co_return wait;
}

void NodeReconciler::announce(
    const api::SeiNode& node, const api::SeiNodeStatus& before, const api::SeiNodeStatus& after
) {
    for (Announcement& announcement : announcements(before, after)) {
        events_.record(
            kube::reference_to(node), announcement.type, std::move(announcement.reason), std::move(announcement.message)
        );
    }
}

}  // namespace sei::node
