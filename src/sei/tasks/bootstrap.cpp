#include "sei/tasks/bootstrap.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "kube/types/pod.hpp"
#include "sei/api/labels.hpp"
#include "sei/plan/progress.hpp"
#include "sei/plan/spec_problem.hpp"
#include "sei/resources/bootstrap_job.hpp"
#include "sei/resources/bootstrap_service.hpp"
#include "sei/resources/containers.hpp"

namespace sei::tasks {
namespace {

/// From the failure of a Job that was disrupted to the next attempt. Stored nowhere: the Job tells when it failed.
constexpr std::chrono::minutes kDisruptionPause{2};

kube::Async<std::vector<kube::Snapshot<kube::Pod>>> list_pods(TaskContext& context) {
    kube::ListOptions options;
    options.namespace_ = context.node->metadata.namespace_;
    options.label_selector = std::string{api::kNodeLabel} + "=" + context.node->metadata.name;
    kube::List<kube::Pod> pods = co_await context.client.list<kube::Pod>(std::move(options));
    co_return std::move(pods.items);
}

bool has_ended(const kube::Pod& pod) {
    return pod.status.phase == "Succeeded" || pod.status.phase == "Failed";
}

/// Was seid at work until somebody asked the pod to go?
bool ended_on_request(const kube::Pod& pod) {
    const auto& statuses = pod.status.containerStatuses;
    const auto seid = std::ranges::find(statuses, resources::kSeidContainer, &kube::ContainerStatus::name);
    if (seid == statuses.end() || !seid->state || !seid->state->terminated || !seid->state->terminated->finishedAt) {
        return false;
    }
    const std::chrono::seconds grace{pod.metadata.deletionGracePeriodSeconds.value_or(0)};
    return seid->state->terminated->finishedAt->at >= pod.metadata.deletionTimestamp->at - grace;
}

/// Was it something else that ended the pod, or is about to?
bool was_disrupted(const kube::Pod& pod) {
    if (kube::is_condition_true(pod.status.conditions, "DisruptionTarget")) return true;
    return pod.metadata.deletionTimestamp && (!has_ended(pod) || ended_on_request(pod));
}

/// Remembers what the cache shows of the Job's pod: once the Job has failed, it may be gone.
void note_pod(TaskContext& context, const kube::Job& job) {
    const kube::Uid uid{job.metadata.uid};
    for (const auto& pod : context.observed.pods()) {
        if (!pod->metadata.is_controlled_by(uid)) continue;
        std::optional<SeenJobPod>& seen = context.memory.job_pod;
        if (!seen || seen->job_uid != job.metadata.uid) seen = SeenJobPod{.job_uid = job.metadata.uid};
        seen->has_ended = has_ended(*pod);
        seen->was_disrupted = seen->was_disrupted || was_disrupted(*pod);
    }
}

std::string disruption_of(const kube::Job& job) {
    return "bootstrap job " + job.metadata.name + " was disrupted: its pod was evicted or deleted";
}

/// Is it known of the Job's pod that it was ended by something else than itself? The Job does not say (its condition is
/// the same), and that no pod is left says nothing by itself: a pod that was seen at work has to be gone.
bool is_known_disrupted(
    const TaskContext& context, const kube::Job& job, const std::vector<kube::Snapshot<kube::Pod>>& pods
) {
    bool has_pod = false;
    for (const auto& pod : pods) {
        if (!pod->metadata.is_controlled_by(kube::Uid{job.metadata.uid})) continue;
        has_pod = true;
        if (was_disrupted(*pod)) return true;
    }
    const std::optional<SeenJobPod>& seen = context.memory.job_pod;
    if (seen && seen->job_uid == job.metadata.uid && (seen->was_disrupted || (!has_pod && !seen->has_ended))) {
        return true;
    }
    // Told before the operator was restarted.
    const api::TaskPlan& plan = *context.status.plan;
    const auto current = plan::current_task(plan);
    return current && plan.tasks[*current].lastError.starts_with(disruption_of(job));
}

const kube::Container* seid_of(const kube::Job& job) {
    const auto& containers = job.spec.template_.spec.containers;
    const auto found = std::ranges::find(containers, resources::kSeidContainer, &kube::Container::name);
    return found == containers.end() ? nullptr : &*found;
}

/// The height at which seid is told to stop; empty where none is to be found.
std::string halt_height_of(const kube::Container& seid) {
    constexpr std::string_view kFlag = "--halt-height";
    for (const auto* words : {&seid.args, &seid.command}) {
        for (const std::string& text : *words) {
            const std::size_t flag = text.find(kFlag);
            if (flag == std::string::npos) continue;
            const std::size_t begin = text.find_first_not_of(" =", flag + kFlag.size());
            if (begin == std::string::npos) continue;
            return text.substr(begin, text.find_first_not_of("0123456789", begin) - begin);
        }
    }
    return {};
}

}  // namespace

kube::Async<NodePods> read_pods(TaskContext& context) {
    const auto pods = co_await list_pods(context);
    NodePods found;
    for (const auto& pod : pods) {
        const auto component = pod->metadata.labels.find(std::string{api::kComponentLabel});
        const bool is_bootstrap =
            component != pod->metadata.labels.end() && component->second == api::kBootstrapComponent;
        (is_bootstrap ? found.has_bootstrap_pod : found.has_own_pod) = true;
    }
    co_return found;
}

bool serves_spec(const kube::Job& live, const kube::Job& rendered) {
    const kube::Container* running = seid_of(live);
    const kube::Container* wanted = seid_of(rendered);
    if (running == nullptr || wanted == nullptr) return false;
    return running->image == wanted->image && halt_height_of(*running) == halt_height_of(*wanted);
}

bool has_ended(const kube::Job& job) {
    return kube::is_condition_true(job.status.conditions, "Complete") ||
           kube::is_condition_true(job.status.conditions, "Failed");
}

kube::Async<std::optional<plan::TaskOutcome>> disruption(TaskContext& context, kube::Snapshot<kube::Job> job) {
    note_pod(context, *job);
    const auto* failed = kube::find_condition(job->status.conditions, "Failed");
    if (failed == nullptr || failed->status != "True" || job->metadata.deletionTimestamp) co_return std::nullopt;
    const auto pods = co_await list_pods(context);
    if (!is_known_disrupted(context, *job, pods)) co_return std::nullopt;
    std::string what = disruption_of(*job);
    if (failed->lastTransitionTime && context.clock.now() - failed->lastTransitionTime->at < kDisruptionPause) {
        co_return plan::Transient{
            .error = std::move(what) + "; it begins anew " + std::to_string(kDisruptionPause.count()) +
                     " minutes after that",
            .report_at_once = true
        };
    }
    co_return plan::StartOver{std::move(what)};
}

kube::Async<std::optional<plan::TaskOutcome>> lost_bootstrap(TaskContext& context) {
    using plan::TaskType;
    const api::TaskPlan& plan = *context.status.plan;
    if (!plan::has_completed(plan, TaskType::DeployBootstrapJob)) co_return std::nullopt;
    const std::size_t current = *plan::current_task(plan);
    const api::PlannedTask* await = plan::find_task(plan, TaskType::AwaitBootstrapComplete);
    if (await == nullptr || await <= &plan.tasks[current]) co_return std::nullopt;
    if (await->status == api::TaskStatus::Complete) co_return std::nullopt;  // of an earlier plan

    const auto desired = resources::render_bootstrap_job(*context.node, context.platform);
    if (!desired && plan::problem_of(*context.node)) co_return std::nullopt;  // the spec is told, and may be corrected
    if (!desired) co_return plan::Terminal{"generating bootstrap job spec: " + desired.error().text};
    const std::string name = "bootstrap job " + desired->metadata.name;
    const auto job = co_await context.client.get<kube::Job>(desired->metadata.key());
    if (!job || !(*job)->metadata.is_controlled_by(context.node.uid())) {
        co_return plan::StartOver{name + " went before its end was seen"};
    }
    if (!serves_spec(**job, *desired)) co_return plan::StartOver{name + " is of an older spec"};
    if (auto disrupted = co_await disruption(context, *job)) co_return disrupted;
    if (!has_ended(**job)) co_return std::nullopt;
    // Its seid only begins once the gate is open: success says that mark-ready is done, and all that comes before it,
    // even where the write that says so was lost.
    if (kube::is_condition_true((*job)->status.conditions, "Complete")) co_return plan::Complete{};
    const auto* failed = kube::find_condition((*job)->status.conditions, "Failed");
    const std::string why = failed != nullptr && !failed->message.empty() ? failed->message : "its pod ended";
    co_return plan::Terminal{name + " ended before " + plan.tasks[current].type + " was done: " + why};
}

bool is_bootstrap_service(const kube::Service& service, const api::SeiNode& node) {
    return service.spec.selector == resources::render_bootstrap_service(node).spec.selector;
}

}  // namespace sei::tasks
