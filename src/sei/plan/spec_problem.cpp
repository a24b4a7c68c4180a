#include "sei/plan/spec_problem.hpp"

#include <utility>

#include "sei/api/node_queries.hpp"

namespace sei::plan {
namespace {

using Problem = std::optional<SpecProblem>;

SpecProblem invalid(std::string message) {
    return {std::move(message)};
}

Problem snapshot_generation_problem(
    const std::string& mode, const std::optional<api::SnapshotGenerationConfig>& generation
) {
    if (!generation) return std::nullopt;
    const std::string field = "spec." + mode + ".snapshotGeneration";
    if (!generation->tendermint) {
        return invalid(field + " is set but has no member (tendermint); omit it to disable snapshot generation");
    }
    if (generation->tendermint->publish && generation->tendermint->keepRecent < 2) {
        return invalid(
            field +
            ".tendermint.keepRecent must be at least 2 when publish is set: the second-newest snapshot is uploaded"
        );
    }
    return std::nullopt;
}

Problem bootstrap_problem(const std::string& mode, const std::optional<api::SnapshotSource>& snapshot) {
    if (!snapshot || snapshot->bootstrapImage.empty()) return std::nullopt;
    if (!snapshot->s3 || snapshot->s3->targetHeight <= 0) {
        return invalid("spec." + mode + ".snapshot.bootstrapImage requires s3 with targetHeight > 0");
    }
    return std::nullopt;
}

Problem full_node_problem(const api::FullNodeSpec& full_node) {
    if (Problem problem = bootstrap_problem("fullNode", full_node.snapshot)) return problem;
    return snapshot_generation_problem("fullNode", full_node.snapshotGeneration);
}

Problem replayer_problem(const api::SeiNode& node) {
    const api::ReplayerSpec& replayer = *node.spec.replayer;
    if (!replayer.snapshot.s3)
        return invalid("spec.replayer.snapshot.s3 is required: a replayer starts from a snapshot");
    if (replayer.snapshot.s3->targetHeight <= 0) return invalid("spec.replayer.snapshot.s3.targetHeight must be > 0");
    if (node.spec.peers.empty()) return invalid("spec.peers needs at least one source: a replayer synchronises blocks");
    if (replayer.resultExport && !replayer.resultExport->shadowResult) {
        return invalid(
            "spec.replayer.resultExport is set but has no member (shadowResult); omit it to disable result export"
        );
    }
    return std::nullopt;
}

/// One Secret that a validator refers to, where it does.
struct SecretUse {
    std::string_view field;
    std::string_view secret;
};

Problem same_secret(SecretUse a, SecretUse b) {
    if (a.secret.empty() || a.secret != b.secret) return std::nullopt;
    return invalid(
        std::string{a.field} + " and " + std::string{b.field} + " both name the Secret \"" + std::string{a.secret} +
        "\": they must be distinct"
    );
}

/// Rules 1 to 6 of spec 02 §19.4.
Problem key_sources_problem(const api::ValidatorSpec& validator) {
    const bool has_signing_key = validator.signingKey.has_value();
    const bool has_node_key = validator.nodeKey.has_value();
    if (has_signing_key && validator.genesisCeremony) {
        return invalid("spec.validator.signingKey and spec.validator.genesisCeremony are mutually exclusive");
    }
    if (has_signing_key && (!validator.signingKey->secret || validator.signingKey->secret->secretName.empty())) {
        return invalid("spec.validator.signingKey.secret.secretName is required");
    }
    if (has_signing_key && !has_node_key) {
        return invalid("spec.validator.nodeKey is required when signingKey is set");
    }
    if (has_signing_key && (!validator.nodeKey->secret || validator.nodeKey->secret->secretName.empty())) {
        return invalid("spec.validator.nodeKey.secret.secretName is required");
    }
    if (has_node_key && !has_signing_key) {
        return invalid("spec.validator.nodeKey requires signingKey to be set");
    }
    return std::nullopt;
}

/// Rules 5 and 7 to 11: no two kinds of key material in one Secret.
Problem shared_secret_problem(const api::NodeSpec& spec) {
    const auto name_of = [](const api::KeySecret* key) {
        return key == nullptr ? std::string_view{} : std::string_view{key->secretName};
    };
    const SecretUse signing_key{"spec.validator.signingKey", name_of(api::signing_key_secret(spec))};
    const SecretUse node_key{"spec.validator.nodeKey", name_of(api::node_key_secret(spec))};
    if (Problem problem = same_secret(signing_key, node_key)) return problem;
    const api::SecretOperatorKeyring* secret = api::operator_keyring_secret(spec);
    if (secret == nullptr) return std::nullopt;
    const SecretUse keyring{"spec.validator.operatorKeyring.secret", secret->secretName};
    const SecretUse passphrase{
        "spec.validator.operatorKeyring.secret.passphraseSecretRef", secret->passphraseSecretRef.secretName
    };
    for (const auto& [a, b] :
         {std::pair{keyring, passphrase},
          std::pair{keyring, signing_key},
          std::pair{passphrase, signing_key},
          std::pair{keyring, node_key},
          std::pair{passphrase, node_key}}) {
        if (Problem problem = same_secret(a, b)) return problem;
    }
    return std::nullopt;
}

Problem ceremony_problem(const api::GenesisCeremonyNodeConfig& ceremony) {
    const std::string field = "spec.validator.genesisCeremony.";
    if (ceremony.chainId.empty()) return invalid(field + "chainId is required");
    if (ceremony.stakingAmount.empty()) return invalid(field + "stakingAmount is required");
    if (ceremony.accountBalance.empty()) return invalid(field + "accountBalance is required");
    return std::nullopt;
}

Problem validator_problem(const api::SeiNode& node) {
    const api::ValidatorSpec& validator = *node.spec.validator;
    if (Problem problem = key_sources_problem(validator)) return problem;
    if (Problem problem = shared_secret_problem(node.spec)) return problem;
    if (validator.genesisCeremony) return ceremony_problem(*validator.genesisCeremony);
    return bootstrap_problem("validator", validator.snapshot);
}

Problem mode_problem(const api::SeiNode& node) {
    const api::NodeSpec& spec = node.spec;
    if (spec.fullNode) return full_node_problem(*spec.fullNode);
    if (spec.archive) return snapshot_generation_problem("archive", spec.archive->snapshotGeneration);
    if (spec.replayer) return replayer_problem(node);
    if (spec.validator) return validator_problem(node);
    return invalid("spec has no mode: exactly one of fullNode, archive, replayer, validator must be set");
}

/// The pattern of the schema admits more than quantities are: "1e1.5" (spec 05 §19, 34).
Problem amounts_problem(const std::string& field, const kube::ResourceList& amounts) {
    for (const auto& [name, amount] : amounts) {
        if (kube::Quantity::parse(amount.text())) continue;
        return invalid(
            field + "." + name + ": \"" + amount.text() +
            "\" is no quantity: write a number with a suffix such as 4, 500m, 32Gi"
        );
    }
    return std::nullopt;
}

Problem sidecar_resources_problem(const api::NodeSpec& spec) {
    if (!spec.sidecar || !spec.sidecar->resources) return std::nullopt;
    const std::string field = "spec.sidecar.resources.";
    if (Problem problem = amounts_problem(field + "limits", spec.sidecar->resources->limits)) return problem;
    return amounts_problem(field + "requests", spec.sidecar->resources->requests);
}

}  // namespace

std::optional<SpecProblem> problem_of(const api::SeiNode& node) {
    if (Problem problem = mode_problem(node)) return problem;
    return sidecar_resources_problem(node.spec);
}

}  // namespace sei::plan
