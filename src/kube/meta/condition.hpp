// metav1.Condition and how it changes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "kube/meta/time.hpp"

namespace kube {

enum class ConditionStatus { True, False, Unknown };
BOOST_DESCRIBE_ENUM(ConditionStatus, True, False, Unknown)

/// metav1.Condition (spec 01 §4.1).
struct Condition {
    std::string type;
    ConditionStatus status = ConditionStatus::Unknown;
    std::int64_t observedGeneration = 0;
    Time lastTransitionTime;
    std::string reason;
    std::string message;
    bool operator==(const Condition&) const = default;

    static constexpr std::array required{"lastTransitionTime", "message", "reason", "status", "type"};
};
BOOST_DESCRIBE_STRUCT(Condition, (), (type, status, observedGeneration, lastTransitionTime, reason, message))

/// The longest message that the schema admits; longer ones are cut on a UTF-8 boundary by `set_condition`.
inline constexpr std::size_t kConditionMessageBytesMax = 32'768;

/// Sets a condition by type: appended when new; `lastTransitionTime` moves only when the status changes (spec 01 §4.1).
/// `condition.lastTransitionTime` is the time of now.
void set_condition(std::vector<Condition>& conditions, Condition condition);
[[nodiscard]] const Condition* find_condition(const std::vector<Condition>& conditions, std::string_view type);
[[nodiscard]] bool is_condition_true(const std::vector<Condition>& conditions, std::string_view type);

}  // namespace kube
