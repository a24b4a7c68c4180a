// What the operator remembers of a node between passes: nothing that a restart may lose the node by.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kube/async/clock.hpp"
#include "kube/json/json.hpp"
#include "sei/resources/drift.hpp"

namespace sei::tasks {

/// The StatefulSet as this process applied it last: while all three still hold, applying it again would change nothing.
struct AppliedWorkload {
    /// Of the newest node whose rendering it was.
    std::int64_t node_generation = 0;
    /// Of what was applied: of a changed spec most fields do not touch the StatefulSet.
    std::size_t rendering_hash = 0;
    std::string uid;
    std::int64_t generation = 0;
    /// Was it held at zero replicas for a bootstrap Job?
    bool is_held = false;
    /// The claim of the data volume.
    std::string claim;
};

/// A Service or ConfigMap as it was last seen to, for the newest node whose rendering it was.
struct KeptOfNode {
    resources::KeptObject object;
    std::int64_t node_generation = 0;
};

/// What was seen of a bootstrap Job's pod.
struct SeenJobPod {
    std::string job_uid;
    /// When it was last seen.
    bool has_ended = false;
    /// Was it ever about to be ended by something else than itself?
    bool was_disrupted = false;
};

/// Attempts at one thing that came to nothing, since the last one that did.
struct Trouble {
    /// The task's id, or what else is tried.
    std::string subject;
    unsigned attempts = 0;
    /// The first attempt, also where an earlier process made it.
    kube::MonotonicTime since{};
    /// The first attempt of this process.
    kube::MonotonicTime tried_since{};
    std::string reason;
    std::string error;
    /// Is it worth a condition at once, without waiting whether it passes?
    bool report_at_once = false;
    /// The task has failed by it, and it is told for as long as the plan is there. Any other trouble with a task ends
    /// with the task, whoever completes it.
    bool outlives_task = false;
};

/// What the sidecar was given last; the write that says so may have been lost.
struct Submission {
    std::string task;
    /// As they are stored with a task.
    kube::json::Value params;
};

/// One node's memory, by its uid. Lost at a restart: each entry only saves work. What has to last is in the status.
struct NodeMemory {
    std::string uid;
    std::optional<AppliedWorkload> applied;
    /// The plan that this process has stored last: its view of the node is no older than that.
    std::string stored_plan;
    /// With the task that is due: it ends with any progress of the plan.
    std::optional<Trouble> trouble;
    /// With the node itself, whatever its plan is at: one for each subject, the newest noted last. Each ends when its
    /// subject is found in order.
    std::vector<Trouble> upkeep_troubles;
    /// How often the task was found running since it was accepted.
    std::string polled_task;
    unsigned polls = 0;
    std::optional<kube::MonotonicTime> probed_at;
    bool probe_was_ready = false;
    /// The spec has changed since the plan was built: does the plan still serve it? Asked until an answer is stored.
    bool is_plan_questioned = false;
    std::optional<Submission> submitted;
    /// Since when nothing is known of a task that a plan for a changed spec waits for.
    std::optional<kube::MonotonicTime> superseding_since;
    /// Since when the stored status lacks progress that may be told later.
    std::optional<kube::MonotonicTime> progress_put_off_since;
    /// Update plans that failed one after another; the newest one's task has it, too.
    unsigned failed_updates = 0;
    /// An update that failed is not tried again before, whatever else was done meanwhile.
    std::optional<kube::MonotonicTime> update_not_before;
    /// The last update failed at sources of peers that could not be reached; forgotten when the spec changes.
    bool are_peers_unreachable = false;
    KeptOfNode service;
    KeptOfNode config_map;
    std::optional<SeenJobPod> job_pod;
    /// The retained claim that was taken again, until that is told; empty: none.
    std::string adopted_claim;
};

/// The wait before the n-th look at something that is expected soon, n from 1: 100 ms, 250 ms, 500 ms, 1 s, 2 s, then
/// 5 s (spec 02 §1: task poll interval).
[[nodiscard]] std::chrono::milliseconds poll_delay(unsigned n);
/// The same for what people provide, such as Secrets and volumes: mostly they come right after the node. Every second
/// for half a minute, every two seconds for two minutes, then every five.
[[nodiscard]] std::chrono::milliseconds provision_delay(unsigned n);
/// The same for attempts that failed; from 2 minutes on 15 s, from 10 minutes on 30 s.
[[nodiscard]] std::chrono::milliseconds attempt_delay(unsigned n, kube::MonotonicTime::duration failing_for);

/// Counts one more failed attempt at something of the node itself, such as a claim: not at a task.
void note_trouble(
    NodeMemory& memory,
    kube::MonotonicTime now,
    std::string_view subject,
    std::string_view reason,
    std::string error,
    bool report_at_once
);
/// The subject is in order.
void forget_trouble(NodeMemory& memory, std::string_view subject);

/// Counts one more failed attempt at a task; what was noted of another task is over.
Trouble& note_task_trouble(
    NodeMemory& memory,
    kube::MonotonicTime now,
    std::string_view task_id,
    std::string_view reason,
    std::string error,
    bool report_at_once
);

}  // namespace sei::tasks
