#include "kube/types/workload_condition.hpp"

#include <algorithm>

namespace kube {

const WorkloadCondition* find_condition(const std::vector<WorkloadCondition>& conditions, std::string_view type) {
    const auto found = std::ranges::find(conditions, type, &WorkloadCondition::type);
    return found == conditions.end() ? nullptr : &*found;
}

bool is_condition_true(const std::vector<WorkloadCondition>& conditions, std::string_view type) {
    const WorkloadCondition* condition = find_condition(conditions, type);
    return condition != nullptr && condition->status == "True";
}

}  // namespace kube
