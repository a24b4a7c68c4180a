#include "sei/tasks/sidecar_params.hpp"

namespace sei::tasks {

WireParams snapshot_restore_params(const StoredParams& stored) {
    const std::int64_t height = stored.integer("TargetHeight");
    if (height <= 0) return std::nullopt;
    return boost::json::object{{"targetHeight", height}};
}

}  // namespace sei::tasks
