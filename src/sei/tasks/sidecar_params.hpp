// From stored parameters to what the sidecar is sent. One .cpp for each type that has parameters (spec 04 §9).
#pragma once

#include <initializer_list>
#include <string_view>

#include "sei/tasks/sidecar_task.hpp"
#include "sei/tasks/stored_params.hpp"

namespace sei::tasks {

[[nodiscard]] WireParams config_apply_params(const StoredParams& stored);
[[nodiscard]] WireParams configure_state_sync_params(const StoredParams& stored);
[[nodiscard]] WireParams discover_peers_params(const StoredParams& stored);
/// Each run with the peers that are known when it begins, which are stored with the task (spec 08 1.9); done where
/// there are none, which is no mistake (7.3). Of a run that nobody remembers having begun the stored ones may not be
/// the true ones: they are left as they are.
[[nodiscard]] kube::Async<plan::TaskOutcome> discover_peers(TaskContext& context, api::PlannedTask task);
[[nodiscard]] WireParams snapshot_restore_params(const StoredParams& stored);

/// Of the genesis ceremony (spec 04 §9.10-9.12).
[[nodiscard]] WireParams generate_identity_params(const StoredParams& stored);
[[nodiscard]] WireParams generate_gentx_params(const StoredParams& stored);
[[nodiscard]] WireParams upload_genesis_artifacts_params(const StoredParams& stored);

/// A text that is stored under one key and sent under another.
struct RequiredText {
    std::string_view stored_key;
    std::string_view wire_key;
};
/// Parameters that are all texts; an empty one is refused with its stored key.
[[nodiscard]] WireParams required_texts(
    const StoredParams& stored, std::string_view task, std::initializer_list<RequiredText> members
);

}  // namespace sei::tasks
