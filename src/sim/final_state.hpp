// Comparing how two runs ended: what of an object is no accident.
#pragma once

#include <string>

#include "kube/json/json.hpp"

namespace sim {

/// Canonical text of an object without identities, versions, times, addresses, counters, and conditions that are not
/// True: what remains must be equal at the end of two runs in which users did the same.
[[nodiscard]] std::string without_accidents(const kube::json::Value& object);

}  // namespace sim
