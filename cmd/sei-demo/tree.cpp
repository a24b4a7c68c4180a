#include "tree.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "kube/meta/condition.hpp"
#include "sei/api/conditions.hpp"
#include "sei/plan/task_type.hpp"

namespace sei_demo {
namespace {

using sei::api::NodePhase;
using sei::api::PlannedTask;
using sei::api::SeiNode;
using sei::api::SeiNodeDeployment;
using sei::api::TaskPlan;
using sei::api::TaskStatus;
using sei::plan::TaskType;

/// "v1", or "v1 -> v2" while a node does not run what it should.
std::string versions(const std::string& running, const std::string& wanted) {
    if (running.empty() || running == wanted) return tag_of(wanted);
    return fmt::format("{} -> {}", tag_of(running), tag_of(wanted));
}

std::string joined(const std::vector<std::string>& names) {
    return fmt::format("{}", fmt::join(names, ", "));
}

/// The nodes for which `is_there` does not hold yet.
template <class Is>
std::string others(const World& world, Is is_there) {
    std::vector<std::string> names;
    for (const SeiNode& node : world.nodes) {
        if (!is_there(node)) names.push_back(node.metadata.name);
    }
    return joined(names);
}

std::string wait_of_group_task(const World& world, TaskType type) {
    const std::string& image = world.deployment->spec.template_.spec.image;
    if (type == TaskType::UpdateNodeSpecs) {
        const std::string names = others(world, [&](const SeiNode& node) { return node.spec.image == image; });
        return names.empty() ? "" : fmt::format("the turn of {}", names);
    }
    if (type == TaskType::AwaitSpecUpdate) {
        const auto runs = [&](const SeiNode& node) { return node.status.currentImage == image && !node.status.plan; };
        const std::string names = others(world, runs);
        return names.empty() ? "" : fmt::format("{} to run {}", names, tag_of(image));
    }
    if (type == TaskType::AwaitNodesRunning) {
        const auto runs = [](const SeiNode& node) { return node.status.phase == NodePhase::Running; };
        const std::string names = others(world, runs);
        return names.empty() ? "" : fmt::format("{} to be Running", names);
    }
    return "the sidecars of the nodes";
}

std::string wait_of_node_task(const SeiNode& node, const PlannedTask& task, TaskType type) {
    if (sei::plan::runner_of(type) == sei::plan::TaskRunner::Sidecar) {
        return task.submittedAt ? "its sidecar, which works at it" : "its sidecar to answer";
    }
    if (type == TaskType::ReplacePod) return "the old pod to go";
    if (type == TaskType::ObserveImage) return fmt::format("the pod to start {}", tag_of(node.spec.image));
    return {};
}

/// `wait_of` tells of the task that is due what it waits for.
template <class WaitOf>
Row row_of_plan(const TaskPlan& plan, std::string title, WaitOf wait_of) {
    Row row{.name = "plan", .text = {}, .waits_for = {}, .rows = {}};
    const auto is_complete = [](const PlannedTask& task) { return task.status == TaskStatus::Complete; };
    const auto done = std::ranges::count_if(plan.tasks, is_complete);
    row.text = fmt::format("{} {}/{}", title, done, plan.tasks.size());
    bool is_due = true;
    for (const PlannedTask& task : plan.tasks) {
        Row step{.name = task.type, .text = {}, .waits_for = {}, .rows = {}};
        if (task.status == TaskStatus::Complete) {
            step.mark = Mark::Done;
            step.text = "done";
        } else if (task.status == TaskStatus::Failed) {
            step.mark = Mark::Failed;
            step.text = task.error;
        } else if (is_due) {
            step.mark = Mark::Now;
            if (task.retryCount > 0) step.text = fmt::format("retry {} of {}", task.retryCount, task.maxRetries);
            if (const auto type = sei::plan::parse_task_type(task.type)) step.waits_for = wait_of(task, *type);
        } else {
            step.mark = Mark::Later;
        }
        is_due = is_due && task.status == TaskStatus::Complete;
        row.rows.push_back(std::move(step));
    }
    return row;
}

std::string why_not(const std::vector<kube::Condition>& conditions, std::string_view type) {
    const kube::Condition* condition = kube::find_condition(conditions, type);
    if (condition == nullptr || condition->status != kube::ConditionStatus::True) return {};
    return condition->message;
}

std::string wait_of_node(const SeiNode& node, const World& world, const Workload& workload) {
    if (node.metadata.deletionTimestamp) return "what it owns to be gone";
    const std::string stalled = why_not(node.status.conditions, sei::api::node_condition::kStalled);
    if (!stalled.empty()) return stalled;
    if (node.status.plan) return {};
    if (world.deployment && node.spec.image != world.deployment->spec.template_.spec.image) {
        return fmt::format("its turn to get {}", tag_of(world.deployment->spec.template_.spec.image));
    }
    if (node.status.phase == NodePhase::Running && !workload.is_pod_ready) return "its pod to be ready";
    return {};
}

Row row_of_node(const SeiNode& node, const World& world) {
    const auto found = world.workloads.find(node.metadata.name);
    const Workload workload = found == world.workloads.end() ? Workload{} : found->second;
    const std::string_view phase =
        node.metadata.deletionTimestamp ? "Terminating" : sei::api::word_of(node.status.phase);
    const std::string_view pod = workload.is_pod_ready       ? "pod ready"
                                 : workload.has_stateful_set ? "pod starts"
                                                             : "no pod";
    Row row{
        .name = node.metadata.name,
        .text = fmt::format(
            "{:<12} {:<10} {}", phase.empty() ? "new" : phase, pod, versions(node.status.currentImage, node.spec.image)
        ),
        .waits_for = wait_of_node(node, world, workload),
        .rows = {}
    };
    if (node.status.plan) {
        const bool is_first = node.status.phase != NodePhase::Running;
        row.rows.push_back(row_of_plan(
            *node.status.plan,
            is_first ? "coming up" : "update",
            [&](const PlannedTask& task, TaskType type) { return wait_of_node_task(node, task, type); }
        ));
    }
    return row;
}

std::string wait_of_deployment(const World& world) {
    const SeiNodeDeployment& deployment = *world.deployment;
    if (deployment.metadata.deletionTimestamp) return world.nodes.empty() ? "" : "its nodes to be gone";
    const std::string stalled = why_not(deployment.status.conditions, sei::api::deployment_condition::kStalled);
    if (!stalled.empty()) return stalled;
    if (deployment.status.rollout || deployment.status.readyReplicas >= deployment.spec.replicas) return {};
    const auto runs = [](const SeiNode& node) { return node.status.phase == NodePhase::Running; };
    const std::string names = others(world, runs);
    return names.empty() ? "its nodes to be made" : fmt::format("{} to be Running", names);
}

Row row_of_deployment(const World& world) {
    const SeiNodeDeployment& deployment = *world.deployment;
    if (world.is_deployment_gone) {
        Row row{.name = deployment.metadata.name, .text = "deleted", .waits_for = "its nodes to be gone", .rows = {}};
        for (const SeiNode& node : world.nodes) row.rows.push_back(row_of_node(node, world));
        return row;
    }
    const std::string_view phase =
        deployment.metadata.deletionTimestamp ? "Terminating" : sei::api::word_of(deployment.status.phase);
    Row row{
        .name = deployment.metadata.name,
        .text = fmt::format(
            "{:<12} {}/{} ready  {}",
            phase.empty() ? "new" : phase,
            deployment.status.readyReplicas,
            deployment.spec.replicas,
            tag_of(deployment.spec.template_.spec.image)
        ),
        .waits_for = wait_of_deployment(world),
        .rows = {}
    };
    if (deployment.status.rollout) {
        row.text += fmt::format("  {}/{} updated", deployment.status.rollout->updatedNodes, deployment.spec.replicas);
    }
    if (deployment.status.plan) {
        row.rows.push_back(row_of_plan(
            *deployment.status.plan,
            deployment.status.rollout ? "rollout" : "genesis",
            [&](const PlannedTask&, TaskType type) { return wait_of_group_task(world, type); }
        ));
    }
    for (const SeiNode& node : world.nodes) row.rows.push_back(row_of_node(node, world));
    return row;
}

}  // namespace

std::vector<Row> tree_of(const World& world) {
    std::vector<Row> rows;
    if (world.deployment) {
        rows.push_back(row_of_deployment(world));
    } else {
        for (const SeiNode& node : world.nodes) rows.push_back(row_of_node(node, world));
    }
    return rows;
}

std::string tag_of(const std::string& image) {
    const std::size_t colon = image.rfind(':');
    if (colon == std::string::npos || image.find('/', colon) != std::string::npos) return image;
    return image.substr(colon + 1);
}

}  // namespace sei_demo
