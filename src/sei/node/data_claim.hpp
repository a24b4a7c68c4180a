// What becomes of a node whose data claim is gone.
#pragma once

#include <optional>
#include <string>

#include "kube/async/async.hpp"
#include "kube/runtime/requeue.hpp"
#include "sei/node/needs.hpp"
#include "sei/node/node_conditions.hpp"
#include "sei/node/planner.hpp"
#include "sei/tasks/task_context.hpp"

namespace sei::node {

/// The claim that was made for a node, as long as the node has it; not one that it imports.
class DataClaim {
public:
    /// Everything outlives it.
    DataClaim(tasks::TaskContext& context, const Needs& needs, Planner& planner, Conditions& conditions)
        : context_{context}, needs_{needs}, planner_{planner}, conditions_{conditions} {}

    /// A node whose claim is gone, together with the pod that used it, begins anew with an empty one; a validator only
    /// when somebody asks for it. Nullopt: go on.
    [[nodiscard]] kube::Async<std::optional<kube::Requeue>> keep();

private:
    /// Had the node come to have a claim?
    [[nodiscard]] bool was_there() const;
    /// Does a pod wait for a claim, and none run? Without one nothing shows that there ever was a claim.
    [[nodiscard]] bool is_missed() const;
    [[nodiscard]] kube::Requeue begin_anew();
    /// A validator that is still being initialized goes no further; what runs, or was asked for, does.
    [[nodiscard]] std::optional<kube::Requeue> wait_for_somebody() const;
    void note(const std::string& what);
    void forget();

    tasks::TaskContext& context_;
    const Needs& needs_;
    Planner& planner_;
    Conditions& conditions_;
};

}  // namespace sei::node
