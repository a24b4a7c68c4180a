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
#include "sei/tasks/stored_params.hpp"

namespace sei::deployment {
namespace {

using plan::TaskOutcome;
using plan::TaskType;

plan::Running watched(std::string waits_for) {
    return {.waits_for = std::move(waits_for), .watched = plan::Running::Watched::Yes};
}

/// A node that the plan names, that should be there, and is not (yet).
std::optional<std::string> missing_node(const DeploymentContext& context) {
    const std::vector<std::string> names = names_of(context.fleet.wanted());
    const std::set<std::string_view> there(names.begin(), names.end());
    const std::string prefix = context.object().metadata.name + "-";
    for (const std::string& name : node_names(*context.status.plan)) {
        const auto ordinal =
            name.starts_with(prefix) ? parse_ordinal(std::string_view{name}.substr(prefix.size())) : std::nullopt;
        if (ordinal && *ordinal >= context.object().spec.replicas) continue;
        if (!there.contains(name)) return name;
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

TaskOutcome await_spec_update(const DeploymentContext& context) {
    if (const auto missing = missing_node(context)) return watched(*missing + " to be there again");
    for (const NodeSnapshot& node : context.fleet.wanted()) {
        if (!runs(*node, context.object().spec.template_.spec)) {
            return watched(node->metadata.name + " to run the images of the template");
        }
    }
    return plan::Complete{};
}

TaskOutcome await_nodes_running(const DeploymentContext& context) {
    if (const auto missing = missing_node(context)) return plan::Failed{"node " + *missing + " is gone"};
    for (const NodeSnapshot& node : context.fleet.wanted()) {
        if (has_failed(*node)) {
            return plan::Failed{"node " + node->metadata.name + " is in Failed phase (" + trouble_of(*node) + ")"};
        }
    }
    for (const NodeSnapshot& node : context.fleet.wanted()) {
        if (!is_ready(*node)) return watched(node->metadata.name + " to be Running");
    }
    return plan::Complete{};
}

/// The nodes of a ceremony, in the order in which its plan has them; a Failed outcome when one is lost.
std::variant<std::vector<NodeSnapshot>, TaskOutcome> participants(const DeploymentContext& context) {
    std::vector<NodeSnapshot> found;
    for (const std::string& name : node_names(*context.status.plan)) {
        const auto node = std::ranges::find_if(context.fleet.all(), [&](const NodeSnapshot& one) {
            return one->metadata.name == name && !one->metadata.deletionTimestamp;
        });
        if (node == context.fleet.all().end()) {
            return plan::Terminal{"participant " + name + " is gone: a ceremony needs all that it began with"};
        }
        if (has_failed(**node)) {
            return plan::Terminal{"node " + name + " is in Failed phase (" + trouble_of(**node) + ")"};
        }
        found.push_back(*node);
    }
    if (found.empty()) return plan::Terminal{"the plan names no participants"};
    return found;
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
    auto found = participants(context);
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
        .live_stateful_set = std::nullopt
    };
    const tasks::StoredParams stored{task.params};
    co_return co_await tasks::run_sidecar_task(
        of_node, task, TaskType::AssembleAndUploadGenesis, assembly_params(stored)
    );
}

/// The full list for everyone, its own address included (spec 04 §7.16); written where it is not there yet.
kube::Async<TaskOutcome> collect_and_set_peers(DeploymentContext& context) {
    auto found = participants(context);
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
        if (type == TaskType::AwaitSpecUpdate) co_return await_spec_update(context);
        if (type == TaskType::AwaitNodesRunning) co_return await_nodes_running(context);
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
