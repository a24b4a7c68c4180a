#include <string>

#include "sei/api/node_queries.hpp"
#include "sei/resources/container_parts.hpp"
#include "sei/resources/containers.hpp"
#include "sei/resources/sidecar_image.hpp"

namespace sei::resources {

namespace {

kube::ResourceList canonical(const kube::ResourceList& amounts) {
    kube::ResourceList out;
    for (const auto& [name, amount] : amounts) out.emplace(name, kube::Quantity{amount.canonical()});
    return out;
}

/// A copy of what the node asks for, in canonical form (spec 05 §14).
kube::ResourceRequirements requested(const api::SeiNode& node) {
    if (!node.spec.sidecar || !node.spec.sidecar->resources) return {};
    kube::ResourceRequirements resources = *node.spec.sidecar->resources;
    resources.limits = canonical(resources.limits);
    resources.requests = canonical(resources.requests);
    return resources;
}

/// The sidecar of a validator signs: with a keyring of its own on the data volume, or with that of a Secret, whose
/// passphrase it alone gets (spec 05 §15.1, S5).
void add_keyring(const api::SeiNode& node, kube::Container& container) {
    const api::SecretOperatorKeyring* secret = api::operator_keyring_secret(node.spec);
    container.env.push_back(env("SEI_KEYRING_BACKEND", secret != nullptr ? "file" : "test"));
    container.env.push_back(env("SEI_KEYRING_DIR", std::string{kHome}));
    if (secret == nullptr) return;

    const api::PassphraseSecretRef& passphrase = secret->passphraseSecretRef;
    kube::EnvVar from_secret{.name = "SEI_KEYRING_PASSPHRASE"};
    from_secret.valueFrom = kube::EnvVarSource{};
    from_secret.valueFrom->secretKeyRef = kube::KeySelector{.name = passphrase.secretName, .key = passphrase.key};
    container.env.push_back(std::move(from_secret));

    kube::VolumeMount keyring = mount(kKeyringVolume, std::string{kHome} + "/keyring-file");
    keyring.readOnly = true;
    container.volumeMounts.push_back(std::move(keyring));
}

}  // namespace

kube::Container sidecar_container(const api::SeiNode& node, const platform::Platform& platform) {
    const std::int32_t port = api::sidecar_port(node.spec);

    kube::Container container;
    container.name = kSidecarContainer;
    container.image = sidecar_image(node, platform);
    container.command = {"seictl", "serve"};
    container.restartPolicy = "Always";
    container.env = {
        env("SEI_CHAIN_ID", node.spec.chainId),
        env("SEI_SIDECAR_PORT", std::to_string(port)),
        env("SEI_HOME", std::string{kHome}),
        env("SEI_GENESIS_BUCKET", platform.genesis_bucket),
        env("SEI_GENESIS_REGION", platform.genesis_region),
        env("SEI_SNAPSHOT_BUCKET", platform.snapshot_bucket),
        env("SEI_SNAPSHOT_REGION", platform.snapshot_region),
        env("SEI_SIDECAR_AUTHN_MODE", "trusted-header"),
    };
    container.ports = {container_port("sidecar", port)};
    container.volumeMounts = {mount(kDataVolume, kHome), mount(kTemporaryVolume, "/tmp")};
    container.resources = requested(node);
    container.securityContext = hardened_security_context();
    if (node.spec.validator) add_keyring(node, container);
    return container;
}

}  // namespace sei::resources
