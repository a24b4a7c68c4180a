#include "kube/meta/condition.hpp"

#include <algorithm>

namespace kube {
namespace {

/// Cuts at the limit without leaving half a character behind.
void truncate_utf8(std::string& text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return;
    std::size_t end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text.resize(end);
}

}  // namespace

void set_condition(std::vector<Condition>& conditions, Condition condition) {
    truncate_utf8(condition.message, kConditionMessageBytesMax);
    const auto existing = std::ranges::find(conditions, condition.type, &Condition::type);
    if (existing == conditions.end()) {
        conditions.push_back(std::move(condition));
        return;
    }
    if (existing->status == condition.status) condition.lastTransitionTime = existing->lastTransitionTime;
    *existing = std::move(condition);
}

const Condition* find_condition(const std::vector<Condition>& conditions, std::string_view type) {
    const auto found = std::ranges::find(conditions, type, &Condition::type);
    return found == conditions.end() ? nullptr : &*found;
}

bool is_condition_true(const std::vector<Condition>& conditions, std::string_view type) {
    const Condition* condition = find_condition(conditions, type);
    return condition != nullptr && condition->status == ConditionStatus::True;
}

}  // namespace kube
