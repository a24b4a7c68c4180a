// The plans of a node: which tasks, in which order, with which parameters (spec 02 §18, §20, §21).
#pragma once

#include <string>

#include "kube/meta/time.hpp"
#include "sei/api/node.hpp"
#include "sei/plan/task_id.hpp"

namespace sei::plan {

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
/// Opens the gate again after the sidecar restarted; a configuration that was given and not found valid since is given
/// again first.
[[nodiscard]] api::TaskPlan mark_ready_plan(const api::SeiNode& node, UuidSource& ids, ReachablePeers peers);

}  // namespace sei::plan
