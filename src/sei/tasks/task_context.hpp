// What a task works with: one node, one pass.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "kube/async/clock.hpp"
#include "kube/client/client.hpp"
#include "kube/types/stateful_set.hpp"
#include "sei/api/node.hpp"
#include "sei/platform/platform.hpp"
#include "sei/sidecar/sidecar.hpp"
#include "sei/tasks/node_memory.hpp"
#include "sei/tasks/observed.hpp"

namespace sei::tasks {

/// Lives as long as the pass; everything it refers to outlives it.
struct TaskContext {
    /// As read at the start of the pass. Tasks act on this node, whatever their stored parameters name (spec 04 §5).
    kube::Snapshot<api::SeiNode> node;
    /// The working copy: written once, at the end of the pass.
    api::SeiNodeStatus& status;
    kube::Client& client;
    const Observed& observed;
    const platform::Platform& platform;
    sidecar::Sidecar& sidecar;
    kube::Clock& clock;
    NodeMemory& memory;
    /// Has the stored plan the task of this id as due, as an uncached read has it (`still_due.hpp`)?
    std::function<kube::Async<bool>(std::string task_id)> is_still_due;
    /// What is known of the StatefulSet in this pass, newer than what `observed` has: what was applied with the
    /// metadata that the server answered, too, which is no snapshot. Null until `sync_stateful_set` has set it.
    std::shared_ptr<const kube::StatefulSet> live_stateful_set;
};

}  // namespace sei::tasks
