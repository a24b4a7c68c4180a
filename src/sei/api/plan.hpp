// The plan that is kept in the status of SeiNode and SeiNodeDeployment (spec 01 §4.5).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "kube/json/json.hpp"
#include "kube/meta/time.hpp"
#include "sei/api/phases.hpp"

namespace sei::api {

/// One step of a plan. Steps are executed strictly front to back.
struct PlannedTask {
    /// The word of the wire: a stored plan may hold one that this version does not know.
    std::string type;
    /// UUID v5 of plan, type and index (spec 04): the sidecar's task id.
    std::string id;
    TaskStatus status = TaskStatus::Pending;
    /// The full payload of the task (spec 01 §18). Null: unset.
    kube::json::Value params;
    /// When it was first handed over; cleared by a retry.
    std::optional<kube::Time> submittedAt;
    std::string error;
    /// 0: the first failure is terminal.
    std::int32_t maxRetries = 0;
    std::int32_t retryCount = 0;
    /// The sidecar's number of the newest run that is known: under way while `submittedAt` is set, else ended. It and
    /// what follows are additions, which other operators ignore (spec 08 1.1, 1.4, 1.5).
    std::int64_t run = 0;
    /// Attempts that came to nothing since the task was last accepted; stored now and then, not each time.
    std::int32_t attempts = 0;
    /// What the last attempt or run came to, while the task is Pending.
    std::string lastError;
    std::optional<kube::Time> lastAttemptAt;
    /// No retry begins before, whatever wakes the object.
    std::optional<kube::Time> notBefore;
    /// A task that is not done by then has failed.
    std::optional<kube::Time> deadline;
    /// Tasks of earlier plans that the sidecar may still run: this one is not begun beside them. Left out once it is
    /// accepted.
    std::vector<std::string> afterTasks;
    static constexpr std::array required{"id", "status", "type"};
    bool operator==(const PlannedTask&) const = default;
};
BOOST_DESCRIBE_STRUCT(
    PlannedTask,
    (),
    (type,
     id,
     status,
     params,
     submittedAt,
     error,
     maxRetries,
     retryCount,
     run,
     attempts,
     lastError,
     lastAttemptAt,
     notBefore,
     deadline,
     afterTasks)
)

/// What is known of the task that failed its plan.
struct FailedTaskInfo {
    std::string type;
    std::string id;
    std::string error;
    std::int32_t retryCount = 0;
    std::int32_t maxRetries = 0;
    static constexpr std::array required{"error", "id", "maxRetries", "retryCount", "type"};
    bool operator==(const FailedTaskInfo&) const = default;
};
BOOST_DESCRIBE_STRUCT(FailedTaskInfo, (), (type, id, error, retryCount, maxRetries))

struct TaskPlan {
    /// A random UUID v4.
    std::string id;
    PlanPhase phase = PlanPhase::Active;
    std::vector<PlannedTask> tasks;
    /// The node's phase after success; unset: no transition. Plans of deployments have neither.
    std::optional<NodePhase> targetPhase;
    /// The node's phase after terminal failure; unset: no transition.
    std::optional<NodePhase> failedPhase;
    std::optional<std::int32_t> failedTaskIndex;
    std::optional<FailedTaskInfo> failedTaskDetail;
    static constexpr std::array required{"phase", "tasks"};
    bool operator==(const TaskPlan&) const = default;
};
BOOST_DESCRIBE_STRUCT(TaskPlan, (), (id, phase, tasks, targetPhase, failedPhase, failedTaskIndex, failedTaskDetail))

}  // namespace sei::api
