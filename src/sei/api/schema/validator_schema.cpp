#include "sei/api/schema/rules.hpp"

namespace kube::schema {
namespace {

constexpr std::string_view kDnsLabel = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

SchemaNode secret_name(SchemaNode schema, std::string_view sentence, std::string_view immutable_message) {
    return schema.field("secretName")
        .describe(sentence)
        .min_length(1)
        .max_length(253)
        .pattern(kDnsLabel)
        .rule("self == oldSelf", immutable_message);
}

}  // namespace

void Rules<sei::api::GenesisCeremonyNodeConfig>::add(SchemaNode schema) {
    schema.describe("This validator's part in a genesis ceremony; written by its SeiNodeDeployment.");
    schema.field("chainId").describe("The ID of the chain that is being made.").min_length(1);
    schema.field("stakingAmount").describe("The validator's self-delegation, for example 10000000usei.").min_length(1);
    schema.field("accountBalance").describe("The first balance of the validator's account.").min_length(1);
    schema.field("index").describe("The validator's ordinal in its deployment.").minimum(0);
}

void Rules<sei::api::KeySecret>::add(SchemaNode schema) {
    schema.describe("A Secret in the node's namespace.");
    secret_name(
        schema,
        "The name of the Secret; it cannot be changed.",
        "secretName is immutable: a validator keeps the key that it started with"
    );
}

void Rules<sei::api::SigningKeySource>::add(SchemaNode schema) {
    schema.describe("Where the consensus key comes from.")
        .rule(
            "(has(self.secret) ? 1 : 0) == 1", "signingKey: exactly one source must be set, and secret is the only one"
        );
    schema.field("secret").describe("A Secret with the data key priv_validator_key.json.");
}

void Rules<sei::api::NodeKeySource>::add(SchemaNode schema) {
    schema.describe("Where the P2P identity comes from.")
        .rule("(has(self.secret) ? 1 : 0) == 1", "nodeKey: exactly one source must be set, and secret is the only one");
    schema.field("secret").describe("A Secret with the data key node_key.json.");
}

void Rules<sei::api::PassphraseSecretRef>::add(SchemaNode schema) {
    schema.describe("The passphrase that unlocks the keyring, in a Secret of its own.");
    secret_name(
        schema,
        "The name of the Secret; it cannot be changed, and must not be the keyring's.",
        "passphraseSecretRef.secretName is immutable: a validator keeps the keyring that it started with"
    );
    schema.field("key").describe("The data key that holds the passphrase.").min_length(1).max_length(253);
}

void Rules<sei::api::SecretOperatorKeyring>::add(SchemaNode schema) {
    schema.describe("A keyring of the file backend, projected from a Secret.");
    secret_name(
        schema,
        "The Secret with the keyring's files: <name>.info and <hex>.address; it cannot be changed.",
        "secretName is immutable: a validator keeps the keyring that it started with"
    );
    schema.field("keyName")
        .describe("The entry that signs governance transactions.")
        .default_value("node_admin")
        .max_length(64)
        .pattern("^[a-zA-Z0-9_-]+$");
    schema.field("passphraseSecretRef").describe("The passphrase that unlocks the keyring.");
}

void Rules<sei::api::OperatorKeyringSource>::add(SchemaNode schema) {
    schema.describe("Where the operator account's keys come from.");
    schema.field("secret").describe("A keyring of the file backend. Leave operatorKeyring out for the test backend.");
}

void Rules<sei::api::ValidatorSpec>::add(SchemaNode schema) {
    schema.describe("A validator: takes part in consensus.")
        .rule(
            "has(self.signingKey) == has(self.nodeKey)",
            "signingKey and nodeKey must be set together: a validator brings both of its keys, or neither"
        )
        .rule(
            "!has(self.signingKey) || !has(self.nodeKey) || self.signingKey.secret.secretName != "
            "self.nodeKey.secret.secretName",
            "signingKey and nodeKey must reference distinct Secrets: what may read the node key must not thereby read "
            "the "
            "consensus key"
        )
        .rule(
            "!has(self.operatorKeyring) || !has(self.signingKey) || self.operatorKeyring.secret.secretName != "
            "self.signingKey.secret.secretName",
            "operatorKeyring and signingKey must reference distinct Secrets: the keyring is the sidecar's alone, the "
            "consensus key is seid's"
        )
        .rule(
            "!has(self.operatorKeyring) || !has(self.nodeKey) || self.operatorKeyring.secret.secretName != "
            "self.nodeKey.secret.secretName",
            "operatorKeyring and nodeKey must reference distinct Secrets: the keyring is the sidecar's alone, the node "
            "key is seid's"
        )
        .rule(
            "!has(self.operatorKeyring) || self.operatorKeyring.secret.secretName != "
            "self.operatorKeyring.secret.passphraseSecretRef.secretName",
            "operatorKeyring.secret and its passphraseSecretRef must reference distinct Secrets: a passphrase among "
            "the "
            "keyring's files protects nothing"
        )
        .rule(
            "!has(self.operatorKeyring) || !has(self.signingKey) || "
            "self.operatorKeyring.secret.passphraseSecretRef.secretName != self.signingKey.secret.secretName",
            "operatorKeyring.secret.passphraseSecretRef and signingKey must reference distinct Secrets: the passphrase "
            "is given to the sidecar alone"
        )
        .rule(
            "!has(self.operatorKeyring) || !has(self.nodeKey) || "
            "self.operatorKeyring.secret.passphraseSecretRef.secretName != self.nodeKey.secret.secretName",
            "operatorKeyring.secret.passphraseSecretRef and nodeKey must reference distinct Secrets: the passphrase is "
            "given to the sidecar alone"
        );
    schema.field("snapshot").describe("Where the first state comes from; without it the node syncs from genesis.");
    schema.field("genesisCeremony")
        .describe("This validator's part in a genesis ceremony; written by its SeiNodeDeployment.");
    schema.field("signingKey").describe("The consensus key. To be set together with nodeKey.");
    schema.field("nodeKey").describe("The P2P identity. To be set together with signingKey.");
    schema.field("operatorKeyring")
        .describe(
            "The operator account's keys, which sign governance transactions; without it the test backend is used."
        );
}

}  // namespace kube::schema
