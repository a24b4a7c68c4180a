#include <utility>

#include "sei/plan/config_intent.hpp"
#include "sei/tasks/sidecar_params.hpp"

namespace sei::tasks {

WireParams config_apply_params(const StoredParams& stored) {
    plan::ConfigIntent intent;
    intent.mode = stored.text("mode");
    intent.target_version = stored.integer("targetVersion");
    intent.incremental = stored.boolean("incremental");
    for (const auto& member : stored.object("overrides")) {
        if (member.value().is_null()) continue;
        if (!member.value().is_string()) {
            throw ParamsError{"params.overrides." + std::string{member.key()} + ": expected a string"};
        }
        intent.overrides[std::string{member.key()}] = std::string{member.value().get_string()};
    }
    if (const auto problem = plan::problem_of(intent))
        return std::unexpected("config-apply: invalid intent: " + *problem);
    return plan::to_wire(intent);
}

}  // namespace sei::tasks
