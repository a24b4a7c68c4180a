// The conditions of Kubernetes' own kinds: like metav1.Condition, but every member may be missing.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "kube/meta/time.hpp"

namespace kube {

/// A condition of a Pod, Job, StatefulSet, PersistentVolumeClaim or Node.
struct WorkloadCondition {
    std::string type;
    /// "True", "False" or "Unknown".
    std::string status;
    std::optional<Time> lastTransitionTime;
    std::string reason;
    std::string message;
    static constexpr std::array required{"status", "type"};
    bool operator==(const WorkloadCondition&) const = default;
};
BOOST_DESCRIBE_STRUCT(WorkloadCondition, (), (type, status, lastTransitionTime, reason, message))

[[nodiscard]] const WorkloadCondition* find_condition(
    const std::vector<WorkloadCondition>& conditions, std::string_view type
);
[[nodiscard]] bool is_condition_true(const std::vector<WorkloadCondition>& conditions, std::string_view type);

}  // namespace kube
