#include "sei/api/node_task_queries.hpp"

#include <fmt/format.h>

#include "sei/api/duration.hpp"

namespace sei::api {

NodePhase require_phase(const SeiNodeTask& task) {
    return task.spec.target.requirePhase.value_or(NodePhase::Running);
}

std::expected<std::chrono::nanoseconds, std::string> require_phase_timeout(const SeiNodeTask& task) {
    const auto& text = task.spec.target.requirePhaseTimeout;
    if (!text) return std::chrono::minutes{5};
    const auto duration = parse_duration(*text);
    if (!duration) {
        return std::unexpected(
            fmt::format("spec.target.requirePhaseTimeout \"{}\" is no duration; write it like 5m or 1h30m", *text)
        );
    }
    return *duration;
}

bool is_terminal(const SeiNodeTask& task) {
    return task.status.phase == TaskPhase::Complete || task.status.phase == TaskPhase::Failed;
}

}  // namespace sei::api
