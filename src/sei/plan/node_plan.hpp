// The plans of a node: which tasks, in which order, with which parameters (spec 02 §18, §20, §21).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sei/api/node.hpp"
#include "sei/plan/config_intent.hpp"
#include "sei/plan/task_id.hpp"

namespace sei::plan {

/// What a plan is for; told from its tasks, so that plans of other operators are known too (spec 02 §23).
enum class PlanKind { Init, NodeUpdate, MarkReady, Unknown };
[[nodiscard]] PlanKind kind_of(const api::TaskPlan& plan);
/// "init", "node-update", "mark-ready-reapply", "unknown": the `plan_type` of metrics.
[[nodiscard]] std::string_view to_string(PlanKind kind);

/// The first plan of a node, by its mode: a ceremony's, one with a bootstrap Job, or the base plan (spec 02 §18.3,
/// §19). `problem_of(node)` has found nothing. Where the plan of `node.status` leaves a bootstrap behind that the spec
/// does not ask for anymore, its Job and its pod are gone before anything else begins (spec 08 4.2). A bootstrap to the
/// same height that has succeeded in that plan counts as done.
[[nodiscard]] api::TaskPlan init_plan(const api::SeiNode& node, UuidSource& ids);

/// The volume that the plan's bootstrap has prepared is gone: the next plan does it again.
void forget_bootstrap(api::TaskPlan& plan);

/// The data of the volume are those of a node that has run: nothing prepares them anew, by an image that may not be
/// able to read them.
void skip_bootstrap(api::TaskPlan& plan, kube::Time now);

/// How the configuration that a node was given last differs from the one that its spec asks for now (spec 08 7.1).
struct ConfigDrift {
    /// Sorted. A key that is owned no longer counts, too; so do "mode", "peers", and "config-validate" where what was
    /// given last was never found valid.
    std::vector<std::string> keys;
    /// Mode or keys, or what was given is not known to be valid: all of it is to be given again.
    bool in_values = false;
    /// The sources of peers: they are to be looked up.
    bool in_peers = false;
    /// Values became unset, or the mode changed: only a configuration made from the defaults has what they are then.
    bool needs_defaults = false;
    bool operator==(const ConfigDrift&) const = default;
};
/// Nullopt when there is none, and when it is not known what the node was given (spec 08 2.6).
[[nodiscard]] std::optional<ConfigDrift> config_drift(const api::SeiNode& node);

/// Sources of peers that could not be reached: what else there is to do does not wait for them (spec 08 7.4), but where
/// the file would have none at all.
enum class ReachablePeers { Unknown, None };

struct UpdateOptions {
    /// Where in the plan the configuration is applied again, if it has drifted.
    enum class Configuration {
        /// By the sidecar that is there, so that a refused configuration costs no pod (spec 08 1.7).
        BeforeReplacement,
        /// By the next pod's sidecar: the present one does not answer. seid waits for the gate, so it is in time.
        AfterReplacement,
        /// It cannot be served: what else there is to update does not wait for it.
        Omitted,
    };
    Configuration configuration = Configuration::BeforeReplacement;
    ReachablePeers peers = ReachablePeers::Unknown;
    /// The uid of a pod that is to go although its template is the newest; empty: none.
    std::string restarted_pod;
};
/// Brings a running node to what its spec asks for: image, configuration and template. The keys that are configured are
/// checked before a pod is replaced (spec 08 4.8).
[[nodiscard]] api::TaskPlan update_plan(const api::SeiNode& node, UuidSource& ids, const UpdateOptions& options);
[[nodiscard]] inline api::TaskPlan update_plan(const api::SeiNode& node, UuidSource& ids) {
    return update_plan(node, ids, UpdateOptions{});
}
/// Does the plan give the node the configuration that its spec asks for now, or does the node have it already?
[[nodiscard]] bool serves_configuration(const api::TaskPlan& plan, const api::SeiNode& node);
[[nodiscard]] bool is_key_check(std::string_view task_type);
/// Does the plan check the keys that the spec names now, and no others?
[[nodiscard]] bool serves_key_checks(const api::TaskPlan& plan, const api::SeiNode& node);
/// Opens the gate again after the sidecar restarted; a configuration that was given and not found valid since is given
/// again first.
[[nodiscard]] api::TaskPlan mark_ready_plan(const api::SeiNode& node, UuidSource& ids, ReachablePeers peers);

/// Where a node's peers come from, in the order of `spec.peers` (spec 02 §18.4): {"Sources": [...]}. A label source
/// carries all resolved peers, and is left out while there are none (spec 08 7.3).
[[nodiscard]] boost::json::object peer_sources(const api::NodeSpec& spec, const api::SeiNodeStatus& status);

/// Tells whether the sources changed; of which peers they consist now does not count. 12 hexadecimal digits, or
/// nothing where there are none.
[[nodiscard]] std::string peers_digest(const std::vector<api::PeerSource>& peers);
/// What `appliedConfig.peers` says of a file that was made anew and has no peers yet: nothing is to start with it.
inline constexpr std::string_view kNoPeersYet = "none";
/// And of one whose peers are not those of the spec.
inline constexpr std::string_view kUnknownPeers = "unknown";
/// Do the stored parameters of `discover-peers` name the sources of the spec? Which peers a label stood for does not
/// count.
[[nodiscard]] bool names_sources(const kube::json::Value& params, const api::SeiNode& node);
/// The same, but for labels, which parameters may leave out: then they stood for nobody yet.
[[nodiscard]] bool names_sources_but_labels(const kube::json::Value& params, const api::SeiNode& node);

/// Does the plan ask for the same as `next`, which was built for the node as it is: the same tasks in the same order
/// with the same parameters? Which peers a label stood for does not count.
[[nodiscard]] bool is_same_work(const api::TaskPlan& plan, const api::TaskPlan& next, const api::SeiNode& node);

/// The configuration that a new node gets: the layers of spec 02 §21, later ones winning.
[[nodiscard]] ConfigIntent config_intent(const api::SeiNode& node);

}  // namespace sei::plan
