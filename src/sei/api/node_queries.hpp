// Questions about a SeiNode, each asked in one place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kube/meta/names.hpp"
#include "kube/meta/object_meta.hpp"
#include "sei/api/node.hpp"

namespace sei::api {

enum class NodeMode { FullNode, Archive, Replayer, Validator };

/// Which mode member is set; nullopt when there is none (a spec that was admitted without a `spec`). If more than one
/// were set, which the schema forbids: validator, archive, replayer, fullNode (spec 05 §4.1).
[[nodiscard]] std::optional<NodeMode> mode_of(const NodeSpec& spec);

/// What seid and its sidecar call the mode: "full" (also for a replayer), "archive" or "validator" (spec 05 §4.1).
[[nodiscard]] std::string_view mode_word(const NodeSpec& spec);

/// The value of label `sei.io/role`: "validator", "archive", "replayer" or "node"; empty without a mode.
[[nodiscard]] std::string_view role_of(const NodeSpec& spec);

/// The snapshot that the node starts from; null when it starts from genesis. An archive never has one.
[[nodiscard]] const SnapshotSource* snapshot_source(const NodeSpec& spec);

/// Snapshot production, of full nodes and archives; null when it is off.
[[nodiscard]] const SnapshotGenerationConfig* snapshot_generation(const NodeSpec& spec);

/// Does the node take part in a genesis ceremony?
[[nodiscard]] bool is_genesis_validator(const NodeSpec& spec);

/// Does a bootstrap Job run first? It does when the snapshot has a bootstrap image and a height in the bucket, but not
/// for a validator of a genesis ceremony (spec 05 §10.1).
[[nodiscard]] bool needs_bootstrap(const NodeSpec& spec);

/// Where a bootstrap from this snapshot halts: at its target height, unless it says otherwise (spec 08 4.6).
[[nodiscard]] std::int64_t halt_height(const S3Snapshot& snapshot);

/// `host:port` that the node tells its peers: that of the spec, else what somebody wrote into the status (spec 08 7.5);
/// empty where there is none.
[[nodiscard]] const std::string& external_address(const SeiNode& node);

/// The Secrets of a validator; null where none is configured.
[[nodiscard]] const KeySecret* signing_key_secret(const NodeSpec& spec);
[[nodiscard]] const KeySecret* node_key_secret(const NodeSpec& spec);
[[nodiscard]] const SecretOperatorKeyring* operator_keyring_secret(const NodeSpec& spec);

/// The key that governance tasks sign with: that of the keyring, `node_admin` when it names none, `validator` when
/// there is no keyring Secret (spec 01 §5.7).
[[nodiscard]] std::string operator_key_name(const NodeSpec& spec);

/// The name of an imported claim; empty when the controller makes its own.
[[nodiscard]] std::string_view imported_pvc_name(const NodeSpec& spec);

/// Was the claim that the node imports found to be its alone? The name never changes once it is set.
[[nodiscard]] bool was_granted_import(const SeiNode& node);

/// 7777 unless the spec says otherwise (spec 05 §4.4).
[[nodiscard]] std::int32_t sidecar_port(const NodeSpec& spec);

/// The proxy in front of every sidecar.
inline constexpr std::int32_t kProxyPort = 8443;
/// "http://<name>-0.<name>.<ns>.svc.cluster.local:8443" (spec 05 §4.2, spec 04 §8.1).
[[nodiscard]] std::string sidecar_url(const kube::NamespacedName& node);

/// Does `spec.image` ask for another image than the one that was observed? An update plan follows once the node runs.
/// An image that was not observed yet is no drift (spec 08 2.6).
[[nodiscard]] bool has_image_drift(const NodeSpec& spec, const SeiNodeStatus& status);

/// Was it told to stop at a height or a time, for a chain upgrade? Then its pod is unready on purpose (spec 08 3.2).
[[nodiscard]] bool is_halted_by_intention(const NodeSpec& spec);

/// A paused node is frozen, but a failed one stays failed.
[[nodiscard]] bool is_failed(const SeiNode& node);

/// Keys of what a node owns (spec 05 §4.2).
[[nodiscard]] kube::NamespacedName workload_key(const SeiNode& node);  ///< StatefulSet and headless Service
[[nodiscard]] kube::NamespacedName pod_key(const SeiNode& node);
[[nodiscard]] kube::NamespacedName data_pvc_key(const SeiNode& node);  ///< the imported one, if any
[[nodiscard]] kube::NamespacedName proxy_config_key(const SeiNode& node);
[[nodiscard]] kube::NamespacedName bootstrap_job_key(const SeiNode& node);

/// The controller reference that everything a node owns carries (spec 05 §2).
[[nodiscard]] kube::OwnerReference owner_reference_to(const SeiNode& node);

}  // namespace sei::api
