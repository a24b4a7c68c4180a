// Questions about a SeiNodeTask.
#pragma once

#include <chrono>
#include <expected>
#include <string>

#include "sei/api/node_task.hpp"

namespace sei::api {

/// The phase that the target must have: Running unless the spec says otherwise.
[[nodiscard]] NodePhase require_phase(const SeiNodeTask& task);

/// How long to wait for that phase: 5 minutes unless the spec says otherwise. The error says what is wrong with the
/// text: the API server admits any (spec 01 §20.5).
[[nodiscard]] std::expected<std::chrono::nanoseconds, std::string> require_phase_timeout(const SeiNodeTask& task);

/// Terminal tasks are never written again.
[[nodiscard]] bool is_terminal(const SeiNodeTask& task);

}  // namespace sei::api
