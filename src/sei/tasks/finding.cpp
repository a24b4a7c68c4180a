#include "sei/tasks/finding.hpp"

#include <algorithm>
#include <utility>

#include "kube/meta/condition.hpp"

namespace sei::tasks {
namespace {

std::string_view reason_of(const FindingCondition& condition, Finding::Verdict verdict) {
    switch (verdict) {
        case Finding::Verdict::Ready:
            return condition.ready;
        case Finding::Verdict::NotReady:
            return condition.not_ready;
        case Finding::Verdict::Invalid:
            return condition.invalid;
    }
    std::unreachable();
}

}  // namespace

plan::TaskOutcome conclude(TaskContext& context, const FindingCondition& condition, const Finding& finding) {
    const bool is_ready = finding.verdict == Finding::Verdict::Ready;
    kube::Condition told;
    told.type = condition.type;
    told.status = is_ready ? kube::ConditionStatus::True : kube::ConditionStatus::False;
    told.observedGeneration = context.node->metadata.generation;
    told.lastTransitionTime = kube::Time::of(context.clock.now());
    told.reason = reason_of(condition, finding.verdict);
    told.message = finding.message;
    kube::set_condition(context.status.conditions, std::move(told));
    switch (finding.verdict) {
        case Finding::Verdict::Ready:
            return plan::Complete{};
        case Finding::Verdict::NotReady:
            return plan::Running{.waits_for = finding.message, .watched = plan::Running::Watched::No};
        case Finding::Verdict::Invalid:
            return plan::Terminal{finding.message};
    }
    std::unreachable();
}

std::string time_in_message(kube::Time time) {
    std::string text = kube::to_string(time);  // 2025-01-02T03:04:05Z
    std::ranges::replace(text, 'T', ' ');
    if (text.ends_with('Z')) text.pop_back();
    return text + " +0000 UTC";
}

}  // namespace sei::tasks
