// What a check of something that people provide came to: a Secret, an imported volume.
#pragma once

#include <string>
#include <string_view>

#include "kube/meta/time.hpp"
#include "sei/plan/task_outcome.hpp"
#include "sei/tasks/task_context.hpp"

namespace sei::tasks {

/// The sentence names the object and the rule, and never contains a value of a Secret.
struct Finding {
    enum class Verdict {
        Ready,
        /// It may become right without a change of the node: waited for, looked at again within seconds.
        NotReady,
        /// Somebody has to correct it: the plan fails.
        Invalid,
    };
    Verdict verdict = Verdict::Ready;
    std::string message;
    bool operator==(const Finding&) const = default;
};

/// The condition that tells a finding, and its reasons (spec 04 §7).
struct FindingCondition {
    std::string_view type;
    std::string_view ready;
    std::string_view not_ready;
    std::string_view invalid;
};

/// Writes the condition into `context.status` and says what follows for the task (spec 04 §7: a wait is a success of
/// the attempt, told by the condition).
[[nodiscard]] plan::TaskOutcome conclude(
    TaskContext& context, const FindingCondition& condition, const Finding& finding
);

/// "2025-01-02 03:04:05 +0000 UTC", as messages of the contract have times (spec 02 §17.3).
[[nodiscard]] std::string time_in_message(kube::Time time);

}  // namespace sei::tasks
