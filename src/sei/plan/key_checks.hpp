// The checks of a validator's keys.
#pragma once

#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "sei/api/node.hpp"
#include "sei/plan/task_type.hpp"

namespace sei::plan {

/// The task that does it.
struct KeyCheck {
    TaskType type = TaskType::ValidateSigningKey;
    boost::json::object params;
};

/// Those of the key material that is configured, and of no other (spec 04 §7.7-7.9).
[[nodiscard]] std::vector<KeyCheck> key_checks(const api::SeiNode& node);
[[nodiscard]] bool is_key_check(std::string_view task_type);

}  // namespace sei::plan
