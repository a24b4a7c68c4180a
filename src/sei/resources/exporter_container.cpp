#include "sei/api/ports.hpp"
#include "sei/resources/container_parts.hpp"
#include "sei/resources/containers.hpp"
#include "sei/resources/scripts.hpp"

namespace sei::resources {

kube::Container exporter_container(const platform::Platform& platform) {
    kube::Container container;
    container.name = kExporterContainer;
    container.image = platform.cosmos_exporter_image;
    container.command = {"/bin/bash", "-c"};
    container.args = {exporter_wait_script()};
    container.ports = {container_port("cosmos-metrics", api::kExporterPort)};
    container.resources = kube::ResourceRequirements{
        .limits = {{"memory", kube::Quantity{"384Mi"}}},
        .requests = {{"cpu", kube::Quantity{"50m"}}, {"memory", kube::Quantity{"64Mi"}}}
    };
    container.volumeMounts = {mount(kTemporaryVolume, "/tmp")};

    kube::Probe liveness = tcp_probe(api::kExporterPort);
    liveness.initialDelaySeconds = 600;
    liveness.periodSeconds = 10;
    liveness.failureThreshold = 3;
    container.livenessProbe = std::move(liveness);

    kube::Probe readiness = tcp_probe(api::kExporterPort);
    readiness.periodSeconds = 10;
    readiness.failureThreshold = 6;
    container.readinessProbe = std::move(readiness);

    container.securityContext = hardened_security_context();
    return container;
}

}  // namespace sei::resources
