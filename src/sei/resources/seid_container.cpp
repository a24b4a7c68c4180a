#include "sei/api/node_queries.hpp"
#include "sei/api/ports.hpp"
#include "sei/resources/container_parts.hpp"
#include "sei/resources/containers.hpp"
#include "sei/resources/footprint.hpp"
#include "sei/resources/scripts.hpp"

namespace sei::resources {

kube::Container seid_container(const api::SeiNode& node, const platform::Platform& platform) {
    const std::string home{kHome};
    const platform::Footprint& footprint = footprint_of(node, platform);

    kube::Container container;
    container.name = kSeidContainer;
    container.image = node.spec.image;
    container.command = {"/bin/bash", "-c"};
    container.args = {seid_wait_script(api::sidecar_port(node.spec))};
    for (const api::NamedPort& port : api::kSeidPorts) container.ports.push_back(container_port(port.name, port.port));
    container.env = {env("HOME", home), env("TMPDIR", home + "/tmp")};
    container.resources = kube::ResourceRequirements{
        .requests =
            {{"cpu", kube::Quantity{footprint.cpu.canonical()}},
             {"memory", kube::Quantity{footprint.memory.canonical()}}}
    };
    container.volumeMounts = {mount(kDataVolume, kHome)};
    if (api::signing_key_secret(node.spec) != nullptr) {
        constexpr std::string_view kFile = "priv_validator_key.json";
        container.volumeMounts.push_back(mount_file(kSigningKeyVolume, home + "/config/priv_validator_key.json", kFile)
        );
    }
    if (api::node_key_secret(node.spec) != nullptr) {
        constexpr std::string_view kFile = "node_key.json";
        container.volumeMounts.push_back(mount_file(kNodeKeyVolume, home + "/config/node_key.json", kFile));
    }

    kube::Probe readiness = http_probe("/lag_status", api::kRpcPort);
    readiness.initialDelaySeconds = 30;
    readiness.timeoutSeconds = 5;
    readiness.periodSeconds = 10;
    readiness.failureThreshold = 3;
    container.readinessProbe = std::move(readiness);

    // Five days of five seconds: a node may restore a snapshot for long before seid starts.
    kube::Probe startup = http_probe("/v0/healthz", api::kProxyPort);
    startup.initialDelaySeconds = 5;
    startup.periodSeconds = 5;
    startup.failureThreshold = 86'400;
    container.startupProbe = std::move(startup);

    container.securityContext = seid_security_context();
    return container;
}

}  // namespace sei::resources
