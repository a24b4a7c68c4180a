// The nodes of a deployment, as they are seen, and the questions that a pass asks about them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kube/client/snapshot.hpp"
#include "sei/api/deployment.hpp"
#include "sei/api/node.hpp"

namespace sei::deployment {

using NodeSnapshot = kube::Snapshot<api::SeiNode>;

/// "<deployment>-<ordinal>" (spec 03 §1.3).
[[nodiscard]] std::string child_name(const api::SeiNodeDeployment& deployment, std::int32_t ordinal);
/// Is it the name of a node that is to be there: of an ordinal below `replicas`?
[[nodiscard]] bool is_wanted_name(const api::SeiNodeDeployment& deployment, std::string_view name);
/// The value of the ordinal label: decimal digits and nothing else, below 2^31.
[[nodiscard]] std::optional<std::int32_t> parse_ordinal(std::string_view label);
[[nodiscard]] std::optional<std::int32_t> ordinal_of(const api::SeiNode& node);

/// What stands at the name of an ordinal.
enum class Claim {
    /// Nothing.
    Free,
    /// A node that this deployment controls.
    Ours,
    /// A node without a controller that carries the deployment's label: left behind by Retain, to be adopted.
    Adoptable,
    /// A node of somebody else: not to be written (spec 08 5.6).
    Foreign,
};
[[nodiscard]] Claim claim_on(const api::SeiNodeDeployment& deployment, const api::SeiNode* node);

/// The nodes that a deployment controls, by ordinal, then name. Nodes without an ordinal come last.
class Fleet {
public:
    Fleet() = default;
    /// Keeps those of `nodes` that `deployment` controls.
    Fleet(const api::SeiNodeDeployment& deployment, const std::vector<NodeSnapshot>& nodes);

    /// All of them, also those that are going.
    [[nodiscard]] const std::vector<NodeSnapshot>& all() const { return nodes_; }
    /// Those that are to be there: with an ordinal below `replicas`, and not going.
    [[nodiscard]] std::vector<NodeSnapshot> wanted() const;
    /// Those that are too many: with an ordinal from `replicas` on, and not going.
    [[nodiscard]] std::vector<NodeSnapshot> surplus() const;
    /// Null when there is none of this name. Valid until the next `put`.
    [[nodiscard]] const NodeSnapshot* find(std::string_view name) const;
    /// In place of what was seen of the node before, or added.
    void put(NodeSnapshot node);

private:
    std::int32_t replicas_ = 0;
    std::vector<NodeSnapshot> nodes_;
};

/// Counts as ready in the deployment's status: it is Running, and nothing is known to be wrong with its pod (spec 03
/// §15.1, spec 08 3.3).
[[nodiscard]] bool is_ready(const api::SeiNode& node);
/// Why the pod of a node does not serve: PodReady, where that is False for more than a start, and the node is not
/// halted by intention. Null when nothing is known to be wrong.
[[nodiscard]] const kube::Condition* pod_problem(const api::SeiNode& node);
/// Has the node's controller seen what its spec says now? Before that its status speaks of an earlier spec.
[[nodiscard]] bool has_seen_spec(const api::SeiNode& node);
/// Does its spec ask for the images of the template?
[[nodiscard]] bool asks_for(const api::SeiNode& node, const api::NodeSpec& wanted);
/// Has it arrived: it asks for the images of the template, its controller knows, it runs them, and has no plan under
/// way?
[[nodiscard]] bool runs(const api::SeiNode& node, const api::NodeSpec& wanted);
/// Has it got where its spec says, with nothing known to be wrong? Whether its pod serves is for its workload to say.
[[nodiscard]] bool is_available(const api::SeiNode& node);
/// For people: why a node has not got where it should, as far as it says so itself; empty when it just takes its time.
[[nodiscard]] std::string trouble_of(const api::SeiNode& node);
/// The same, as far as somebody has to do something about it: its spec is rejected, or something lasts.
[[nodiscard]] std::string lasting_trouble_of(const api::SeiNode& node);
/// Was it made to take part in a genesis ceremony?
[[nodiscard]] bool takes_part_in_ceremony(const api::SeiNode& node);
/// Has it uploaded its part of a genesis ceremony (or is it beyond that)?
[[nodiscard]] bool has_uploaded_artifacts(const api::SeiNode& node);

/// Did anything of a node change that its deployment shows or waits for (spec 08 6.9)?
[[nodiscard]] bool reported_facts_changed(const api::SeiNode& before, const api::SeiNode& after);

}  // namespace sei::deployment
