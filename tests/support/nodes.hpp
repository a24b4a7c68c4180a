// Nodes as manifests have them, what they refer to, and what they tell.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "support/world.hpp"

namespace support {

inline constexpr std::string_view kImageV1 = "example.com/seid:v1";
inline constexpr std::string_view kImageV2 = "example.com/seid:v2";
/// One static source, as a member of a spec.
inline constexpr std::string_view kPeers =
    R"("peers":[{"static":{"addresses":["0000000000000000000000000000000000000000@h:26656"]}}])";
/// A validator with all its keys: Secrets sk, nk, kr and pp (`create_validator_secrets`).
inline constexpr std::string_view kValidatorWithKeys =
    R"({"validator":{"signingKey":{"secret":{"secretName":"sk"}},"nodeKey":{"secret":{"secretName":"nk"}},)"
    R"("operatorKeyring":{"secret":{"secretName":"kr","passphraseSecretRef":{"secretName":"pp","key":"p"}}}}})";

/// Files that pass.
inline constexpr std::string_view kSigningKeyFile =
    R"({"address":"1B","pub_key":{"type":"t","value":"v"},"priv_key":{"type":"t","value":"v"}})";
inline constexpr std::string_view kNodeKeyFile = R"({"priv_key":{"type":"t","value":"v"}})";

/// A node of this world: `spec` (JSON) with chain and image v1.
[[nodiscard]] sei::api::SeiNode a_node(const World& world, std::string name, std::string_view spec);

using Files = std::map<std::string, std::string>;
/// A Secret with these files, not yet encoded.
void create_secret(World& world, std::string name, const Files& files);
/// Those of `kValidatorWithKeys`, all in order.
void create_validator_secrets(World& world);

/// A claim of 40Ti that nobody has written yet, without a volume.
[[nodiscard]] kube::PersistentVolumeClaim a_claim(const World& world, std::string name, std::string access_mode);
/// A claim with its volume, large enough for every mode, which somebody has made: to be imported.
void create_claim_with_data(World& world, const std::string& name);

/// "False/SigningKeyNotReady"; "absent" when the node has no such condition.
[[nodiscard]] std::string condition(const World& world, const std::string& node, std::string_view type);
[[nodiscard]] std::string condition_message(const World& world, const std::string& node, std::string_view type);
/// The task types of the stored plan; none without a plan.
[[nodiscard]] std::vector<std::string> planned(const World& world, const std::string& node);
/// Is the live StatefulSet the tracked one?
[[nodiscard]] bool is_tracked(const World& world, const std::string& node);

/// Makes a full node whose configuration fails once, for good. True when it has failed.
bool run_until_failed_once(World& world, const std::string& name);

/// From Running to image v2. True when it got there: by its status, by its StatefulSet and, where there are pods, by
/// its pod.
bool roll(World& world, const std::string& name);
/// Deletes the node, and waits until it and all that it owned are gone. True when they are.
bool delete_and_wait(World& world, const std::string& name);

}  // namespace support
