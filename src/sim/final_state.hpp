// Comparing how two runs ended: what of an object is no accident.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kube/json/json.hpp"

namespace sim {

/// Canonical text of an object without identities, versions, times, addresses, counters, annotations of others, and
/// conditions that are not True, and of a plan what is done of what: what remains must be equal at the end of two runs
/// in which users did the same.
[[nodiscard]] std::string without_accidents(const kube::json::Value& object);

/// With this begin the lines of a final state that say that a condition is False.
inline constexpr std::string_view kFalse = "False: ";
/// The types of the object's conditions that are False.
[[nodiscard]] std::vector<std::string> false_conditions(const kube::json::Value& object);

/// Are the lines of both final states the same? What is False in the reference is so in `state`; what is False in
/// `state` alone is a condition that exists from some trouble on, and says that it is over.
[[nodiscard]] bool has_ended_as(const std::string& state, const std::string& reference);

}  // namespace sim
