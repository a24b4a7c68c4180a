#include <fmt/format.h>

#include "sei/api/node_queries.hpp"
#include "sei/resources/container_parts.hpp"
#include "sei/resources/containers.hpp"

namespace sei::resources {

kube::Container rbac_proxy_container(const api::SeiNode& node, const platform::Platform& platform) {
    kube::Container container;
    container.name = "kube-rbac-proxy";
    container.image = platform.kube_rbac_proxy_image;
    // The ignored paths are the sidecar's own list of open paths: never one that changes state (spec 05 §15.4, S3).
    container.args = {
        fmt::format("--insecure-listen-address=0.0.0.0:{}", api::kProxyPort),
        fmt::format("--upstream=http://127.0.0.1:{}/", api::sidecar_port(node.spec)),
        "--config-file=/etc/kube-rbac-proxy/config.yaml",
        "--ignore-paths=/v0/healthz,/v0/startupz,/v0/livez,/v0/metrics",
        "--auth-header-fields-enabled=true",
        "--v=0",
    };
    container.restartPolicy = "Always";
    container.ports = {container_port("api", api::kProxyPort)};
    container.resources = kube::ResourceRequirements{};
    kube::VolumeMount config = mount(kProxyConfigVolume, "/etc/kube-rbac-proxy");
    config.readOnly = true;
    container.volumeMounts = {std::move(config)};

    kube::Probe liveness = http_probe("/v0/livez", api::kProxyPort);
    liveness.initialDelaySeconds = 5;
    liveness.periodSeconds = 10;
    liveness.failureThreshold = 3;
    container.livenessProbe = std::move(liveness);

    kube::Probe readiness = http_probe("/v0/healthz", api::kProxyPort);
    readiness.initialDelaySeconds = 2;
    readiness.periodSeconds = 5;
    readiness.failureThreshold = 6;
    container.readinessProbe = std::move(readiness);

    kube::Probe startup = tcp_probe(api::kProxyPort);
    startup.initialDelaySeconds = 5;
    startup.periodSeconds = 5;
    startup.failureThreshold = 60;
    container.startupProbe = std::move(startup);

    container.securityContext = hardened_security_context();
    return container;
}

}  // namespace sei::resources
