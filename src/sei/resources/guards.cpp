#include "sei/resources/guards.hpp"

#include <map>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "sei/api/node_queries.hpp"
#include "sei/resources/container_parts.hpp"
#include "sei/resources/containers.hpp"

namespace sei::resources {

namespace {

std::string key_text(const api::SeiNode& node) {
    return fmt::format("{}/{}", node.metadata.namespace_, node.metadata.name);
}

/// The Secrets that a validator names; empty where it has none.
struct ValidatorSecrets {
    std::string signing_key;
    std::string node_key;
    std::string keyring;
    std::string passphrase;
};

ValidatorSecrets secrets_of(const api::SeiNode& node) {
    ValidatorSecrets secrets;
    if (const auto* key = api::signing_key_secret(node.spec)) secrets.signing_key = key->secretName;
    if (const auto* key = api::node_key_secret(node.spec)) secrets.node_key = key->secretName;
    if (const auto* keyring = api::operator_keyring_secret(node.spec)) {
        secrets.keyring = keyring->secretName;
        secrets.passphrase = keyring->passphraseSecretRef.secretName;
    }
    return secrets;
}

/// Containers, then init containers: the order in which violations are told.
std::vector<const kube::Container*> containers_of(const kube::PodSpec& pod) {
    std::vector<const kube::Container*> containers;
    for (const kube::Container& container : pod.containers) containers.push_back(&container);
    for (const kube::Container& container : pod.initContainers) containers.push_back(&container);
    return containers;
}

std::string_view secret_of(const kube::EnvVar& variable) {
    if (!variable.valueFrom || !variable.valueFrom->secretKeyRef) return {};
    return variable.valueFrom->secretKeyRef->name;
}

std::string_view secret_of(const kube::EnvFromSource& source) {
    return source.secretRef ? std::string_view{source.secretRef->name} : std::string_view{};
}

std::unexpected<RenderError> refused(std::string text) {
    return std::unexpected(RenderError{std::move(text)});
}

/// One way in which a container gets at a Secret.
struct SecretUse {
    std::string_view secret;
    std::string how;
};

std::vector<SecretUse> secret_uses(const kube::PodSpec& pod, const kube::Container& container) {
    std::map<std::string_view, std::string_view> secret_of_volume;
    for (const kube::Volume& volume : pod.volumes) {
        if (volume.secret) secret_of_volume[volume.name] = volume.secret->secretName;
    }
    std::vector<SecretUse> uses;
    for (const kube::VolumeMount& mounted : container.volumeMounts) {
        if (const auto found = secret_of_volume.find(mounted.name); found != secret_of_volume.end()) {
            uses.push_back({found->second, fmt::format("mounts volume \"{}\"", mounted.name)});
        }
    }
    for (const kube::EnvVar& variable : container.env) {
        if (const auto secret = secret_of(variable); !secret.empty()) {
            uses.push_back({secret, fmt::format("reads env \"{}\"", variable.name)});
        }
    }
    for (const kube::EnvFromSource& source : container.envFrom) {
        if (const auto secret = secret_of(source); !secret.empty()) uses.push_back({secret, "reads envFrom"});
    }
    return uses;
}

}  // namespace

Guarded check_keyring_containment(const api::SeiNode& node, const kube::PodSpec& pod) {
    const ValidatorSecrets secrets = secrets_of(node);
    if (secrets.keyring.empty()) return {};
    for (const kube::Container* container : containers_of(pod)) {
        if (container->name == kSidecarContainer) continue;
        for (const kube::VolumeMount& mounted : container->volumeMounts) {
            if (mounted.name == kKeyringVolume) {
                return refused(fmt::format(
                    "pod-spec for {} mounts {} volume on container \"{}\"; it is given to the sidecar alone, which "
                    "signs as the operator",
                    key_text(node),
                    kKeyringVolume,
                    container->name
                ));
            }
        }
        const auto reference = [&](std::string_view how) {
            return fmt::format(
                "pod-spec for {} references operator-keyring passphrase Secret \"{}\" {} on container \"{}\"; it is "
                "given to the sidecar alone",
                key_text(node),
                secrets.passphrase,
                how,
                container->name
            );
        };
        for (const kube::EnvVar& variable : container->env) {
            if (secret_of(variable) == secrets.passphrase) {
                return refused(reference(fmt::format("in env \"{}\"", variable.name)));
            }
        }
        for (const kube::EnvFromSource& source : container->envFrom) {
            if (secret_of(source) == secrets.passphrase) return refused(reference("via envFrom"));
        }
    }
    return {};
}

Guarded check_secret_use(const api::SeiNode& node, const kube::PodSpec& pod) {
    const ValidatorSecrets secrets = secrets_of(node);
    std::map<std::string_view, std::string_view> user_of_secret;
    for (const auto& [secret, user] : {
             std::pair{std::string_view{secrets.signing_key}, kSeidContainer},
             std::pair{std::string_view{secrets.node_key}, kSeidContainer},
             std::pair{std::string_view{secrets.keyring}, kSidecarContainer},
             std::pair{std::string_view{secrets.passphrase}, kSidecarContainer},
         }) {
        if (!secret.empty()) user_of_secret[secret] = user;
    }
    for (const kube::Container* container : containers_of(pod)) {
        for (const SecretUse& use : secret_uses(pod, *container)) {
            const auto allowed = user_of_secret.find(use.secret);
            if (allowed == user_of_secret.end()) {
                return refused(fmt::format(
                    "pod-spec for {}: container \"{}\" {} of Secret \"{}\", which the node does not name",
                    key_text(node),
                    container->name,
                    use.how,
                    use.secret
                ));
            }
            if (allowed->second != container->name) {
                return refused(fmt::format(
                    "pod-spec for {}: container \"{}\" {} of Secret \"{}\", which is given to container \"{}\" alone",
                    key_text(node),
                    container->name,
                    use.how,
                    use.secret,
                    allowed->second
                ));
            }
        }
    }
    return {};
}

Guarded check_bootstrap_isolation(const api::SeiNode& node, const kube::PodSpec& pod) {
    const ValidatorSecrets secrets = secrets_of(node);
    std::map<std::string_view, std::string_view> kind_of_secret;
    for (const auto& [secret, kind] : {
             std::pair{std::string_view{secrets.passphrase}, std::string_view{"operator-keyring-passphrase"}},
             std::pair{std::string_view{secrets.keyring}, std::string_view{"operator-keyring"}},
             std::pair{std::string_view{secrets.signing_key}, std::string_view{"signing-key"}},
         }) {
        if (!secret.empty()) kind_of_secret[secret] = kind;
    }
    const auto violation = [&](std::string_view secret, std::string where) -> Guarded {
        const auto kind = kind_of_secret.find(secret);
        if (kind == kind_of_secret.end()) return {};
        return refused(fmt::format(
            "bootstrap pod-spec for {} references {} Secret \"{}\" {}; bootstrap pods must never carry validator-owned "
            "credentials",
            key_text(node),
            kind->second,
            secret,
            where
        ));
    };
    for (const kube::Volume& volume : pod.volumes) {
        if (!volume.secret) continue;
        auto checked = violation(volume.secret->secretName, fmt::format("on volume \"{}\"", volume.name));
        if (!checked) return checked;
    }
    for (const kube::Container* container : containers_of(pod)) {
        for (const kube::EnvVar& variable : container->env) {
            auto checked = violation(secret_of(variable), fmt::format("in container \"{}\" env", container->name));
            if (!checked) return checked;
        }
        for (const kube::EnvFromSource& source : container->envFrom) {
            auto checked = violation(secret_of(source), fmt::format("in container \"{}\" envFrom", container->name));
            if (!checked) return checked;
        }
    }
    return {};
}

Guarded check_amounts(const api::SeiNode& node, const kube::PodSpec& pod) {
    for (const kube::Container* container : containers_of(pod)) {
        if (!container->resources) continue;
        for (const kube::ResourceList* amounts : {&container->resources->limits, &container->resources->requests}) {
            for (const auto& [name, amount] : *amounts) {
                if (kube::Quantity::parse(amount.text())) continue;
                return refused(fmt::format(
                    "pod-spec for {}: container \"{}\" asks for {} \"{}\", which is no quantity",
                    key_text(node),
                    container->name,
                    name,
                    amount.text()
                ));
            }
        }
    }
    return {};
}

}  // namespace sei::resources
