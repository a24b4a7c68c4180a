// What only validators have: keys and the genesis ceremony (spec 01 §5.7).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include <boost/describe.hpp>

#include "sei/api/snapshot.hpp"

namespace sei::api {

/// One validator's part of a genesis ceremony; written by the SeiNodeDeployment controller.
struct GenesisCeremonyNodeConfig {
    std::string chainId;
    std::string stakingAmount;
    std::string accountBalance;
    std::int32_t index = 0;
    static constexpr std::array required{"accountBalance", "chainId", "index", "stakingAmount"};
    bool operator==(const GenesisCeremonyNodeConfig&) const = default;
};
BOOST_DESCRIBE_STRUCT(GenesisCeremonyNodeConfig, (), (chainId, stakingAmount, accountBalance, index))

/// A Secret in the node's namespace that holds one key file. Its name cannot be changed.
struct KeySecret {
    std::string secretName;
    static constexpr std::array required{"secretName"};
    bool operator==(const KeySecret&) const = default;
};
BOOST_DESCRIBE_STRUCT(KeySecret, (), (secretName))

/// The consensus key: data key `priv_validator_key.json`.
struct SigningKeySource {
    std::optional<KeySecret> secret;
    bool operator==(const SigningKeySource&) const = default;
};
BOOST_DESCRIBE_STRUCT(SigningKeySource, (), (secret))

/// The P2P identity: data key `node_key.json`.
struct NodeKeySource {
    std::optional<KeySecret> secret;
    bool operator==(const NodeKeySource&) const = default;
};
BOOST_DESCRIBE_STRUCT(NodeKeySource, (), (secret))

struct PassphraseSecretRef {
    std::string secretName;
    std::string key;
    static constexpr std::array required{"key", "secretName"};
    bool operator==(const PassphraseSecretRef&) const = default;
};
BOOST_DESCRIBE_STRUCT(PassphraseSecretRef, (), (secretName, key))

/// A keyring of the `file` backend: data keys `<name>.info` and `<hex>.address`.
struct SecretOperatorKeyring {
    std::string secretName;
    std::string keyName;
    PassphraseSecretRef passphraseSecretRef;
    static constexpr std::array required{"passphraseSecretRef", "secretName"};
    bool operator==(const SecretOperatorKeyring&) const = default;
};
BOOST_DESCRIBE_STRUCT(SecretOperatorKeyring, (), (secretName, keyName, passphraseSecretRef))

struct OperatorKeyringSource {
    std::optional<SecretOperatorKeyring> secret;
    bool operator==(const OperatorKeyringSource&) const = default;
};
BOOST_DESCRIBE_STRUCT(OperatorKeyringSource, (), (secret))

struct ValidatorSpec {
    std::optional<SnapshotSource> snapshot;
    std::optional<GenesisCeremonyNodeConfig> genesisCeremony;
    std::optional<SigningKeySource> signingKey;
    std::optional<NodeKeySource> nodeKey;
    std::optional<OperatorKeyringSource> operatorKeyring;
    bool operator==(const ValidatorSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(ValidatorSpec, (), (snapshot, genesisCeremony, signingKey, nodeKey, operatorKeyring))

}  // namespace sei::api
