// The rules that the Secrets of a validator have to keep (spec 04 §7.7-7.9): which key is wrong, and how.
//
// Shape only: nothing is decrypted, and no value reaches a message.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "kube/async/async.hpp"
#include "kube/client/snapshot.hpp"
#include "kube/types/secret.hpp"
#include "sei/tasks/finding.hpp"
#include "sei/tasks/task_context.hpp"

namespace sei::tasks {

/// Reads one Secret of the node's namespace by its name, past every cache: the operator never lists Secrets (spec 08
/// 13.4). A Secret that is missing, being deleted or unreadable is a finding.
[[nodiscard]] kube::Async<std::expected<kube::Snapshot<kube::Secret>, Finding>> read_secret(
    TaskContext& context, std::string name
);

/// `priv_validator_key.json` (spec 04 §7.7, checks 4 to 8).
[[nodiscard]] Finding check_signing_key(const kube::Secret& secret);
/// `node_key.json` (spec 04 §7.8).
[[nodiscard]] Finding check_node_key(const kube::Secret& secret);
/// Entries and address index of a keyring (spec 04 §7.9, checks 3 to 6); data keys are visited in sorted order.
[[nodiscard]] Finding check_keyring(const kube::Secret& secret, std::string_view key_name);
/// spec 04 §7.9, checks 8 and 9.
[[nodiscard]] Finding check_passphrase(const kube::Secret& secret, std::string_view key);

}  // namespace sei::tasks
