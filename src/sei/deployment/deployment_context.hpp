// What a pass over one deployment works with.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kube/async/clock.hpp"
#include "kube/client/client.hpp"
#include "kube/meta/resource_version.hpp"
#include "kube/runtime/cache.hpp"
#include "kube/runtime/event_recorder.hpp"
#include "kube/types/http_route.hpp"
#include "kube/types/service.hpp"
#include "kube/types/stateful_set.hpp"
#include "sei/api/deployment.hpp"
#include "sei/api/labels.hpp"
#include "sei/deployment/child.hpp"
#include "sei/deployment/deployment_conditions.hpp"
#include "sei/deployment/fleet.hpp"
#include "sei/plan/task_id.hpp"
#include "sei/platform/platform.hpp"
#include "sei/resources/drift.hpp"
#include "sei/sidecar/sidecar.hpp"
#include "sei/tasks/node_memory.hpp"

namespace sei::deployment {

/// Of all that deployments apply.
[[nodiscard]] inline kube::FieldManager field_manager() {
    return kube::FieldManager{std::string{api::kDeploymentFieldManager}};
}

/// The caches that the deployment controller reads. `routes` stays unsynced while Gateway API is not installed, or its
/// routes may not be listed.
struct DeploymentCaches {
    kube::Cache<api::SeiNode> nodes;
    kube::Cache<kube::Service> services;
    kube::Cache<kube::HttpRoute> routes;
    /// Of the nodes: whether their pods are ready.
    kube::Cache<kube::StatefulSet> stateful_sets;
};

/// Adds the index by which the nodes of a deployment are found. Before the manager starts.
void add_nodes_of_deployment_index(kube::Cache<api::SeiNode>& nodes);
/// The nodes whose controller has this uid, in the order of their names.
[[nodiscard]] std::vector<NodeSnapshot> nodes_controlled_by(
    const kube::Cache<api::SeiNode>& nodes, const kube::Uid& uid
);

/// Does a host name have an address? To answer within about a second, whatever the resolver does.
using ResolveHost = std::function<kube::Async<bool>(std::string host)>;

/// What a node's spec was compared with, and found to have: while all of it holds, comparing again would find the same.
struct ComparedChild {
    std::string uid;
    std::int64_t node_generation = 0;
    std::int64_t deployment_generation = 0;
    Images images = Images::AsTheyAre;
    bool operator==(const ComparedChild&) const = default;
};

/// What the operator remembers of a deployment between passes: nothing that a restart may lose it by.
struct DeploymentMemory {
    std::string uid;
    /// By the name of the node; a fleet's pass would otherwise compare every spec at every event of one node.
    std::map<std::string, ComparedChild> compared;
    /// The peers that the comparisons were made with.
    std::vector<api::PeerSource> compared_peers;
    /// The uids of nodes, by name, whose fields are the deployment's to apply: made by this process, or handed over.
    std::map<std::string, std::string> handed_over;
    /// Services and routes, by kind and name.
    std::map<std::string, resources::KeptObject> published;
    /// Passes have ended in failures since then.
    std::optional<kube::MonotonicTime> failing_since;
    /// The versions of Services and routes, by kind and name, that were found to be somebody else's.
    std::map<std::string, std::string> foreign_versions;
    /// Of the group tasks, as for nodes.
    tasks::NodeMemory tasks;
    /// The answer of the last look into DNS.
    bool host_resolves = false;
    std::optional<kube::MonotonicTime> host_looked_up_at;
};

/// Lives as long as the pass; everything it refers to outlives it.
struct DeploymentContext {
    /// As read at the start of the pass.
    kube::Snapshot<api::SeiNodeDeployment> deployment;
    /// The working copy: written once, at the end of the pass.
    api::SeiNodeDeploymentStatus& status;
    DeploymentConditions& conditions;
    /// The nodes, with what this pass wrote.
    Fleet fleet;
    kube::Client& client;
    const DeploymentCaches& caches;
    const platform::Platform& platform;
    sidecar::SidecarFactory& sidecars;
    const ResolveHost& resolve_host;
    kube::Clock& clock;
    kube::EventRecorder& events;
    plan::UuidSource& ids;
    DeploymentMemory& memory;
    /// What cannot be made as the spec says.
    std::vector<Problem> problems;
    /// A node was not written since somebody else wrote it first: the version that was read, empty where it is not
    /// known. The pass is repeated as soon as a newer one is seen; what concerns other nodes was done in this one.
    std::optional<kube::ResourceVersion> refused_version;
    /// What an uncached read said of this deployment, once it was asked: see `is_confirmed`.
    std::optional<bool> confirmation;

    [[nodiscard]] const api::SeiNodeDeployment& object() const { return *deployment; }
    [[nodiscard]] kube::Time now() const { return kube::Time::of(clock.now()); }
    /// Tells at once of something that was done to one node.
    void tell(std::string_view reason, std::string message) const;
    /// Is the deployment still what this pass was made for, in the same plan, and not being deleted? Read uncached,
    /// before the pass first writes what it decides of a node: a node that was let go would be claimed again, for an
    /// owner that is gone, and a participant of a ceremony be made again that nobody has seen begin. If not, the pass
    /// is repeated with what is on its way.
    [[nodiscard]] kube::Async<bool> is_confirmed();
    /// The same, asked anew: what the pass did since it asked may have taken its time.
    [[nodiscard]] kube::Async<bool> is_still_confirmed();
    /// The nodes that carry this deployment's label, read uncached: before something is decided for good because of
    /// what nodes are there, and what they run. A cache may have been shown none of them yet.
    [[nodiscard]] kube::Async<std::vector<NodeSnapshot>> list_nodes() const;
    /// Notes that a write was refused because what it was computed from is no longer the newest.
    void note_conflict(kube::ResourceVersion read_at);
    /// Notes a refusal that concerns this deployment: of an apply, which has no version that it was computed from. One
    /// that says that the server is unwell is thrown again: the pass ends there, and is repeated with back-off.
    void note_refusal(std::string_view reason, const std::string& what, const kube::ApiError& error);
};

}  // namespace sei::deployment
