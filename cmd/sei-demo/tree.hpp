// What the demo shows, as data: a deployment, its nodes, their plans and tasks, and what each waits for. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sei/api/deployment.hpp"
#include "sei/api/node.hpp"

namespace sei_demo {

/// What there is to say of a node beside its own status.
struct Workload {
    bool has_stateful_set = false;
    bool is_pod_ready = false;
};

/// The demo's objects as they were seen last.
struct World {
    std::optional<sei::api::SeiNodeDeployment> deployment;
    /// It was seen, and is no more; its nodes may be.
    bool is_deployment_gone = false;
    /// In the order in which they are shown.
    std::vector<sei::api::SeiNode> nodes;
    /// By the name of the node.
    std::map<std::string, Workload> workloads;
};

/// How far a row is.
enum class Mark {
    /// It is no step: a deployment, a node, a plan.
    None,
    Done,
    /// It is worked at.
    Now,
    /// Its turn has not come.
    Later,
    Failed,
};

struct Row {
    Mark mark = Mark::None;
    /// "fleet-0", "plan", "config-apply": unique among its siblings.
    std::string name;
    /// Its state, in a few words.
    std::string text;
    /// What has to happen before it gets on; empty when nothing has to.
    std::string waits_for;
    std::vector<Row> rows;
    bool operator==(const Row&) const = default;
};

/// One row for the deployment with its plan and nodes below it; without a deployment, a row for each node.
[[nodiscard]] std::vector<Row> tree_of(const World& world);

/// "v6.5.0" of "ghcr.io/sei-protocol/seid:v6.5.0"; the whole when it has no tag.
[[nodiscard]] std::string tag_of(const std::string& image);

}  // namespace sei_demo
