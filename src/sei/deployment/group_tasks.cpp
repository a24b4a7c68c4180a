#include "sei/deployment/group_tasks.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <variant>

#include "sei/api/labels.hpp"
#include "sei/api/node_queries.hpp"
#include "sei/deployment/deployment_status.hpp"
#include "sei/deployment/genesis.hpp"
#include "sei/plan/task_type.hpp"
#include "sei/sidecar/answers.hpp"
#include "sei/tasks/sidecar_task.hpp"
#include "sei/tasks/still_due.hpp"
#include "sei/tasks/stored_params.hpp"

namespace sei::deployment {
namespace {

using plan::TaskOutcome;
using plan::TaskType;

plan::Running watched(std::string waits_for) {
    return {.waits_for = std::move(waits_for), .watched = plan::Running::Watched::Yes};
}

/// A node that the plan names, that should be there, and is not among these (yet).
std::optional<std::string> missing_node(const DeploymentContext& context, const std::vector<NodeSnapshot>& nodes) {
    for (const std::string& name : node_names(*context.status.plan)) {
        if (!is_wanted_name(context.object(), name)) continue;
        const bool is_there = std::ranges::any_of(nodes, [&](const NodeSnapshot& node) {
            return node->metadata.name == name && !node->metadata.deletionTimestamp;
        });
        if (!is_there) return name;
    }
    return std::nullopt;
}

/// A node whose spec was just changed is about to be tried again: it counts as failed only when that came to nothing.
bool has_failed(const api::SeiNode& node) {
    return node.status.phase == api::NodePhase::Failed && has_seen_spec(node);
}

TaskOutcome update_node_specs(const DeploymentContext& context) {
    for (const NodeSnapshot& node : context.fleet.wanted()) {
        if (!asks_for(*node, context.object().spec.template_.spec)) {
            return watched(node->metadata.name + " to have its turn in the rollout");
        }
    }
    return plan::Complete{};
}

TaskOutcome spec_update_of(const DeploymentContext& context, const Fleet& fleet) {
    const std::vector<NodeSnapshot> wanted = fleet.wanted();
    if (const auto missing = missing_node(context, wanted)) return watched(*missing + " to be there again");
    for (const NodeSnapshot& node : wanted) {
        if (!runs(*node, context.object().spec.template_.spec)) {
            return watched(node->metadata.name + " to run the images of the template");
        }
    }
    return plan::Complete{};
}

/// A rollout ends for good: by what its nodes are now, and not by what a cache was shown of them (spec 08 3.5).
kube::Async<TaskOutcome> await_spec_update(DeploymentContext& context) {
    TaskOutcome seen = spec_update_of(context, context.fleet);
    if (!std::holds_alternative<plan::Complete>(seen)) co_return seen;
    co_return spec_update_of(context, Fleet{context.object(), co_await context.list_nodes()});
}

/// A participant that seems to be lost is looked at, uncached, before a ceremony is given up for it. Nullopt: it is.
kube::Async<std::optional<TaskOutcome>> reason_to_wait_for(DeploymentContext& context, std::string name) {
    const auto live = co_await context.client.get<api::SeiNode>({context.object().metadata.namespace_, name});
    const bool is_there = live && !(*live)->metadata.deletionTimestamp && !has_failed(**live) &&
                          claim_on(context.object(), &**live) == Claim::Ours;
    if (!is_there) co_return std::nullopt;
    co_return watched(name + " to be shown as it is");
}

kube::Async<TaskOutcome> await_nodes_running(DeploymentContext& context) {
    if (auto missing = missing_node(context, context.fleet.all())) {
        if (auto wait = co_await reason_to_wait_for(context, *missing)) co_return *std::move(wait);
        co_return plan::Failed{"node " + *missing + " is gone"};
    }
    // By their names: a label that somebody took away makes no participant another node.
    std::vector<NodeSnapshot> nodes;
    for (const std::string& name : node_names(*context.status.plan)) {
        if (is_wanted_name(context.object(), name)) nodes.push_back(*context.fleet.find(name));
    }
    for (const NodeSnapshot& node : nodes) {
        if (!has_failed(*node)) continue;
        if (auto wait = co_await reason_to_wait_for(context, node->metadata.name)) co_return *std::move(wait);
        co_return plan::Failed{"node " + node->metadata.name + " is in Failed phase (" + trouble_of(*node) + ")"};
    }
    for (const NodeSnapshot& node : nodes) {
        // The phase alone (spec 04 §7.17): the health of its pod is told by NodesReady, and holds up no plan.
        if (node->status.phase != api::NodePhase::Running) co_return watched(node->metadata.name + " to be Running");
    }
    co_return plan::Complete{};
}

using Participants = std::variant<std::vector<NodeSnapshot>, TaskOutcome>;

/// The nodes of a ceremony, in the order in which its plan has them; an outcome when one is lost, or not shown.
kube::Async<Participants> participants(DeploymentContext& context) {
    std::vector<NodeSnapshot> found;
    for (const std::string& name : node_names(*context.status.plan)) {
        const auto node = std::ranges::find_if(context.fleet.all(), [&](const NodeSnapshot& one) {
            return one->metadata.name == name && !one->metadata.deletionTimestamp;
        });
        const bool is_gone = node == context.fleet.all().end();
        if (!is_gone && !has_failed(**node)) {
            found.push_back(*node);
            continue;
        }
        const std::string trouble = is_gone ? std::string{} : trouble_of(**node);
        if (auto wait = co_await reason_to_wait_for(context, name)) co_return *std::move(wait);
        if (is_gone) {
            co_return TaskOutcome{
                plan::Terminal{"participant " + name + " is gone: a ceremony needs all that it began with"}
            };
        }
        co_return TaskOutcome{plan::Terminal{"node " + name + " is in Failed phase (" + trouble + ")"}};
    }
    if (found.empty()) co_return TaskOutcome{plan::Terminal{"the plan names no participants"}};
    co_return found;
}

tasks::WireParams assembly_params(const tasks::StoredParams& stored) {
    kube::json::Object wire;
    wire["accountBalance"] = stored.text("AccountBalance");
    wire["namespace"] = stored.text("Namespace");
    wire["nodes"] = stored.array("Nodes");
    if (auto accounts = stored.array("Accounts"); !accounts.empty()) wire["accounts"] = std::move(accounts);
    if (auto overrides = stored.object("Overrides"); !overrides.empty()) wire["overrides"] = std::move(overrides);
    return wire;
}

/// Sidecar tasks are the same for a node's plan and for this: only the sidecar of the context is used.
class NothingObserved final : public tasks::Observed {
public:
    [[nodiscard]] std::optional<kube::Snapshot<kube::StatefulSet>> stateful_set() const override { return {}; }
    [[nodiscard]] std::vector<kube::Snapshot<kube::Pod>> pods() const override { return {}; }
    [[nodiscard]] std::optional<kube::Snapshot<kube::PersistentVolumeClaim>> data_volume_claim() const override {
        return {};
    }
    [[nodiscard]] std::optional<kube::Snapshot<kube::Service>> service() const override { return {}; }
    [[nodiscard]] std::optional<kube::Snapshot<kube::ConfigMap>> proxy_config() const override { return {}; }
};

/// Begins when every participant has uploaded its part: earlier it could only fail.
kube::Async<TaskOutcome> assemble(DeploymentContext& context, api::PlannedTask task) {
    Participants found = co_await participants(context);
    if (auto* lost = std::get_if<TaskOutcome>(&found)) co_return std::move(*lost);
    const auto& nodes = std::get<std::vector<NodeSnapshot>>(found);
    for (const NodeSnapshot& node : nodes) {
        if (!has_uploaded_artifacts(*node)) {
            co_return watched(node->metadata.name + " to upload its part of the genesis");
        }
    }
    api::SeiNodeStatus unused = nodes.front()->status;
    const NothingObserved nothing;
    const auto assembler = context.sidecars.sidecar_of(nodes.front().key());
    tasks::TaskContext of_node{
        .node = nodes.front(),
        .status = unused,
        .client = context.client,
        .observed = nothing,
        .platform = context.platform,
        .sidecar = *assembler,
        .clock = context.clock,
        .memory = context.memory.tasks,
        .is_still_due = [&](std::string id
                        ) { return tasks::is_still_due(context.client, context.deployment, std::move(id)); },
        .live_stateful_set = nullptr
    };
    const tasks::StoredParams stored{task.params};
    co_return co_await tasks::run_sidecar_task(
        of_node, task, TaskType::AssembleAndUploadGenesis, assembly_params(stored)
    );
}

/// The full list for everyone, its own address included (spec 04 §7.16); written where it is not there yet.
kube::Async<TaskOutcome> collect_and_set_peers(DeploymentContext& context) {
    Participants found = co_await participants(context);
    if (auto* lost = std::get_if<TaskOutcome>(&found)) co_return std::move(*lost);
    const auto& nodes = std::get<std::vector<NodeSnapshot>>(found);
    api::StaticPeerSource all;
    for (const NodeSnapshot& node : nodes) {
        const auto sidecar = context.sidecars.sidecar_of(node.key());
        const auto id = co_await sidecar->node_id();
        const std::string& name = node->metadata.name;
        if (!id) co_return plan::Transient{.error = "getting the node ID of " + name + ": " + id.error().text};
        all.addresses.push_back(
            *id + "@" + name + "-0." + name + "." + node->metadata.namespace_ + ".svc.cluster.local:26656"
        );
    }
    const api::PeerSource source{.ec2Tags = std::nullopt, .static_ = all, .label = std::nullopt};
    std::string refused;
    for (const NodeSnapshot& node : nodes) {
        api::SeiNode changed = *node;
        changed.spec.peers = {source};
        auto written = co_await context.client.patch(node, std::move(changed));
        if (written) {
            context.fleet.put(*written);
        } else {
            context.note_conflict(node.resource_version());  // absent: the same, it is about to be seen
            refused = node->metadata.name;
        }
    }
    if (!refused.empty()) co_return watched("the newer version of " + refused + ", to set its peers");
    co_return plan::Complete{};
}

}  // namespace

kube::Async<TaskOutcome> run_group_task(DeploymentContext& context, api::PlannedTask task) {
    const std::optional<TaskType> type = plan::parse_task_type(task.type);
    try {
        if (type == TaskType::UpdateNodeSpecs) co_return update_node_specs(context);
        if (type == TaskType::AwaitSpecUpdate) co_return co_await await_spec_update(context);
        if (type == TaskType::AwaitNodesRunning) co_return co_await await_nodes_running(context);
        if (type == TaskType::CollectAndSetPeers) co_return co_await collect_and_set_peers(context);
        if (type == TaskType::AssembleAndUploadGenesis) co_return co_await assemble(context, std::move(task));
        co_return plan::Terminal{"unknown task type " + kube::json::serialize(kube::json::Value(task.type))};
    } catch (const tasks::ParamsError& error) {
        co_return plan::Terminal{"deserializing " + task.type + " params: " + error.what()};
    } catch (const kube::ApiError& error) {
        co_return plan::Transient{.error = sidecar::bounded_text(error.what()), .report_at_once = true};
    } catch (const kube::TransportError& error) {
        co_return plan::Transient{.error = sidecar::bounded_text(error.what())};
    }
}

}  // namespace sei::deployment
