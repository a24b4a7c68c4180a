// The genesis ceremony of a deployment: when it begins, what it consists of, when its time is over (spec 03 §13).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kube/meta/time.hpp"
#include "sei/api/deployment.hpp"
#include "sei/deployment/fleet.hpp"
#include "sei/plan/task_id.hpp"

namespace sei::deployment {

/// Why no chain can be made from `spec.genesis`, as a sentence that begins with the field; nothing when one can, or
/// none is to be made. What is checked is what the sidecar would refuse after minutes, or what could not come to a
/// chain: accounts, the time limit's syntax, another chain in the template, keys from outside (spec 04 §9.14, spec
/// 08 8.4).
[[nodiscard]] std::optional<std::string> problem_of(const api::SeiNodeDeploymentSpec& spec);

/// Is it a bech32 address of Sei? Nullopt when it is, else what is wrong (BIP-173, at most 1023 characters, spec 04
/// §9.14).
[[nodiscard]] std::optional<std::string> problem_of_address(std::string_view address);

/// The plan of the ceremony. `participants` are in ordinal order.
[[nodiscard]] api::TaskPlan genesis_plan(
    const api::SeiNodeDeployment& deployment, const std::vector<std::string>& participants, plan::UuidSource& ids
);
/// The plan of a rollout over these nodes.
[[nodiscard]] api::TaskPlan rollout_plan(
    const api::SeiNodeDeployment& deployment, const std::vector<std::string>& nodes, plan::UuidSource& ids
);

/// What a deployment's plan is for: told from its tasks, never from other fields (H17).
enum class PlanKind { Genesis, Rollout, Unknown };
[[nodiscard]] PlanKind kind_of(const api::TaskPlan& plan);
/// The names in the parameters of its tasks, in their order.
[[nodiscard]] std::vector<std::string> node_names(const api::TaskPlan& plan);

/// Has the deployment's ceremony come to its end? It stays so.
[[nodiscard]] bool is_ceremony_complete(const api::SeiNodeDeploymentStatus& status);

/// Was the chain made before, by a ceremony that `status` knows nothing of: under a deployment of this name that left
/// these nodes behind? Then every participant has the peers that a ceremony gives them when the genesis is made, and
/// runs; one that does not is no reason to make it again for a deployment that has not begun to.
[[nodiscard]] bool was_chain_made(const api::SeiNodeDeploymentStatus& status, const std::vector<NodeSnapshot>& nodes);

/// Is the genesis of a ceremony that is not over assembled already, from the parts of these nodes? It is not assembled
/// again: whoever is made from now on has no part in it. Told by the peers that follow on the assembly, by the plan, or
/// by the task at which the last attempt failed.
[[nodiscard]] bool is_genesis_assembled(
    const api::SeiNodeDeploymentStatus& status, const std::vector<NodeSnapshot>& nodes
);

/// When the ceremony has to be over; nullopt without a limit. It began when PlanInProgress became True; a
/// pause uses up no time: after one it has all of it again.
[[nodiscard]] std::optional<kube::Time> ceremony_deadline(
    const api::GenesisConfig& genesis, const std::vector<kube::Condition>& conditions
);

}  // namespace sei::deployment
