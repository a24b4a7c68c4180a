// From stored parameters to what the sidecar is sent. One .cpp for each type that has parameters (spec 04 §9).
#pragma once

#include "sei/tasks/sidecar_task.hpp"
#include "sei/tasks/stored_params.hpp"

namespace sei::tasks {

[[nodiscard]] WireParams config_apply_params(const StoredParams& stored);
[[nodiscard]] WireParams configure_state_sync_params(const StoredParams& stored);
[[nodiscard]] WireParams discover_peers_params(const StoredParams& stored);
[[nodiscard]] WireParams snapshot_restore_params(const StoredParams& stored);

}  // namespace sei::tasks
